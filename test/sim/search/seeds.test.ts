import { planOf } from '../faults/swarm';
import { count, noFigures } from '../figures';
import { allInvariants } from '../invariants';
import { runSchedule } from '../schedule';
import { shipped } from '../shipped';
import { describePlan } from '../shrink';
import { outsidePromises } from '../world/time';

/** As many as fit into some seconds on a busy machine; `npm run sim` runs as many as one likes. */
const SEEDS = 100;
/** Tried in 'operator.test.ts': no schedule of the swarm has buckets yet. */
const NEED_BUCKETS = ['a fence always lapses', '"nothing lost" is never said falsely', 'every superseded write is listed by reconcile'];

test(`${SEEDS} seeds of the swarm break no invariant, and give each of them something to judge`, async () => {
  const figures = await outsidePromises(() => {
    const all = noFigures();
    const core = shipped();
    for (let seed = 1; seed <= SEEDS; seed++) count(all, runSchedule(planOf(seed, 15), core).world);
    return all;
  });
  expect(figures.violations.map(({ seed, invariant }) => `${invariant}\n${describePlan(planOf(seed, 15)).join('\n')}`)).toEqual([]);
  for (const { name } of allInvariants().filter((one) => !NEED_BUCKETS.includes(one.name))) expect([name, figures.occurrences[name] > 0]).toEqual([name, true]);
});
