import type { AlarmState } from '../world/alarms';
import { FOR_GOOD, type Episode } from '../faults/episode';
import type { Plan } from '../faults/plan';
import { edit, type Mutant } from './mutant';
import { dies, schedule } from './plans';

const VETOES = 'controller/vetoes.ts';
const DECIDE = 'controller/decide.ts';
const ALARM = { region: 'us-east-2', name: 'orders-are-paused' };

/** A Region dies, and the alarm is as it is from before that to the end. */
function diesUnder(state: AlarmState): (seed: number) => Plan {
  return (seed) =>
    schedule(
      seed,
      (at): Episode[] => {
        const from = at(60_000, 300_000);
        return [{ at: from - at(10_000, 40_000), forMs: FOR_GOOD, kind: 'alarm', ...ALARM, state }, dies('eu-west-1', from)];
      },
      { settings: { vetoAlarms: [ALARM] } },
    );
}

/** Guards of the alarms that may hold: `vetoes.ts`, and what `decide.ts` makes of them. */
export const OF_VETOES: readonly Mutant[] = [
  {
    name: 'does not mind an alarm',
    guard: 'an alarm in ALARM holds a failover',
    breaks: [edit(DECIDE, `if (veto.kind === 'veto') return alarm(`, `if (false) return alarm(`)],
    killedBy: 'a veto holds',
    plan: diesUnder('in alarm'),
  },
  {
    name: 'asks no alarm',
    guard: 'who did not ask the alarms may not act',
    breaks: [edit(VETOES, `if (missing.length > 0) return`, `if (false) return`)],
    killedBy: 'a veto holds',
    plan: diesUnder('in alarm'),
  },
  {
    name: 'takes an alarm that it cannot read for one in ALARM',
    guard: 'an alarm that cannot be read holds nothing',
    breaks: [edit(VETOES, `state === 'in alarm'`, `state !== 'quiet'`)],
    killedBy: 'a dead Region is left in time',
    plan: diesUnder('refused'),
  },
  {
    name: 'takes an alarm that is gone for one in ALARM',
    guard: 'an alarm that nobody finds holds nothing',
    breaks: [edit(VETOES, `{ region, name, state: 'not known', why: 'there is no such alarm' }`, `{ region, name, state: 'in alarm' }`)],
    killedBy: 'a dead Region is left in time',
    plan: diesUnder('gone'),
  },
  {
    name: 'waits for an alarm for as long as it takes',
    guard: 'an act waits 2 s for the alarms, and no longer',
    breaks: [edit(VETOES, `const VETO_MS = 2_000;`, `const VETO_MS = 600_000;`)],
    killedBy: 'a dead Region is left in time',
    plan: diesUnder('unanswered'),
  },
];
