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
/** And so many with alarms that may hold, and with a way back: seldom is one in ALARM just when there is something to hold, or a way drained. */
const EACH = 20;

test(`${SEEDS} seeds of the swarm, ${MORE} more with buckets, and ${EACH} each with alarms that may hold and with a failback, break no invariant, and give each of them something to judge`, async () => {
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
    more(EACH, ({ settings }) => settings.vetoAlarms !== undefined);
    more(EACH, ({ settings }) => settings.failback !== undefined);
    return all;
  });
  expect(figures.violations.map(({ seed, invariant }) => `${invariant}\n${describePlan(planOf(seed, 15)).join('\n')}`)).toEqual([]);
  for (const { name } of allInvariants()) expect([name, figures.occurrences[name] > 0]).toEqual([name, true]);
});
