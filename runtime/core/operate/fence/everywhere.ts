import { sideBySide } from '../../calls/side-by-side';
import type { Limits } from '../../routes/endpoint';
import { timeLeft } from '../../routes/endpoint';
import { reasonOf } from '../call';
import { atWork } from '../history/at-work';
import type { ActRecord } from '../history/record';
import { historyOf, type HistoryWorld } from '../history/store';
import { timeAhead } from './ahead';
import { readFences } from './read';
import type { FenceTerms } from './statement';
import { FENCE_TIMES } from './times';

/** One fence, as it stands in a bucket's policy. */
export interface StandingFence extends FenceTerms {
  /** A fence that has lapsed stays in the policy and refuses nothing. */
  readonly lapsed: boolean;
  /** The act that raised it, where its record could be read. */
  readonly act?: ActRecord;
  /** That act has not said how it ended, and may be at work. */
  readonly busy: boolean;
}

export type FenceSight =
  | { readonly region: string; readonly ok: true; readonly fences: readonly StandingFence[]; /** The service's time less ours. */ readonly aheadMs: number }
  | { readonly region: string; readonly ok: false; readonly reason: string };

const CALL_MS = FENCE_TIMES.callMs;

/** Fences of every data Region, and whose they are. A Region that does not answer is no reason to wait for long. Never rejects. */
export async function fencesIn(world: HistoryWorld, regions: readonly string[], limits: Limits): Promise<FenceSight[]> {
  const call = () => ({ mostMs: Math.min(CALL_MS, timeLeft(world.clock, limits)), signal: limits.signal, tries: 2 });
  const [{ records }, seen] = await Promise.all([
    historyOf(world).read({ settleMs: 500 }),
    sideBySide(regions, async (region) => {
      const bucket = world.buckets(region);
      const [view, aheadMs] = await Promise.all([readFences(world, bucket, call()), timeAhead(world, region, call())]);
      if (!view.ok) throw new Error(view.problem);
      return { fences: view.fences, aheadMs };
    }),
  ]);
  const busy = atWork(records, world.wall).map(({ record }) => record.id);
  return seen.map((one): FenceSight => {
    if ('error' in one) return { region: one.region, ok: false, reason: reasonOf(one.error) };
    const { fences, aheadMs } = one.value;
    const now = world.wall.now() + aheadMs;
    const standing = fences.map((fence) => ({
      ...fence,
      lapsed: fence.until !== undefined && fence.until <= now,
      act: records.find(({ id }) => id === fence.actId),
      busy: busy.includes(fence.actId),
    }));
    return { region: one.region, ok: true, fences: standing, aheadMs };
  });
}
