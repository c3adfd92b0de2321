import { activeRegions, list, type Routes } from '../../routes/routes';
import { atWork } from '../history/at-work';
import type { ActRecord } from '../history/record';
import { historyOf } from '../history/store';
import { age } from './words';
import type { OperateWorld } from './world';

const ACTS = 10;
const SETTLE_MS = 500;
const MOST_MS = 2_500;
/** A record that is older tells of another day. */
const RECENT_MS = 900_000;

/** Who moved traffic while an act of ours was at it, as far as records tell: a console or a script leaves none. */
export async function whoMoved(world: OperateWorld, live: Routes | undefined, own: string | undefined): Promise<string> {
  const { records } = await historyOf(world).read({ acts: ACTS, settleMs: SETTLE_MS, mostMs: MOST_MS });
  const others = records.filter((record) => record.id !== own && ageOf(world, record) <= RECENT_MS && record.outcome !== 'refused' && record.outcome !== 'failed');
  const active = live && list(activeRegions(live));
  const mover = others.find((record) => list([...record.to].sort()) === active) ?? atWork(others, world.wall)[0]?.record;
  if (!mover) return 'no record tells by whom: a console, a break-glass card or a script leaves none';
  const why = mover.why ? `, because: ${mover.why}` : '';
  return `by ${mover.who}, who began '${mover.verb}' to ${list(mover.to)} ${age(ageOf(world, mover))} ago${why}`;
}

function ageOf({ wall }: OperateWorld, record: ActRecord): number {
  return Math.max(0, wall.now() - (wall.parse(record.at) ?? 0));
}
