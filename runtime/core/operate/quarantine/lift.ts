import { quarantined, type Quarantine } from '../history/quarantine';
import type { HistoryView } from '../history/read';
import { historyOf, type Kept } from '../history/store';
import { Recording } from '../act/recording';
import type { OperateWorld } from '../act/world';

export interface LiftSight {
  readonly history: HistoryView;
  /** Absent where no record that could be read says so. */
  readonly quarantine?: Quarantine;
}

export async function seeQuarantine(world: OperateWorld, region: string): Promise<LiftSight> {
  const history = await historyOf(world).read();
  return { history, quarantine: quarantined(history.records).find((one) => one.region === region) };
}

/** Writes that the quarantine is over. What no Region takes has not happened. */
export async function liftQuarantine(world: OperateWorld, { region, since }: Pick<Quarantine, 'region' | 'since'>, why: string): Promise<Kept> {
  // A watch that is behind the one that wrote the quarantine down must not lift it before it began.
  const earliest = (world.wall.parse(since) ?? 0) + 1;
  const wall = { ...world.wall, now: () => Math.max(earliest, world.wall.now()) };
  const recording = new Recording({ ...world, wall }, { verb: 'quarantine lift', planned: true, why, from: [], to: [] });
  const sentence = `the quarantine of ${region} was lifted on the word of a person, and nothing was compared`;
  return recording.end({ kind: 'done', sentence, proof: 'none', moved: false, lifts: [region] });
}
