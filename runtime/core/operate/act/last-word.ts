import type { Accepted, Unknown } from '../../routes/change-result';
import type { Limits } from '../../routes/endpoint';
import { timeLeft } from '../../routes/endpoint';
import { READ_TIMES, type ReadTimes } from '../../routes/read';
import { watchRoutes, type WatchResult } from '../../routes/watch';
import { whoMoved } from './others';
import { MOVED_NEXT, type Reached } from './reached';
import { serve } from './serve';
import type { ServedTimes } from '../../routes/served';
import type { OperateWorld, Teller } from './world';

export interface LastWordRequest {
  readonly change: Unknown | Accepted;
  readonly targets: readonly string[];
  /** Whether the data plane is asked too. */
  readonly serve: boolean;
  readonly startedAt: number;
  /** The act's own id, to tell its records from those of others. */
  readonly own: string;
  readonly limits: Limits;
}

/** How long a change without a last word is watched for. */
export const WATCH_MS = 60_000;

/**
 * Watches for a change that may have been made, or may yet be, and that no endpoint has shown so far. Routes and data plane are both
 * looked at: the one may come to show what the other cannot.
 */
export async function awaitLastWord(
  world: OperateWorld,
  teller: Teller,
  request: LastWordRequest,
  times: { readonly read?: ReadTimes; readonly served?: ServedTimes } = {},
): Promise<Reached> {
  const { change, targets, startedAt, limits } = request;
  const watchMs = Math.min(WATCH_MS, timeLeft(world.clock, limits));
  if (watchMs > 0) teller.say(`the last word was lost; watching for a late landing for ${Math.round(watchMs / 1_000)} s`);
  const enough = new AbortController();
  const stop = () => enough.abort();
  limits.signal?.addEventListener('abort', stop, { once: true });
  if (limits.signal?.aborted) stop();

  const [before, ...rest] = change.kind === 'unknown' ? change.oneOf : [change.before ?? change.routes, change.routes];
  const wanted = rest.at(-1)!;
  const watched = { expected: before, old: rest.slice(0, -1), told: change.told, awaited: [wanted] };
  const until = { deadline: world.clock.now() + watchMs, signal: enough.signal };
  const watching = watchRoutes(world, world.estate.accessPoint, watched, until, times.read ?? READ_TIMES).then((result) => {
    // Routes that stay as they were are served as they were.
    if (result.kind === 'quiet' || result.kind === 'moved') stop();
    return result;
  });
  const serving = request.serve && watchMs > 0 ? serve(world, teller, { targets, change, proof: 'accepted', startedAt, limits: { ...limits, signal: enough.signal }, routes: { meant: wanted, before: [before, ...rest] } }, times.served) : undefined;
  void serving?.then((reached) => (reached.kind === 'served' ? stop() : undefined));
  const [seen, reached] = await Promise.all([watching, serving]);
  limits.signal?.removeEventListener('abort', stop);
  return reached?.kind === 'served' ? reached : fromWatch(world, request, seen);
}

async function fromWatch(world: OperateWorld, { change, own }: LastWordRequest, watched: WatchResult): Promise<Reached> {
  if (watched.kind === 'landed late') {
    return { kind: 'done', sentence: `${change.sentence}; ${watched.sentence}`, proof: 'read back', live: watched.routes, change, next: ['s3-failover status'] };
  }
  if (watched.kind === 'moved') {
    const who = await whoMoved(world, watched.routes, own);
    return { kind: 'failed', sentence: `${watched.sentence}, ${who}; before that: ${change.sentence}`, proof: 'none', live: watched.routes, change, next: MOVED_NEXT };
  }
  const [sentence, command] = change.kind === 'unknown' ? [change.sentence, [change.command]] : [`unknown: ${change.sentence}`, []];
  return {
    kind: 'unknown',
    sentence: `${sentence}; ${watched.sentence}`,
    proof: change.kind === 'accepted' ? 'accepted' : 'none',
    live: change.live,
    change,
    next: [...command, 's3-failover routes show', 'the same again: it finishes what was begun, or finds it done'],
  };
}
