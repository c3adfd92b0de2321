import type { Policy } from '../../../runtime/core/controller/policy';
import { DAY_MS, NoisyDay } from './noise';
import { SkimmedDay, type Decided } from './skim';

/**
 * What a decision to move was, by the requests of clients that it left behind: over the time that the setting asks a Region to be down
 * for, how many of them failed.
 *
 * `outage`: at least a tenth of them failed. `slowness`: a tenth of them, but only for clients that wait no longer than a probe; who waits
 * ten seconds was served. `false`: neither.
 */
export type Verdict = 'outage' | 'slowness' | 'false';

/** Fewer failing than this is no reason to move. */
export const SHARE = 0.1;
export const PATIENT_MS = 10_000;
const SAMPLES = 60;

export interface Moved {
  readonly seed: number;
  readonly verdict: Verdict;
  readonly at: number;
  readonly sentence: string;
}

/** One day: what moved traffic in it, if anything did. */
export function judgeDay(seed: number, policy: Policy, level: number): Moved | undefined {
  const day = new NoisyDay(seed, policy.order, policy.voters, level, policy.intervalMs, DAY_MS);
  const moved = new SkimmedDay(day, policy).decisions().find(({ decision }) => decision.action === 'fail over');
  return moved && { seed, verdict: verdictOf(day, policy, moved), at: moved.tick, sentence: moved.decision.sentence };
}

export function verdictOf(day: NoisyDay, policy: Policy, { tick }: Decided): Verdict {
  const [active] = policy.order;
  // Who has slow answers count as failed calls half a probe's time too long for clients.
  const patienceMs = policy.actOnSlow ? policy.probeTimeoutMs / 2 : policy.probeTimeoutMs;
  const failing = (waitMs: number) => {
    let sum = 0;
    for (let i = 0; i < SAMPLES; i++) sum += day.clientsFailing(active, tick - (policy.unhealthyForMs * (i + 0.5)) / SAMPLES, waitMs);
    return sum / SAMPLES;
  };
  if (failing(PATIENT_MS) >= SHARE) return 'outage';
  return failing(patienceMs) >= SHARE ? 'slowness' : 'false';
}
