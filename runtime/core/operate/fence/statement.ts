import { PROBE_PREFIX, RESERVED_PREFIX } from '../../routes/served';
import { HISTORY_PREFIX } from '../history/key';
import type { WallClock } from '../ports';

/**
 * What changes objects for a client. Creating, filling and completing a multipart upload are `s3:PutObject`; tags, ACLs, retention and
 * legal holds of objects and versions have names that begin like these, and so will what S3 adds.
 *
 * Replication writes with `s3:ReplicateObject`, `s3:ReplicateDelete` and `s3:ReplicateTags`, which must pass in both directions.
 * Aborting an upload makes no version, and a client that may not complete one should be able to clean up.
 */
export const FENCED_ACTIONS = ['s3:PutObject*', 's3:DeleteObject*', 's3:RestoreObject'] as const;

/** Markers of replication stand under here, or under the key prefix of a rule and then this. */
export const MARKER_PREFIX = `${RESERVED_PREFIX}marker/`;

/** Beginnings of keys that this tool writes while a fence is up: probes, markers of replication, records, heartbeats. */
export const EXEMPT_PREFIXES = [PROBE_PREFIX, MARKER_PREFIX, HISTORY_PREFIX, `${RESERVED_PREFIX}heartbeat/`] as const;

/** Keys under here are fenced like everybody's, to see from outside that the fence is up. */
export const FENCE_CHECK_PREFIX = `${RESERVED_PREFIX}fence-check/`;

/** Statement ids hold letters and digits only. */
const SID = /^S3FailoverFence([a-z0-9]{8,40})$/;

/** What one fence says. */
export interface FenceTerms {
  /** The act that raised it. */
  readonly actId: string;
  /** When it lapses by itself, by the clock of AWS. Undefined when it says no time that can be read. */
  readonly until: number | undefined;
}

export interface FencePlace {
  readonly partition: string;
  readonly bucket: string;
  /** Beginnings of keys that stay writable, besides those that always do. */
  readonly exempt?: readonly string[];
}

/** Refuses clients' writes to a bucket until a time, and lapses then whoever has died. */
export function fenceStatement(wall: WallClock, { actId, until }: { readonly actId: string; readonly until: number }, place: FencePlace): string {
  const exempt = [...new Set([...EXEMPT_PREFIXES, ...(place.exempt ?? [])])];
  return JSON.stringify({
    Sid: `S3FailoverFence${actId}`,
    Effect: 'Deny',
    Principal: '*',
    Action: FENCED_ACTIONS,
    NotResource: exempt.map((prefix) => `arn:${place.partition}:s3:::${place.bucket}/${literally(prefix)}*`),
    Condition: { DateLessThan: { 'aws:CurrentTime': wholeSeconds(wall, until) } },
  });
}

/** The terms of a statement that is a fence, whoever raised it. */
export function fenceTerms(wall: WallClock, statement: unknown): FenceTerms | undefined {
  if (typeof statement !== 'object' || statement === null) return undefined;
  const { Sid, Effect, Condition } = statement as { Sid?: unknown; Effect?: unknown; Condition?: { DateLessThan?: { 'aws:CurrentTime'?: unknown } } };
  const match = typeof Sid === 'string' ? SID.exec(Sid) : null;
  if (!match || Effect !== 'Deny') return undefined;
  const time = Condition?.DateLessThan?.['aws:CurrentTime'];
  const text = Array.isArray(time) && time.length === 1 ? (time[0] as unknown) : time;
  return { actId: match[1], until: typeof text === 'string' ? wall.parse(text) : undefined };
}

/** Policies know no fractions of seconds for sure. */
export function wholeSeconds(wall: WallClock, at: number): string {
  return wall.iso(at).replace(/\.\d+Z$/, 'Z');
}

/** `*`, `?` and `$` have a meaning in the resource of a policy. */
function literally(prefix: string): string {
  return prefix.replace(/[*?$]/g, (character) => `\${${character}}`);
}
