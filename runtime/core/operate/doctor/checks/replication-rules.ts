import type { ReplicationConfiguration, ReplicationRule } from '../../../replication/model';
import { directions, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said, type Severity } from '../finding';
import { notChecked } from '../seen';

/** What each direction copies, and what it leaves behind. */
export const replicationRules: Check = {
  name: 'replication-rules',
  about: 'the replication rules of each direction',
  well: 'every Region replicates to every other: all objects, delete markers and changes of replicas',
  async run(facts) {
    const unread = await Promise.all(
      facts.regions.map(async (region) => {
        const seen = await facts.replication(region);
        return seen.kind === 'seen' ? [] : [notChecked(`replication out of ${region}`, region, seen)];
      }),
    );
    const found = await Promise.all(directions(facts.regions).map(({ source, destination }) => oneDirection(facts, source, destination)));
    return [...unread.flat(), ...found.flat()];
  },
};

async function oneDirection(facts: Facts, source: string, destination: string): Promise<Said[]> {
  const seen = await facts.replication(source);
  if (seen.kind !== 'seen') return [];
  const where = `${source} to ${destination}`;
  const about = { where, commands: [`aws s3api get-bucket-replication --region ${source} --bucket ${facts.bucket(source)}`] };
  const rules = rulesTo(seen.value, facts.bucket(destination));
  if (rules.length === 0) {
    const others = seen.value?.Rules?.length ?? 0;
    return [
      {
        ...about,
        severity: 'fails',
        code: 'rule-missing',
        sentence: `nothing replicates from ${source} to ${destination}: what is written in ${source} is missing in ${destination}`,
        evidence: others === 0 ? `${facts.bucket(source)} has no replication rule` : `none of the ${others} rules of ${facts.bucket(source)} names ${facts.bucket(destination)}`,
        fix: 'deploy the stack again: it writes the rules that are missing',
      },
    ];
  }
  const enabled = rules.filter((rule) => rule.Status === 'Enabled');
  if (enabled.length === 0) {
    return [
      {
        ...about,
        severity: 'fails',
        code: 'rule-disabled',
        sentence: `replication from ${source} to ${destination} is switched off: what is written in ${source} is missing in ${destination}`,
        evidence: rules.map((rule) => `rule '${nameOf(rule)}' is ${rule.Status}`).join(', '),
        fix: 'deploy the stack again, or put the configuration back with the rule enabled; objects written meanwhile need S3 Batch Replication',
      },
    ];
  }
  const faults = FAULTS.flatMap(({ lacking, severity, code, sentence, fix }): Said[] =>
    lacking(enabled)
      ? [{ ...about, severity, code, sentence: sentence(source, destination), evidence: enabled.map((rule) => `rule '${nameOf(rule)}'${coverage(rule)}`).join(', '), fix }]
      : [],
  );
  if (faults.length > 0) return faults;
  return [good(`${source} replicates to ${destination}: every object, delete markers and changes of replicas`, { where, evidence: `rule '${nameOf(enabled[0])}'` })];
}

interface Fault {
  readonly code: string;
  readonly severity: Severity;
  lacking(rules: readonly ReplicationRule[]): boolean;
  sentence(source: string, destination: string): string;
  readonly fix: string;
}

const AGAIN = 'deploy the stack again, or put the configuration with it';

const FAULTS: readonly Fault[] = [
  {
    code: 'rule-filtered',
    severity: 'fails',
    lacking: (rules) => !rules.some(coversAll),
    sentence: (source, destination) => `replication from ${source} to ${destination} covers only a part of the keys: a failover hides all others`,
    fix: "leave 'prefix' out of 'replication', and copy what is there by S3 Batch Replication; or know that only these keys fail over",
  },
  {
    code: 'rule-without-delete-markers',
    severity: 'warns',
    lacking: (rules) => !rules.some((rule) => rule.DeleteMarkerReplication?.Status === 'Enabled' || isOld(rule)),
    sentence: (source, destination) => `deletions are not replicated from ${source} to ${destination}: what was deleted comes back to clients after a failover`,
    fix: `${AGAIN} 'deleteMarkers: true'`,
  },
  {
    code: 'rule-without-replica-sync',
    severity: 'warns',
    lacking: (rules) => !rules.some((rule) => rule.SourceSelectionCriteria?.ReplicaModifications?.Status === 'Enabled'),
    sentence: (source, destination) => `changes of tags, ACLs and locks that clients make on replicas in ${source} do not reach ${destination}`,
    fix: `${AGAIN} 'replicaModificationSync: true'`,
  },
  {
    code: 'rule-without-metrics',
    severity: 'warns',
    lacking: (rules) => !rules.some((rule) => rule.Destination?.Metrics?.Status === 'Enabled'),
    sentence: (source, destination) => `S3 publishes no metrics from ${source} to ${destination}: nobody sees the lag, nor what failed`,
    fix: `${AGAIN} 'metrics: true'; until then 'switchover --drain listing' is the way to move`,
  },
  {
    code: 'rule-of-version-1',
    severity: 'warns',
    lacking: (rules) => rules.every(isOld),
    sentence: (source, destination) => `the rule from ${source} to ${destination} is of the schema's first version, which knows no changes of replicas, and keeps a deployment from writing its own rules`,
    fix: 'give it a Filter with its Prefix, a Priority and a DeleteMarkerReplication',
  },
];

export function rulesTo(configuration: ReplicationConfiguration | undefined, bucket: string): readonly ReplicationRule[] {
  return (configuration?.Rules ?? []).filter((rule) => rule.Destination?.Bucket?.split(':').at(-1) === bucket);
}

/** Without a filter a rule is of the first version: its prefix stands in itself. */
function isOld(rule: ReplicationRule): boolean {
  return rule.Filter === undefined;
}

function coversAll(rule: ReplicationRule): boolean {
  return coverage(rule) === '';
}

/** In words, for keys that are not all; empty where all are covered. */
function coverage({ Filter: filter, Prefix: prefix }: ReplicationRule): string {
  const both = filter?.And as { readonly Prefix?: string; readonly Tags?: readonly unknown[] } | undefined;
  const keys = filter?.Prefix ?? both?.Prefix ?? prefix ?? '';
  const tagged = filter?.Tag !== undefined || (both?.Tags?.length ?? 0) > 0;
  if (keys === '' && !tagged) return '';
  return ` covers ${[keys !== '' && `keys that begin with '${keys}'`, tagged && 'objects with tags of its own'].filter(Boolean).join(' and ')}`;
}

function nameOf(rule: ReplicationRule): string {
  return rule.ID ?? 'without id';
}
