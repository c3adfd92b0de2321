import type { Clock } from '../../ports';
import { callRegion, type CallLimits } from '../call';
import type { Buckets, WallClock } from '../ports';

/** By how much a Region's time of day is ahead of ours; 0 where its answer carries none. Rejects with a CallError. */
export async function timeAhead(
  { clock, wall, buckets }: { readonly clock: Clock; readonly wall: WallClock; readonly buckets: Buckets },
  region: string,
  limits: Omit<CallLimits, 'what'>,
): Promise<number> {
  const { serverTime } = await callRegion(clock, region, { ...limits, what: 's3 HeadBucket' }, (signal) => buckets(region).probe(signal));
  return serverTime === undefined ? 0 : serverTime - wall.now();
}
