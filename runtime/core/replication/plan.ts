import type { ReplicationConfiguration, ReplicationRule, WantedReplication } from './model';
import { isOurs, ruleId, ruleTo, sameRule } from './rules';

/** Rules that one configuration may hold (PutBucketReplication). */
const MOST_RULES = 1000;

export type ReplicationPlan =
  | { readonly action: 'leave' }
  | { readonly action: 'put'; readonly configuration: { readonly Role: string; readonly Rules: readonly ReplicationRule[] } }
  | { readonly action: 'remove' }
  | { readonly action: 'refuse'; readonly reason: string };

/**
 * The configuration with our rules as wanted and everyone else's as they are, in their places.
 *
 * A configuration has one role for all its rules, and rules of both schema versions cannot stand side by side: what others set up
 * decides, and is never rewritten to suit us.
 */
export function planRules(existing: ReplicationConfiguration | undefined, wanted: WantedReplication): ReplicationPlan {
  const present = existing?.Rules ?? [];
  const foreign = present.filter((rule) => !isOurs(rule, wanted.rulePrefix));
  const reason = objection(existing?.Role, foreign, wanted);
  if (reason !== undefined) return { action: 'refuse', reason };

  const ours = ourRules(present, foreign, wanted);
  const kept = present.flatMap((rule) => {
    if (!isOurs(rule, wanted.rulePrefix)) return [rule];
    const renewed = rule.ID !== undefined && ours.get(rule.ID);
    if (!renewed) return [];
    ours.delete(renewed.ID as string);
    return [sameRule(rule, renewed) ? rule : renewed];
  });
  const Rules = [...kept, ...ours.values()];
  const unchanged = existing?.Role === wanted.roleArn && Rules.length === present.length && Rules.every((rule, index) => rule === present[index]);
  return unchanged ? { action: 'leave' } : { action: 'put', configuration: { Role: wanted.roleArn, Rules } };
}

/** The configuration without our rules, under whatever role it has. */
export function planRemoval(existing: ReplicationConfiguration | undefined, rulePrefix: string): ReplicationPlan {
  const present = existing?.Rules ?? [];
  const foreign = present.filter((rule) => !isOurs(rule, rulePrefix));
  if (foreign.length === present.length) return { action: 'leave' };
  if (foreign.length === 0) return { action: 'remove' };
  return { action: 'put', configuration: { Role: existing?.Role ?? '', Rules: foreign } };
}

/**
 * Enabled rules of others that copy to one of our destinations. Both copy; where they cover the same object, S3 goes by the rule with
 * the higher priority, so that its options (delete markers, storage class) win. Allowed, and worth a line in the log.
 */
export function overlaps(existing: ReplicationConfiguration | undefined, wanted: WantedReplication): string[] {
  const destinations = new Set(wanted.destinations.map(({ bucket }) => `arn:${wanted.partition}:s3:::${bucket}`));
  return (existing?.Rules ?? [])
    .filter((rule) => !isOurs(rule, wanted.rulePrefix) && rule.Status === 'Enabled' && destinations.has(rule.Destination?.Bucket ?? ''))
    .map((rule) => `rule '${rule.ID}' with priority ${rule.Priority} also replicates '${wanted.bucket}' to ${rule.Destination?.Bucket}`);
}

function objection(role: string | undefined, foreign: readonly ReplicationRule[], wanted: WantedReplication): string | undefined {
  const subject = `'Bucket' ${wanted.bucket}`;
  if (foreign.length > 0 && role !== wanted.roleArn) {
    return (
      `${subject} must have no replication rules of others under another role, got ${ids(foreign)} under ${role}, ` +
      `and one configuration has one role for all its rules; pass that role in 'roles' of BucketReplication, which then adds its own permissions to it`
    );
  }
  const old = foreign.filter((rule) => rule.Filter === undefined);
  if (old.length > 0) {
    return (
      `${subject} must have no replication rules of schema version 1, got ${ids(old)}; give each a Filter with its Prefix, a Priority ` +
      'and a DeleteMarkerReplication (PutBucketReplication), which makes it version 2'
    );
  }
  const total = foreign.length + wanted.destinations.length;
  if (total > MOST_RULES) {
    return `${subject} may have ${MOST_RULES} replication rules, got ${foreign.length} of others and ${wanted.destinations.length} of ours; remove some`;
  }
  return undefined;
}

/** Our rules by id. Each keeps the priority that it has, unless a rule of others has taken it; new ones take the lowest free numbers. */
function ourRules(
  present: readonly ReplicationRule[],
  foreign: readonly ReplicationRule[],
  wanted: WantedReplication,
): Map<string, ReplicationRule> {
  const taken = new Set(foreign.map((rule) => rule.Priority));
  const before = new Map(present.map((rule) => [rule.ID, rule.Priority]));
  const priorities = new Map<string, number>();
  for (const { region } of wanted.destinations) {
    const id = ruleId(wanted.rulePrefix, region);
    const priority = before.get(id);
    if (priority !== undefined && !taken.has(priority)) {
      priorities.set(id, priority);
      taken.add(priority);
    }
  }
  let next = 1;
  const lowestFree = () => {
    while (taken.has(next)) next++;
    taken.add(next);
    return next;
  };
  return new Map(
    wanted.destinations.map((destination) => {
      const id = ruleId(wanted.rulePrefix, destination.region);
      return [id, ruleTo(destination, priorities.get(id) ?? lowestFree(), wanted)];
    }),
  );
}

function ids(rules: readonly ReplicationRule[]): string {
  const shown = rules.slice(0, 5).map((rule) => `'${rule.ID}'`);
  return `${shown.join(', ')}${rules.length > shown.length ? ` and ${rules.length - shown.length} more` : ''}`;
}
