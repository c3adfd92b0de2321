import { timeLeft, type Limits } from '../../routes/endpoint';
import { activeRegions, list, type Routes } from '../../routes/routes';
import { atWork } from '../history/at-work';
import type { ActRecord, ActVerb } from '../history/record';
import { historyOf } from '../history/store';
import { lastLook } from './last-look';
import type { Reached } from './reached';
import { age } from './words';
import type { OperateWorld, Teller } from './world';

export interface AwaitOthersRequest {
  readonly reached: Reached;
  readonly meant: Routes;
  readonly before: readonly Routes[];
  /** The act's own id, to tell its records from those of others. */
  readonly own: string;
  readonly limits: Limits;
}

/** Far longer than lies between another's comparison and its submit; who takes longer may be dead. */
const MOST_MS = 10_000;
const EVERY_MS = 1_000;
const ACTS = 10;
const SETTLE_MS = 500;
const READ_MS = 2_500;
/** These submit soon after their record, or not at all: an older one is no danger, though it never said how it ended. */
const SOON_MS = 150_000;
const MOVES: { readonly [verb in ActVerb]?: 'soon' | 'late' } = { failover: 'soon', 'routes set': 'soon', switchover: 'late', drill: 'late' };

/**
 * S3 takes routes without comparing: whoever compared before this act's change landed may still overwrite it. Each act says what it
 * is at before it compares, so that this one sees who that may be, and calls nothing done until they have ended or failed to move
 * anything for a while. Of two at once one sees the other's routes and says so, and then the other goes on.
 */
export async function awaitOthers(world: OperateWorld, teller: Teller, request: AwaitOthersRequest): Promise<Reached> {
  const { reached, meant, before, own, limits } = request;
  // Writes were seen to land for longer than another's submit takes.
  if (reached.kind !== 'done') return reached;
  const until = { deadline: Math.min(limits.deadline, world.clock.now() + MOST_MS), signal: limits.signal };
  let told = false;
  let nobody = false;
  while (timeLeft(world.clock, until) > 0) {
    const [other] = await rivals(world, meant, own);
    // An act goes on before its record is kept where that takes long: looked for twice, a moment apart.
    if (!other && nobody) return reached;
    nobody = other === undefined;
    // The act's last look tells what it is, and whose.
    if (other && (await lastLook(world, meant, before)).kind === 'moved') return reached;
    if (other && !told) {
      told = true;
      teller.step(`see whether ${other.who} changes the routes to ${list(other.to)}`);
    }
    await world.clock.sleep(Math.min(EVERY_MS, timeLeft(world.clock, until)), until.signal);
  }
  const [other] = told && !limits.signal?.aborted ? await rivals(world, meant, own) : [];
  if (!other) return reached;
  const since = age(Math.max(0, world.wall.now() - (world.wall.parse(other.at) ?? 0)));
  return { ...reached, sentence: `${reached.sentence}; ${other.who} began '${other.verb}' to ${list(other.to)} ${since} ago and may still change it`, next: [...reached.next, 's3-failover history --limit 5'] };
}

/** Others at work who want traffic elsewhere and may submit any moment. */
async function rivals(world: OperateWorld, meant: Routes, own: string): Promise<ActRecord[]> {
  const { records } = await historyOf(world).read({ acts: ACTS, settleMs: SETTLE_MS, mostMs: READ_MS });
  const active = list(activeRegions(meant));
  return atWork(records, world.wall, own)
    .filter(({ record, ageMs }) => MOVES[record.verb] === 'late' || (MOVES[record.verb] === 'soon' && ageMs <= SOON_MS))
    .map(({ record }) => record)
    .filter(({ to }) => list([...to].sort()) !== active);
}
