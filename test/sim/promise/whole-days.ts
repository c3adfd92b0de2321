import { policyOf } from '../../../runtime/core/controller/policy';
import { CONTROL } from '../world/layout';
import { ESTATE } from './false-failovers';
import { verdictOf, type Verdict } from './judge';
import { NoisyDay } from './noise';
import { SkimmedDay } from './skim';
import { settingNamed } from './settings';
import { liveWhole } from './whole';

/** Days lived by the whole loop with drawn latencies, beside the same days skimmed. */
export interface WholeDays {
  readonly days: number;
  readonly decisions: number;
  /** Days in which routes were moved, by the reason. */
  readonly moved: { readonly [V in Verdict]: number };
  /** Days that moved in both, or in neither. */
  readonly alike: number;
}

export interface WholeRecord {
  readonly measured: string;
  /** Of the code that was measured. */
  readonly commit: string;
  readonly setting: string;
  readonly levels: { readonly [level: string]: WholeDays };
}

export function liveWholeDays(name: string, level: number, days: number): WholeDays {
  const policy = policyOf({ ...settingNamed(name).given, order: ESTATE, voters: CONTROL });
  const moved = { outage: 0, slowness: 0, false: 0 };
  let decisions = 0;
  let alike = 0;
  for (let seed = 1; seed <= days; seed++) {
    const day = new NoisyDay(seed, policy.order, policy.voters, level, policy.intervalMs);
    const lived = liveWhole(day, policy, false);
    if (lived.world.time.now < day.lengthMs) throw new Error(`the day of seed ${seed} was not lived to its end: ${lived.world.violation?.text ?? ''}`);
    decisions += lived.decisions.length;
    const first = [...lived.decisions].sort((a, b) => a.tick - b.tick).find(({ decision }) => decision.action === 'fail over');
    const left = !lived.world.plane.active.includes(ESTATE[0]) || lived.world.plane.changedAt >= 0;
    if (left && !first) throw new Error(`seed ${seed} moved traffic, and nobody had decided to`);
    if (left && first) moved[verdictOf(day, policy, first)]++;
    if (left === new SkimmedDay(day, policy).decisions().some(({ decision }) => decision.action === 'fail over')) alike++;
  }
  return { days, decisions, moved, alike };
}
