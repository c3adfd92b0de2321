import type { Clock } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';
import type { WallClock } from '../ports';
import { readFences, type PolicyBucket } from './read';
import type { FenceTerms } from './statement';
import type { FenceTimes } from './times';

/** Fences that other acts left in a bucket, or are using there. */
export type Foreign =
  | { readonly kind: 'none' }
  /** Nobody extends them any more: their acts died, or ended without lifting them. */
  | { readonly kind: 'left behind'; readonly fences: readonly FenceTerms[] }
  | { readonly kind: 'in use'; readonly fence: FenceTerms }
  | { readonly kind: 'unreadable'; readonly problem: string };

export interface ForeignWorld {
  readonly clock: Clock;
  readonly wall: WallClock;
}

export interface ForeignQuery {
  readonly bucket: PolicyBucket;
  /** The act that asks. */
  readonly actId?: string;
  /** The service's time less ours. */
  readonly aheadMs: number;
  /** Whether an act is known to have ended, by its record. */
  readonly ended: (actId: string) => boolean;
  readonly limits: Limits;
  /** Told once, when it must be waited for. */
  readonly waiting?: (fence: FenceTerms, forMs: number) => void;
}

/** How often a fence is looked at that may still be extended. */
const LOOK_MS = 3_000;

/**
 * Tells fences in use from those left behind. One that is in use is extended before little is left of it; so is this one waited
 * for until it is extended, or until it would have been.
 */
export async function judgeForeign(world: ForeignWorld, query: ForeignQuery, times: FenceTimes): Promise<Foreign> {
  const { clock } = world;
  const { bucket, limits } = query;
  const began = clock.now();
  const patienceMs = times.lifetimeMs - times.staleLeftMs;
  const first = new Map<string, number>();
  for (;;) {
    const view = await readFences(world, bucket, { mostMs: Math.min(times.callMs, timeLeft(clock, limits)), signal: limits.signal, tries: 3 });
    if (!view.ok) return { kind: 'unreadable', problem: view.problem };
    const fences = view.fences.filter(({ actId }) => actId !== query.actId);
    if (fences.length === 0) return { kind: 'none' };
    const now = world.wall.now() + query.aheadMs;
    const doubtful = fences.filter(({ actId, until }) => !query.ended(actId) && (until === undefined || until - now >= times.staleLeftMs));
    const extended = doubtful.find(({ actId, until }) => until !== undefined && until > (first.get(actId) ?? Infinity));
    if (extended) return { kind: 'in use', fence: extended };
    // What lasts longer than any fence of ours is watched for as long as an extension may take, and no longer.
    const [wait] = clock.now() - began < patienceMs ? doubtful : [];
    if (!wait) return { kind: 'left behind', fences };
    if (timeLeft(clock, limits) <= LOOK_MS) return { kind: 'in use', fence: wait };
    if (first.size === 0) query.waiting?.(wait, Math.min(patienceMs, (wait.until ?? Infinity) - now - times.staleLeftMs));
    for (const { actId, until } of fences) if (!first.has(actId)) first.set(actId, until ?? -Infinity);
    await clock.sleep(LOOK_MS, limits.signal);
  }
}
