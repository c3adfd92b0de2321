import type { RuleMetrics } from '../lag/metrics';
import type { LagObservation } from '../lag/observe';

/** S3 publishes each minute, a minute or two late; what is older says nothing of now. */
const FRESH_MS = 300_000;
const PERIOD_MS = 60_000;
/** A heartbeat in its flight: one operation of a few bytes. */
const HEARTBEAT = { operations: 1, bytes: 512 } as const;
/** Heartbeats arrive, so that replication works at this moment. */
const MOST_LAG_MS = 180_000;

/**
 * For how long nothing has been on its way from one Region to another but heartbeats, as S3's metrics tell; undefined where they do not. Best
 * effort: an object as small as a heartbeat that is stuck alone may pass for one. A minute without a data point, a Region that does not answer and an
 * operation that failed are no proof.
 */
export function drainedForMs(observation: LagObservation, lagMs: number | undefined): number | undefined {
  const { rules, silent, askedAt } = observation;
  if (silent.length > 0 || rules.length === 0 || lagMs === undefined || lagMs > MOST_LAG_MS) return undefined;
  const spans = rules.map((rule) => spanOf(rule, askedAt));
  return spans.some((span) => span === undefined) ? undefined : Math.min(...(spans as number[]));
}

function spanOf(rule: RuleMetrics, askedAt: number): number | undefined {
  const { pendingOperations: points, failedOperations } = rule;
  const newest = points.at(-1);
  if (!newest || askedAt - newest.at > FRESH_MS || failedOperations.some(({ value }) => value > 0) || !isClear(rule, newest.at)) return undefined;
  let since = newest.at;
  for (const { at } of [...points].reverse()) {
    if (since - at > PERIOD_MS * 1.5 || !isClear(rule, at)) break;
    since = at;
  }
  return newest.at + PERIOD_MS - since;
}

/** A figure that is missing is never taken for zero. */
function isClear({ pendingOperations, pendingBytes }: RuleMetrics, at: number): boolean {
  const operations = pendingOperations.find((point) => point.at === at)?.value ?? Infinity;
  const bytes = pendingBytes.find((point) => point.at === at)?.value ?? (operations === 0 ? 0 : Infinity);
  return operations <= HEARTBEAT.operations && bytes <= HEARTBEAT.bytes;
}
