import { describeEpisode } from './faults/episode';
import type { Plan } from './faults/plan';
import { RATE_NAMES } from './faults/rates';
import { runSchedule } from './schedule';
import type { Core } from './world/core';
import type { Violation } from './world/world';

/** Tries are cheap, and a person reads what is left. */
const MOST_TRIES = 400;

export interface Shrunk {
  readonly plan: Plan;
  readonly violation: Violation;
  readonly tries: number;
}

/** Takes faults and time away for as long as the same invariant still breaks. */
export function shrink(plan: Plan, violation: Violation, core: Core): Shrunk {
  let best = { plan, violation };
  let tries = 0;
  const attempt = (smaller: Plan): boolean => {
    if (tries++ >= MOST_TRIES) return false;
    const outcome = runSchedule(smaller, core);
    if (outcome.violation?.invariant !== best.violation.invariant) return false;
    best = { plan: smaller, violation: outcome.violation };
    return true;
  };

  for (let before = -1; before !== size(best.plan) && tries < MOST_TRIES; ) {
    before = size(best.plan);
    shorten(() => best, attempt);
    for (let share = Math.ceil(best.plan.episodes.length / 2); share >= 1; share = share === 1 ? 0 : Math.ceil(share / 2))
      for (let i = 0; i < best.plan.episodes.length; ) {
        const episodes = best.plan.episodes.filter((_, index) => index < i || index >= i + share);
        if (!attempt({ ...best.plan, episodes })) i += share;
      }
    for (let i = 0; i < (best.plan.aimed?.length ?? 0); ) if (!attempt({ ...best.plan, aimed: best.plan.aimed!.filter((_, index) => index !== i) })) i++;
    if (best.plan.worse) attempt({ ...best.plan, worse: undefined });
    for (const name of RATE_NAMES) if (best.plan.rates[name] > 0) attempt({ ...best.plan, rates: { ...best.plan.rates, [name]: 0 } });
  }
  return { ...best, tries };
}

/** Nothing after the violation matters, unless the invariant is judged at the end. */
function shorten(best: () => { readonly plan: Plan; readonly violation: Violation }, attempt: (plan: Plan) => boolean): void {
  const { plan, violation } = best();
  if (violation.at + 1 < plan.durationMs) attempt({ ...plan, durationMs: violation.at + 1, episodes: plan.episodes.filter(({ at }) => at <= violation.at) });
}

function size(plan: Plan): number {
  return plan.episodes.length + (plan.aimed?.length ?? 0) + (plan.worse ? 1 : 0) + RATE_NAMES.filter((name) => plan.rates[name] > 0).length + plan.durationMs / 1e9;
}

export function describePlan(plan: Plan): string[] {
  const { settings } = plan;
  const rates = RATE_NAMES.filter((name) => plan.rates[name] > 0).map((name) => `${name} ${(plan.rates[name] * 100).toPrecision(2)} %`);
  return [
    `seed ${plan.seed}, ${(plan.durationMs / 60_000).toFixed(1)} minutes, data Regions ${plan.data.join(', ')}`,
    `interval ${settings.intervalMs / 1000} s, unhealthy for ${settings.unhealthyForMs / 1000} s, disputed for ${settings.disputedForMs / 1000} s, cool-down ${settings.coolDownMs / 1000} s`,
    ...(rates.length > 0 ? [`per call: ${rates.join(', ')}`] : []),
    ...(plan.worse ? [`while ${plan.worse.phase}: ${plan.worse.times} times as often`] : []),
    ...plan.episodes.map(describeEpisode),
    ...(plan.aimed ?? []).map(({ phase, afterMs, episode }) => `${phase}, and ${Math.round(afterMs)} ms: ${describeEpisode(episode).slice(10)}`),
  ];
}
