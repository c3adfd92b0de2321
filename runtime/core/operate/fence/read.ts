import type { Clock } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { callRegion, type CallLimits } from '../call';
import type { BucketPolicyStore, BucketPort, WallClock } from '../ports';
import { readPolicyText, type PolicyText } from './policy-text';
import { fenceTerms, type FenceTerms } from './statement';
import type { FenceTimes } from './times';

export type PolicyBucket = Pick<BucketPort, 'region' | 'name'> & BucketPolicyStore;

/** A bucket's policy and the fences in it. */
export type PolicyView =
  | { readonly ok: true; readonly policy: Extract<PolicyText, { ok: true }> | undefined; readonly fences: readonly FenceTerms[] }
  | { readonly ok: false; readonly problem: string };

/** Rejects when the policy cannot be read; one that cannot be understood is an answer. */
export async function readFences(
  { clock, wall }: { readonly clock: Clock; readonly wall: WallClock },
  bucket: PolicyBucket,
  limits: Omit<CallLimits, 'what'>,
): Promise<PolicyView> {
  const text = await callRegion(clock, bucket.region, { ...limits, what: 's3 GetBucketPolicy' }, (signal) => bucket.readPolicy(signal));
  if (text === undefined) return { ok: true, policy: undefined, fences: [] };
  const policy = readPolicyText(text);
  if (!policy.ok) return { ok: false, problem: `the policy of bucket '${bucket.name}' in ${bucket.region} cannot be understood: ${policy.problem}` };
  return { ok: true, policy, fences: policy.statements.flatMap(({ value }) => fenceTerms(wall, value) ?? []) };
}

/** Whether a reading shows what is wanted before long: what was put may take a moment to be read. */
export async function seesWithin(clock: Clock, read: () => Promise<PolicyView>, limits: Limits, times: FenceTimes, wanted: (view: PolicyView) => boolean): Promise<boolean> {
  const until = clock.now() + times.settleMs;
  for (;;) {
    if (wanted(await read())) return true;
    if (clock.now() >= until || timeLeft(clock, limits) === 0) return false;
    await clock.sleep(times.see.everyMs, limits.signal);
  }
}
