import { join } from 'node:path';
import { ORIGIN, REGIONS, type CampaignEstate } from './estate';
import { documentOf, runOperator, type Ended } from './operator';
import type { Act } from './triples';

const TARGET = 'us-west-2';

/** Verbs that act, each as an operator would type it. */
export const ACTS: readonly Act[] = [
  { name: 'switchover', args: ['switchover', TARGET], target: TARGET },
  { name: 'switchover without a fence', args: ['switchover', TARGET, '--no-fence'], target: TARGET },
  { name: 'failover', args: ['failover', TARGET, '--force'], target: TARGET },
  { name: 'routes set', args: ['routes', 'set', ...REGIONS.map((region) => `${region}=${region === TARGET ? 'active' : 'passive'}`)], target: TARGET },
  { name: 'fence lift', args: ['fence', 'lift', TARGET], prepare: (estate) => estate.leaveFence(TARGET), breaches: notLifted },
  {
    name: 'reconcile',
    args: ['reconcile', TARGET, '--wait'],
    more: (estate) => ['--state', join(estate.folder, 'reconcile')],
    prepare: (estate) => estate.leaveBehind(ORIGIN),
    breaches: notClean,
  },
];

/** As it is typed. */
export function lineOf(estate: CampaignEstate, { args, more }: Act): readonly string[] {
  return [...args, ...(more?.(estate) ?? []), '--manifest', estate.manifestFile, '--json', '--yes'];
}

async function notLifted(estate: CampaignEstate, { code }: Ended): Promise<readonly string[]> {
  const left = (await estate.fences()).some(({ region }) => region === TARGET);
  return code === 0 && left ? [`exit code 0, and a fence stands in ${TARGET}`] : [];
}

/** Who says that nothing is owed must have seen what was still on its way when the comparison began. */
async function notClean(estate: CampaignEstate, ended: Ended): Promise<readonly string[]> {
  const outcome = documentOf(ended)?.outcome;
  if ((ended.code === 0) !== (outcome === 'clean')) return [`exit code ${ended.code}, and the outcome is '${String(outcome)}'`];
  return ended.code === 0 && !(await estate.arrived(TARGET)) ? [`exit code 0, and ${TARGET} lacks what was on its way`] : [];
}

/** How many requests an undisturbed run of each act makes: the points at which a fault can strike. */
export async function countPoints(estate: CampaignEstate, acts: readonly Act[], factor: number): Promise<Map<string, number>> {
  const points = new Map<string, number>();
  for (const act of acts) {
    await estate.reset();
    await act.prepare?.(estate);
    const since = Date.now();
    const operator = await estate.operator();
    const ended = await runOperator(estate.aws, operator, lineOf(estate, act), factor).ended;
    if (ended.code !== 0) throw new Error(`'${act.name}' should succeed when nothing goes wrong, got exit code ${ended.code}: ${ended.out.slice(-800)} ${ended.err.slice(-800)}`);
    points.set(act.name, (await estate.callsOf(operator, since)).length);
  }
  return points;
}
