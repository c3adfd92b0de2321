import { isRegion } from '../custom-resource/syntax';
import type { ReplicationRule, WantedReplication } from './model';

/** The only value that S3 accepts, for time control and for its events alike. */
const TIME_CONTROL_MINUTES = 15;

/** A rule of version 2: one with a filter, even where it covers every object. */
export function ruleTo(destination: WantedReplication['destinations'][number], priority: number, wanted: WantedReplication): ReplicationRule {
  return {
    ID: ruleId(wanted.rulePrefix, destination.region),
    Priority: priority,
    Status: 'Enabled',
    Filter: { Prefix: wanted.keyPrefix },
    DeleteMarkerReplication: { Status: wanted.deleteMarkers ? 'Enabled' : 'Disabled' },
    ...(wanted.replicaModifications && { SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' as const } } }),
    Destination: {
      Bucket: `arn:${wanted.partition}:s3:::${destination.bucket}`,
      ...(wanted.metrics && {
        // S3 refuses an event threshold without time control.
        Metrics: { Status: 'Enabled' as const, ...(wanted.timeControl && { EventThreshold: { Minutes: TIME_CONTROL_MINUTES } }) },
      }),
      ...(wanted.timeControl && { ReplicationTime: { Status: 'Enabled' as const, Time: { Minutes: TIME_CONTROL_MINUTES } } }),
    },
  };
}

export function ruleId(rulePrefix: string, region: string): string {
  return `${rulePrefix}${region}`;
}

/** Our ids are the prefix and a Region, nothing else: a rule that somebody named alike is not taken for ours. */
export function isOurs(rule: ReplicationRule, rulePrefix: string): boolean {
  return rule.ID !== undefined && rule.ID.startsWith(rulePrefix) && isRegion(rule.ID.slice(rulePrefix.length));
}

/** Whether two rules mean the same to S3, however an answer spells it. */
export function sameRule(one: ReplicationRule, other: ReplicationRule): boolean {
  return contains(plain(one), plain(other)) && contains(plain(other), plain(one));
}

/** Whether `actual` says all that `expected` says; S3 may add members of its own. */
export function fulfils(actual: ReplicationRule, expected: ReplicationRule): boolean {
  return contains(plain(actual), plain(expected));
}

/** One spelling for each meaning: an option that is off is absent, and a filter for every object is an empty prefix. */
function plain(rule: ReplicationRule): unknown {
  const { Filter, ...others } = rule;
  const everything = Filter !== undefined && Object.values(Filter).every((part) => part === undefined || part === '');
  return { Filter: everything ? { Prefix: '' } : Filter, ...(tidy(others) as object) };
}

function tidy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value)
    .map(([name, member]) => [name, tidy(member)] as const)
    .filter(([, member]) => member !== undefined && !isOff(member));
  return Object.fromEntries(members);
}

function isOff(member: unknown): boolean {
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return false;
  return Object.keys(member).length === 0 || (member as { Status?: unknown }).Status === 'Disabled';
}

function contains(whole: unknown, part: unknown): boolean {
  if (part === undefined) return true;
  if (typeof part !== 'object' || part === null) return whole === part;
  if (typeof whole !== 'object' || whole === null) return false;
  if (Array.isArray(part)) {
    // Tags of a filter, whose order means nothing.
    return Array.isArray(whole) && whole.length === part.length && part.every((one) => whole.some((other) => contains(other, one)));
  }
  return Object.entries(part).every(([name, member]) => contains((whole as Record<string, unknown>)[name], member));
}
