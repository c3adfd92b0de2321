import { reasonOf } from '../../calls/reason';
import type { Clock } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { callRegion } from '../call';
import type { WallClock } from '../ports';
import { withoutStatements } from './policy-text';
import { readFences, seesWithin, type PolicyBucket } from './read';
import type { FenceTimes } from './times';

export type TakenOut = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Takes some statements out of a bucket's policy and leaves the others; a policy that had no others is removed. */
export async function takeOut(
  world: { readonly clock: Clock; readonly wall: WallClock },
  bucket: PolicyBucket,
  drop: (statement: unknown) => boolean,
  limits: Limits,
  times: FenceTimes,
): Promise<TakenOut> {
  const { clock } = world;
  const call = (tries = 1) => ({ mostMs: Math.min(times.callMs, timeLeft(clock, limits)), signal: limits.signal, tries });
  const read = () => readFences(world, bucket, call(2));
  let reason = 'no time was left';
  for (let round = 0; round < times.rounds && timeLeft(clock, limits) > 0; round++) {
    try {
      const view = await read();
      if (!view.ok) return { ok: false, reason: view.problem };
      if (!view.policy?.statements.some(({ value }) => drop(value))) return { ok: true };
      const rest = withoutStatements(view.policy, drop);
      await (rest === undefined
        ? callRegion(clock, bucket.region, { ...call(), what: 's3 DeleteBucketPolicy' }, (signal) => bucket.removePolicy(signal))
        : callRegion(clock, bucket.region, { ...call(), what: 's3 PutBucketPolicy' }, (signal) => bucket.putPolicy(rest, signal)));
      if (await seesWithin(clock, read, limits, times, (seen) => seen.ok && !seen.policy?.statements.some(({ value }) => drop(value)))) return { ok: true };
      reason = 'another writer brought it back each time';
    } catch (error) {
      reason = reasonOf(error);
      await clock.sleep(times.see.everyMs, limits.signal);
    }
  }
  return { ok: false, reason };
}
