import type { Act } from './triples';
import { CampaignEstate, REGIONS } from './estate';
import { runOperator } from './operator';

const TARGET = 'us-west-2';

/** Verbs that act, each as an operator would type it. */
export const ACTS: readonly Act[] = [
  { name: 'switchover', args: ['switchover', TARGET], target: TARGET },
  { name: 'switchover without a fence', args: ['switchover', TARGET, '--no-fence'], target: TARGET },
  { name: 'failover', args: ['failover', TARGET, '--force'], target: TARGET },
  { name: 'routes set', args: ['routes', 'set', ...REGIONS.map((region) => `${region}=${region === TARGET ? 'active' : 'passive'}`)], target: TARGET },
];

/** How many requests an undisturbed run of each act makes: the points at which a fault can strike. */
export async function countPoints(estate: CampaignEstate, acts: readonly Act[], factor: number): Promise<Map<string, number>> {
  const points = new Map<string, number>();
  for (const act of acts) {
    await estate.reset();
    const since = Date.now();
    const operator = await estate.operator();
    const ended = await runOperator(estate.aws, operator, [...act.args, '--manifest', estate.manifestFile, '--json', '--yes'], factor).ended;
    if (ended.code !== 0) throw new Error(`'${act.name}' should succeed when nothing goes wrong, got exit code ${ended.code}: ${ended.out.slice(-800)} ${ended.err.slice(-800)}`);
    points.set(act.name, (await estate.callsOf(operator, since)).length);
  }
  return points;
}
