import type { ChangeResult, Proof } from '../../routes/change-result';
import type { Limits } from '../../routes/endpoint';
import { list, type Routes } from '../../routes/routes';
import { PROBE_PREFIX, proveServed, SERVED_TIMES, type Landing, type ServedTimes } from '../../routes/served';
import { newActId } from '../history/store';
import { lastLook } from './last-look';
import type { Reached } from './reached';
import { seconds } from './words';
import type { OperateWorld, Teller } from './world';

export interface ServeRequest {
  readonly targets: readonly string[];
  readonly change: ChangeResult;
  /** What is proven without the data plane. */
  readonly proof: Proof;
  /** When the act began, for what is told as it happens. */
  readonly startedAt: number;
  readonly limits: Limits;
  /** Routes as they are meant, and as they were: who has been overtaken need not wait for writes to land. */
  readonly routes?: { readonly meant: Routes; readonly before: readonly Routes[] };
}

/** Between two looks at whether somebody else has moved traffic meanwhile. */
const LOOK_EVERY_MS = 5_000;

/** Writes through the access point until they land in the targets, several in a row and none elsewhere for a while. */
export async function serve(world: OperateWorld, teller: Teller, request: ServeRequest, times: ServedTimes = SERVED_TIMES): Promise<Reached> {
  const { targets, change, proof, startedAt, limits } = request;
  teller.step(`see writes land in ${list(targets)}`);
  const tally = new Map<string, number>();
  const tell = (landing: Landing, served: boolean) => {
    const where = landing.kind === 'landed' ? `in ${landing.region}` : landing.kind;
    tally.set(where, (tally.get(where) ?? 0) + 1);
    const writes = [...tally.values()].reduce((sum, count) => sum + count, 0);
    teller.progress(writes, undefined, `${[...tally].map(([place, count]) => `${count} ${place}`).join(', ')}`);
    if (served) teller.say(`${seconds(world.clock.now() - startedAt)}  served by ${list(targets)}`);
  };
  const enough = new AbortController();
  const stop = () => enough.abort();
  limits.signal?.addEventListener('abort', stop, { once: true });
  if (limits.signal?.aborted) stop();
  if (request.routes) void stopWhenMoved(world, request.routes, enough);
  const result = await proveServed(world, world.probe, { targets, runId: newActId(world.random), limits: { ...limits, signal: enough.signal }, tell }, times);
  limits.signal?.removeEventListener('abort', stop);
  stop();
  const common = { change, live: change.live, sentence: `${change.sentence}; ${result.sentence}` };
  if (result.kind === 'served') return { ...common, kind: 'served', proof: 'served', next: [] };
  const next = result.kind === 'not allowed' ? [`allow 's3:PutObject' through the access point under '${PROBE_PREFIX}*', which shows where writes land`] : [];
  const landed = result.landings.flatMap((landing) => (landing.kind === 'landed' ? [landing.region] : []));
  const contradicted = landed.length > 0 && !landed.some((region) => targets.includes(region));
  return { ...common, kind: 'done', proof, contradicted, next: [...next, 's3-failover status'] };
}

async function stopWhenMoved(world: OperateWorld, { meant, before }: NonNullable<ServeRequest['routes']>, enough: AbortController): Promise<void> {
  while (!enough.signal.aborted) {
    await world.clock.sleep(LOOK_EVERY_MS, enough.signal);
    if (enough.signal.aborted) return;
    if ((await lastLook(world, meant, before)).kind === 'moved') enough.abort();
  }
}
