import type { Limits } from '../../routes/endpoint';
import { Recording } from '../act/recording';
import type { OperateWorld } from '../act/world';
import type { Kept } from '../history/store';
import { judgeForeign, type Foreign } from './foreign';
import type { FenceSight } from './everywhere';
import { fenceTerms, type FenceTerms } from './statement';
import { takeOut, type TakenOut } from './take-out';
import { FENCE_TIMES, type FenceTimes } from './times';

export type Sighted = Extract<FenceSight, { ok: true }>;

/** Whether the fences of a Region are in use: one that is not extended when it should be was left behind. */
export async function isInUse(
  world: OperateWorld,
  sight: Sighted,
  limits: Limits,
  waiting: (fence: FenceTerms, forMs: number) => void,
  times: FenceTimes = FENCE_TIMES,
): Promise<Foreign> {
  const ended = (actId: string) => sight.fences.some((fence) => fence.actId === actId && fence.act?.phase === 'ended');
  return judgeForeign(world, { bucket: world.buckets(sight.region), aheadMs: sight.aheadMs, ended, limits, waiting }, times);
}

/** Takes every fence out of a Region's policy, and writes down who did. */
export async function liftFences(world: OperateWorld, { region, fences }: Sighted, limits: Limits, why?: string, times: FenceTimes = FENCE_TIMES): Promise<{ readonly taken: TakenOut; readonly kept?: Kept }> {
  const ids = new Set(fences.map(({ actId }) => actId));
  const drop = (statement: unknown) => ids.has(fenceTerms(world.wall, statement)?.actId ?? '');
  const taken = await takeOut(world, world.buckets(region), drop, limits, times);
  if (!taken.ok) return { taken };
  const recording = new Recording(world, { verb: 'fence lift', planned: true, why, from: [], to: [] });
  const kept = await recording.end({ kind: 'done', sentence: `the fence in ${region} of ${[...ids].map((id) => `act ${id}`).join(', ')} was lifted by hand`, proof: 'none', moved: false });
  return { taken, kept };
}
