import { FOR_GOOD, type Episode } from '../faults/episode';
import type { Next, Plan } from '../faults/plan';
import { edit, type Mutant } from './mutant';
import { APART, dies, noRuns, schedule } from './plans';

const VOTES = 'controller/votes.ts';
const other = (voter: string, at: number): Episode => ({ at, forMs: FOR_GOOD, kind: 'other version', observer: `voter:${voter}` });

/** A Region dies while one voter is of a later version already. */
function mixed(writes: Next['writes'], more: readonly Episode[] = []): (seed: number) => Plan {
  return (seed) => schedule(seed, (at) => [...more, other('us-west-2', 1_000), dies('eu-west-1', at(240_000, 300_000))], { ...APART, next: { writes } });
}

/** Guards of a deployment under way: `decide.ts`, `votes.ts`, `report.ts`. */
export const OF_DEPLOYMENT: readonly Mutant[] = [
  {
    name: 'decides among voters of two policies',
    guard: 'nothing is decided while voters follow two policies',
    breaks: [edit('controller/decide.ts', `if (others.length > 0) return`, `if (false) return`)],
    killedBy: 'two policies decide nothing together',
    plan: mixed('as now'),
  },
  {
    name: 'counts votes under another policy',
    guard: "a vote counts under the voter's own policy alone",
    breaks: [edit(VOTES, `theirs === policy.hash ? `, `true ? `), edit(VOTES, `theirs === policy.hash && saysWell`, `saysWell`)],
    siblings: ['decides among voters of two policies'],
    killedBy: 'two policies decide nothing together',
    plan: mixed('as now', [noRuns('us-east-2', 20_000, FOR_GOOD)]),
  },
  {
    name: 'refuses a report that says more than it knows',
    guard: 'a report with members of a later version is understood',
    breaks: [edit('controller/report.ts', `demand(isRecord(regions), `, `demand(!('later' in item) && isRecord(regions), `)],
    killedBy: 'two policies decide nothing together',
    plan: mixed('more'),
  },
];
