import type { ReplicationMetrics } from '../lag/metrics';
import { LAG_TIMES, observeLag } from '../lag/observe';
import type { WallClock } from '../operate/ports';
import type { Clock, Instant } from '../ports';
import { drainedForMs } from './drained';
import type { Policy } from './policy';
import type { Heartbeats, LagReader } from './world';

export interface LagReaderPorts {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly heartbeats: Heartbeats;
  readonly metrics: ReplicationMetrics;
  /** Region to data bucket. */
  readonly buckets: { readonly [region: string]: string };
}

/** S3 publishes once a minute. */
const EVERY_MS = 60_000;
/** Both must answer within the time that a tick has for it. */
const CALL_MS = 1_500;
/** Beyond the time that the policy asks for: S3 publishes late. */
const SLACK_MS = 600_000;

/** Lag by heartbeats; and where the policy goes back by itself, whether the preferred Region has everything, by S3's metrics. */
export function lagReader({ clock, wall, heartbeats, metrics, buckets }: LagReaderPorts, { failback, order }: Pick<Policy, 'failback' | 'order'>): LagReader {
  const known = new Map<string, { readonly at: Instant; readonly drainedForMs?: number }>();
  const endOf = (region: string) => ({ region, bucket: buckets[region] });

  /** Only a Region that comes before the active one is gone back to. */
  const isAsked = (from: string, to: string) => failback.kind === 'when drained' && (order.indexOf(from) === -1 || order.indexOf(to) < order.indexOf(from));

  const drained = async (from: string, to: string, lagMs: number | undefined): Promise<number | undefined> => {
    if (failback.kind !== 'when drained' || !isAsked(from, to)) return undefined;
    const key = `${from} ${to}`;
    const last = known.get(key);
    if (last && clock.now() - last.at < EVERY_MS) return last.drainedForMs;
    const direction = { source: endOf(from), destination: endOf(to) };
    const observation = await observeLag({ clock, wall }, metrics, { direction }, { ...LAG_TIMES, windowMs: failback.forMs + SLACK_MS, callMs: CALL_MS });
    const span = drainedForMs(observation, lagMs);
    known.set(key, { at: clock.now(), ...(span !== undefined && { drainedForMs: span }) });
    return span;
  };

  return {
    async read(from, to, olderThanMs, signal) {
      const lagMs = await heartbeats.lagMs(from, to, olderThanMs, signal);
      const drainedForMs = await drained(from, to, lagMs);
      return lagMs === undefined && drainedForMs === undefined ? undefined : { ...(lagMs !== undefined && { lagMs }), ...(drainedForMs !== undefined && { drainedForMs }) };
    },
  };
}
