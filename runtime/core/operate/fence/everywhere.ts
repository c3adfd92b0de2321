import { reasonOf } from '../../calls/reason';
import { sideBySide } from '../../calls/side-by-side';
import type { Limits } from '../../routes/endpoint';
import { timeLeft } from '../../routes/endpoint';
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

export interface FenceSights {
  readonly sights: readonly FenceSight[];
  /** Why it is not known whose they are, or not of all; absent when every record was read. */
  readonly unread?: string;
}

/** Fences of every data Region, and whose they are. A Region that does not answer is no reason to wait for long. Never rejects. */
export async function fencesIn(world: HistoryWorld, regions: readonly string[], limits: Limits): Promise<FenceSights> {
  const call = () => ({ mostMs: Math.min(CALL_MS, timeLeft(world.clock, limits)), signal: limits.signal, tries: 2 });
  const [history, seen] = await Promise.all([
    historyOf(world).read({ settleMs: 500 }),
    sideBySide(regions, async (region) => {
      const bucket = world.buckets(region);
      // A caller who may not ask for the time of day has to trust the clock of this machine.
      const [view, aheadMs] = await Promise.all([readFences(world, bucket, call()), timeAhead(world, region, call()).catch(() => 0)]);
      if (!view.ok) throw new Error(view.problem);
      return { fences: view.fences, aheadMs };
    }),
  ]);
  const { records, unread } = history;
  const untold = history.regions.every(({ ok }) => !ok) ? history.regions.flatMap((one) => (one.ok ? [] : [`${one.region}: ${one.reason}`]))[0] : unread[0]?.reason;
  const busy = atWork(records, world.wall).map(({ record }) => record.id);
  const sights = seen.map((one): FenceSight => {
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
  return { sights, ...(untold === undefined ? {} : { unread: untold }) };
}
