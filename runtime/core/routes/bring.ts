import { changeRoutes, type ChangeTimes, type Gate } from './change';
import type { ChangeResult } from './change-result';
import type { Decide } from './decision';
import { driftOf } from './drift';
import { timeLeft, type Limits } from './endpoint';
import type { Outcome } from './outcome';
import type { WantedRoutes } from './properties';
import { prove, type Proven } from './prove';
import { activeRegions, type Routes } from './routes';
import { watchRoutes } from './watch';
import type { RouteWorld } from './world';

/** How long one change may take; when no endpoint can be used for longer, a person should know. */
const CHANGE_MS = 300_000;
/** How long a change without a last word is watched for. Kept of the time there is, or a quarter of it when that is short. */
const WATCH_MS = 60_000;

export interface Deed {
  readonly wanted: WantedRoutes;
  /** Why it is done, for the person who reads how it went. */
  readonly why: string;
  readonly decide: Decide;
  readonly newForMs?: number;
  readonly lastResort?: readonly string[];
  readonly gate?: Gate;
}

/** Changes the routes and demands proof: what the API merely accepted is no success of a deployment. */
export async function bring(world: RouteWorld, deed: Deed, limits: Limits, times: ChangeTimes): Promise<Outcome> {
  const { wanted, why, decide, newForMs = 0, lastResort, gate } = deed;
  const kept = Math.min(WATCH_MS, timeLeft(world.clock, limits) / 4);
  const deadline = Math.min(limits.deadline - kept, world.clock.now() + newForMs + CHANGE_MS);
  const request = { accessPoint: wanted.accessPoint, decide, newForMs, lastResort, ...(gate && { gate }), limits: { ...limits, deadline } };
  const result = await changeRoutes(world, request, times);
  world.log.info('changed routes', { kind: result.kind, sentence: result.sentence, attempts: result.attempts });

  switch (result.kind) {
    case 'done':
      return confirmed(result) ? success(wanted, result.routes, result.proof, `${why}; ${result.sentence}`) : failure(why, result.sentence, result.submitted);
    case 'unknown':
      return awaitLastWord(world, deed, result, result.oneOf, limits, times);
    case 'accepted':
      return awaitLastWord(world, deed, result, [result.before ?? result.routes, result.routes], limits, times);
    default:
      return failure(why, result.sentence, result.pending.length > 0 || result.attempts.some(({ outcome }) => outcome === 'accepted'));
  }
}

/** Watches for a change that may have been made, or may yet be, and that nobody has shown so far. */
async function awaitLastWord(
  world: RouteWorld,
  { wanted, why }: Deed,
  result: ChangeResult,
  states: readonly [Routes, ...Routes[], Routes],
  limits: Limits,
  times: ChangeTimes,
): Promise<Outcome> {
  const [before, ...rest] = states;
  const after = rest.at(-1)!;
  const until = { ...limits, deadline: Math.min(limits.deadline, world.clock.now() + WATCH_MS) };
  const watched = await watchRoutes(world, wanted.accessPoint, { expected: before, old: rest.slice(0, -1), told: result.told, awaited: [after] }, until, times.read);
  world.log.warn('watched for a late landing', { kind: watched.kind, sentence: watched.sentence });
  if (watched.kind !== 'landed late') return failure(why, `${result.sentence}; ${watched.sentence}`, true);

  const doubted = [
    ...result.pending.map((one) => one.endpoint),
    ...result.attempts.filter((one) => one.outcome === 'accepted').map((one) => one.endpoint),
  ];
  const claim = { wanted: after, before, doubted, told: result.told };
  const proven = await prove(world, { accessPoint: wanted.accessPoint, limits }, times, claim);
  if (proven.kind === 'shown' && confirmed(proven)) return success(wanted, after, proven.proof, `${why}; ${watched.sentence}`);
  return failure(
    why,
    `${watched.sentence}, and that could not be confirmed: ${proven.survey?.sentence ?? 'no time was left to read again'}`,
    true,
  );
}

/** A second endpoint shows it too, or there is none to ask. */
function confirmed({ proof, secondEndpoint }: Pick<Extract<Proven, { kind: 'shown' }>, 'proof' | 'secondEndpoint'>): boolean {
  return proof === 'read back elsewhere' || secondEndpoint === 'none lives';
}

function success(wanted: WantedRoutes, live: Routes, proof: string, sentence: string): Outcome {
  return { ok: true, active: activeRegions(live), drift: driftOf(live, wanted), proof, sentence };
}

function failure(why: string, sentence: string, mayHaveMoved: boolean): Outcome {
  return { ok: false, reason: `${why}; ${sentence}`, ...(mayHaveMoved && { mayHaveMoved }) };
}
