import { reasonOf } from '../calls/reason';
import { sideBySide, within } from '../calls/side-by-side';
import type { WallClock } from '../operate/ports';
import type { Clock, Instant } from '../ports';
import type { Direction } from './direction';
import type { DataPoint, ReplicationMetrics, RuleMetrics, Series } from './metrics';

export interface LagTimes {
  /** Of one data point. */
  readonly periodMs: number;
  /** How far back is looked, for failures above all: what failed an hour ago is still missing. */
  readonly windowMs: number;
  /** A data point that is older says nothing of now: S3 publishes each minute, a minute or two late. */
  readonly freshMs: number;
  /** What one Region may take to answer. */
  readonly callMs: number;
}

export const LAG_TIMES: LagTimes = { periodMs: 60_000, windowMs: 3_600_000, freshMs: 300_000, callMs: 6_000 };

export interface LagRequest {
  readonly direction: Direction;
  /** Rules to ask for; absent: those that CloudWatch knows. */
  readonly ruleIds?: readonly string[];
  /** Regions that are not asked, dead or believed to be. */
  readonly avoid?: readonly string[];
  readonly deadline?: Instant;
}

/** What the two Regions of a direction said when they were asked. */
export interface LagObservation {
  readonly direction: Direction;
  /** When they were asked, milliseconds since the epoch. */
  readonly askedAt: number;
  readonly windowMs: number;
  readonly rules: readonly RuleMetrics[];
  /** Regions that told nothing, and why: what is missing may be there. */
  readonly silent: readonly { readonly region: string; readonly reason: string }[];
}

/** Asks both Regions at once, and waits for neither longer than for one call. Never rejects. */
export async function observeLag(
  { clock, wall }: { readonly clock: Clock; readonly wall: WallClock },
  metrics: ReplicationMetrics,
  { direction, ruleIds, avoid = [], deadline = Infinity }: LagRequest,
  times: LagTimes = LAG_TIMES,
): Promise<LagObservation> {
  const askedAt = wall.now();
  // The clock of AWS may be ahead of ours, and the newest data point must not be cut off.
  const query = { direction, ruleIds, from: askedAt - times.windowMs, to: askedAt + times.periodMs, periodMs: times.periodMs };
  const regions = [...new Set([direction.destination.region, direction.source.region])];
  const asked = regions.filter((region) => !avoid.includes(region));
  const limit = Math.min(times.callMs, deadline - clock.now());
  const answers = await sideBySide(asked, (region) => within(region, clock, limit, (signal) => metrics.read(region, query, signal)));
  return {
    direction,
    askedAt,
    windowMs: times.windowMs,
    rules: mergeRules(answers.flatMap((answer) => ('value' in answer ? [...answer.value] : []))),
    silent: [
      ...regions.filter((region) => avoid.includes(region)).map((region) => ({ region, reason: 'not asked, to be avoided' })),
      ...answers.flatMap((answer) => ('error' in answer ? [{ region: answer.region, reason: reasonOf(answer.error) }] : [])),
    ],
  };
}

/** One entry per rule. Where both Regions have a data point of one minute, the worse counts. */
export function mergeRules(answers: readonly RuleMetrics[]): RuleMetrics[] {
  const ids = [...new Set(answers.map((rule) => rule.ruleId))].sort();
  return ids.map((ruleId) => {
    const same = answers.filter((rule) => rule.ruleId === ruleId);
    const merged = (series: Series) => mergePoints(same.flatMap((rule) => rule[series]));
    return {
      ruleId,
      latencySeconds: merged('latencySeconds'),
      pendingOperations: merged('pendingOperations'),
      pendingBytes: merged('pendingBytes'),
      failedOperations: merged('failedOperations'),
    };
  });
}

function mergePoints(points: readonly DataPoint[]): DataPoint[] {
  const worst = new Map<number, number>();
  for (const { at, value } of points) worst.set(at, Math.max(value, worst.get(at) ?? 0));
  return [...worst].map(([at, value]) => ({ at, value })).sort((a, b) => a.at - b.at);
}
