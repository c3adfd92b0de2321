import { reasonOf } from '../../calls/reason';
import { timeLeft } from '../../routes/endpoint';
import { PROBE_PREFIX } from '../../routes/served';
import type { Teller } from '../act/world';
import { callRegion } from '../call';
import type { FenceCheck } from '../fence/check';
import { fenceTerms } from '../fence/statement';
import { takeOut } from '../fence/take-out';
import type { SwitchoverTimes } from './times';
import type { SwitchoverRequest, SwitchoverWorld } from './world';

export type Ready = { readonly ok: true; /** The caller was seen to write through the access point. */ readonly mayWrite: boolean } | { readonly ok: false; readonly sentence: string; readonly next: readonly string[] };

export interface ReadyParts {
  /** Tries writes to the target's bucket. */
  readonly check: FenceCheck;
  readonly actId: string;
  /** Acts whose fences were left behind in the target. */
  readonly leftBehind: readonly string[];
}

/** Sees that the target takes writes, before anybody's writes are refused. A fence that was left behind there is lifted. */
export async function makeReady(world: SwitchoverWorld, teller: Teller, request: SwitchoverRequest, { check, actId, leftBehind }: ReadyParts, times: SwitchoverTimes): Promise<Ready> {
  const { target, limits, force } = request;
  if (leftBehind.length > 0) {
    teller.step(`lift the fence that was left behind in ${target}`);
    const taken = await takeOut(world, world.buckets(target), (statement) => leftBehind.includes(fenceTerms(world.wall, statement)?.actId ?? ''), limits, times.fence);
    if (!taken.ok) return { ok: false, sentence: `the fence that was left behind in ${target} could not be lifted: ${taken.reason}`, next: [`s3-failover fence lift ${target}`] };
  }
  teller.step(`see ${target} take writes`);
  const refusal = await whyRefused(world, request, check, leftBehind.length > 0 ? times.fence.see.mostMs : 0, times);
  if (refusal !== undefined && !force) return { ok: false, sentence: `${target} does not take writes: ${refusal}`, next: ['s3-failover doctor', `s3-failover switchover ${target} --force`] };
  if (refusal !== undefined) teller.say(`Forced, although ${target} does not take writes: ${refusal}`);
  return { ok: true, mayWrite: await mayWriteThrough(world, teller, request, actId, times) };
}

/** A policy that was just changed gets its time to be what requests are judged by. */
async function whyRefused({ clock }: SwitchoverWorld, { limits }: SwitchoverRequest, check: FenceCheck, patienceMs: number, times: SwitchoverTimes): Promise<string | undefined> {
  const until = clock.now() + patienceMs;
  for (;;) {
    const tried = await check.tryWrite(limits.signal, 3);
    if (tried.kind === 'accepted') return undefined;
    if (clock.now() >= until || timeLeft(clock, limits) === 0) return tried.reason;
    await clock.sleep(times.fence.see.everyMs, limits.signal);
  }
}

/** Who was seen to write through the access point is not told later, by a fence, that the caller may not. */
async function mayWriteThrough(world: SwitchoverWorld, teller: Teller, { target, limits }: SwitchoverRequest, actId: string, times: SwitchoverTimes): Promise<boolean> {
  try {
    const call = { what: 's3 PutObject', mostMs: times.served.callMs, signal: limits.signal, tries: 2 };
    await callRegion(world.clock, 'the access point', call, (signal) => world.probe.write(`${PROBE_PREFIX}${actId}/before`, signal));
    return true;
  } catch (error) {
    teller.say(`A write through the access point did not succeed (${reasonOf(error)}); that ${target} serves may not be seen from here.`);
    return false;
  }
}
