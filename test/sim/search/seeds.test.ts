import type { Plan } from '../faults/plan';
import { planOf } from '../faults/swarm';
import { count, noFigures } from '../figures';
import { allInvariants } from '../invariants';
import { runSchedule } from '../schedule';
import { shipped } from '../shipped';
import { describePlan } from '../shrink';
import { outsidePromises } from '../world/time';

/** As many as fit into some seconds on a busy machine; `npm run sim` runs as many as one likes. */
const SEEDS = 100;
/** After them, so many that have buckets and people who run the whole command. */
const MORE = 40;
/** And so many with alarms that may hold: seldom is one in ALARM just when there is something to hold. */
const VETOED = 20;

test(`${SEEDS} seeds of the swarm, ${MORE} more with buckets, and ${VETOED} more with alarms that may hold, break no invariant, and give each of them something to judge`, async () => {
  const figures = await outsidePromises(() => {
    const all = noFigures();
    const core = shipped();
    for (let seed = 1; seed <= SEEDS; seed++) count(all, runSchedule(planOf(seed, 15), core).world);
    const more = (schedules: number, has: (plan: Plan) => boolean) => {
      const most = all.schedules + schedules;
      for (let seed = SEEDS + 1; all.schedules < most; seed++) {
        const plan = planOf(seed, 15);
        if (has(plan)) count(all, runSchedule(plan, core).world);
      }
    };
    more(MORE, ({ objects }) => objects !== undefined);
    more(VETOED, ({ objects, settings }) => objects === undefined && settings.vetoAlarms !== undefined);
    return all;
  });
  expect(figures.violations.map(({ seed, invariant }) => `${invariant}\n${describePlan(planOf(seed, 15)).join('\n')}`)).toEqual([]);
  for (const { name } of allInvariants()) expect([name, figures.occurrences[name] > 0]).toEqual([name, true]);
});
