import { CallError } from '../calls/call-error';
import type { Clock, Instant, Log } from '../ports';
import { timeLeft, type Limits } from './endpoint';
import { list } from './routes';

/** Keys that this library writes stand under here, in every bucket; nobody else's objects do. */
export const RESERVED_PREFIX = '.s3-failover/';
export const PROBE_PREFIX = `${RESERVED_PREFIX}probe/`;

export interface Written {
  readonly key: string;
  readonly versionId: string;
}

/** What one bucket holds: the copy that landed there, one that replication made, or none. */
export type Copy = 'origin' | 'replica' | 'none';

/** The data plane, as a client of the access point sees it. Every call may reject, with a CallError where the service answered. */
export interface WriteProbe {
  /** Writes a small object through the access point, over a connection of its own, and gives its version. */
  write(key: string, signal: AbortSignal): Promise<string>;
  /** Looks for the version in one Region's bucket itself. */
  find(written: Written, region: string, signal: AbortSignal): Promise<Copy>;
  /** Removes every version under the prefix from one Region's bucket, and gives the reasons for those that stay. */
  removeAll(prefix: string, region: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Regions whose buckets may hold copies. */
  readonly regions: readonly string[];
}

export interface ServedTimes {
  readonly everyMs: number;
  /** One call's time. */
  readonly callMs: number;
  /** Landings in a row that are asked for: one alone may be luck while routes spread. */
  readonly inARow: number;
  /** For so long nothing may land elsewhere. */
  readonly quietMs: number;
  /** Kept of the time to clean up in. */
  readonly cleanUpMs: number;
}

export const SERVED_TIMES: ServedTimes = { everyMs: 1_000, callMs: 5_000, inARow: 5, quietMs: 10_000, cleanUpMs: 20_000 };

/** Where one object went. */
export type Landing =
  | { readonly at: Instant; readonly kind: 'landed'; readonly region: string }
  /** Written, and the bucket that took it could not be found: only replicas, or Regions that do not answer. */
  | { readonly at: Instant; readonly kind: 'lost sight'; readonly reason: string }
  | { readonly at: Instant; readonly kind: 'not written'; readonly reason: string; readonly denied: boolean };

export interface ServedResult {
  /** `not allowed`: this caller may not write through the access point, so that nothing was learned. */
  readonly kind: 'served' | 'not served' | 'not allowed';
  readonly landings: readonly Landing[];
  /** Regions in which something of ours stays, or may stay. */
  readonly leftovers: readonly { readonly region: string; readonly reason: string }[];
  readonly sentence: string;
}

/** Refusals of the caller in a row, with nothing else before, after which no other answer is expected. */
const DENIALS_TO_BELIEVE = 3;
/** Far more writes than the propagation of routes takes, at one a second. */
const MOST_WRITES = 600;

/**
 * Proves on the data plane that writes land where they should: several in a row in the target, and none elsewhere for a
 * while. A bucket took a write when it holds the version and that copy is no replica.
 *
 * It removes what it wrote from every bucket, also what was written without an answer. Replication may bring a copy later:
 * such copies stay under the reserved prefix.
 */
export async function proveServed(
  world: { readonly clock: Clock; readonly log: Log },
  probe: WriteProbe,
  request: {
    readonly targets: readonly string[];
    readonly runId: string;
    readonly limits: Limits;
    /** The caller was seen to write a moment ago: what refuses it now is a fence, and passes. */
    readonly mayWrite?: boolean;
    /** Called after each write, and before anything is cleaned up. */
    readonly tell?: (landing: Landing, served: boolean) => void;
  },
  times: ServedTimes = SERVED_TIMES,
): Promise<ServedResult> {
  const { clock } = world;
  const limits = { ...request.limits, deadline: request.limits.deadline - times.cleanUpMs };
  const landings: Landing[] = [];
  const prefix = `${PROBE_PREFIX}${request.runId}/`;
  let strayAt = clock.now();
  let row = 0;
  let served = false;
  let denied = false;

  for (let count = 1; count <= MOST_WRITES && !served && !denied && timeLeft(clock, limits) > 0; count++) {
    const landing = await land(clock, probe, `${prefix}${count}`, Math.min(times.callMs, timeLeft(clock, limits)));
    landings.push(landing);
    const hit = landing.kind === 'landed' && request.targets.includes(landing.region);
    row = hit ? row + 1 : 0;
    if (landing.kind === 'landed' && !hit) strayAt = landing.at;
    served = row >= times.inARow && clock.now() - strayAt >= times.quietMs;
    request.tell?.(landing, served);
    denied = !request.mayWrite && landings.length >= DENIALS_TO_BELIEVE && landings.every((one) => one.kind === 'not written' && one.denied);
    if (!served && !denied) await clock.sleep(Math.min(times.everyMs, timeLeft(clock, limits)), limits.signal);
  }
  const took = landings.flatMap((landing) => (landing.kind === 'landed' ? [landing.region] : []));
  const leftovers =
    landings.length === 0
      ? []
      : await cleanUp(
          clock,
          probe,
          prefix,
          took,
          { deadline: Math.min(request.limits.deadline, clock.now() + times.cleanUpMs) },
          times.callMs,
        );
  if (leftovers.length > 0) world.log.warn('probe objects were left', { leftovers });
  return {
    kind: served ? 'served' : denied ? 'not allowed' : 'not served',
    landings,
    leftovers,
    sentence: describe(
      served,
      request.targets,
      row,
      landings,
      leftovers.map((left) => left.region),
    ),
  };
}

async function land(clock: Clock, probe: WriteProbe, key: string, milliseconds: number): Promise<Landing> {
  const at = clock.now();
  const put = await within(clock, milliseconds, (signal) => probe.write(key, signal));
  if (!put.ok) return { at, kind: 'not written', reason: put.reason, denied: put.denied };
  const one = { key, versionId: put.value };
  return { at, ...(await sight(clock, probe, one, milliseconds)) };
}

/** Asks every bucket at once, and waits for no other when one has the copy that landed: a dead Region must not hide it. */
async function sight(
  clock: Clock,
  probe: WriteProbe,
  one: Written,
  milliseconds: number,
): Promise<{ kind: 'landed'; region: string } | { kind: 'lost sight'; reason: string }> {
  const seen: string[] = [];
  const enough = new AbortController();
  const origin = await new Promise<string | undefined>((resolve) => {
    const ask = async (region: string) => {
      const copy = await within(clock, milliseconds, (signal) => probe.find(one, region, signal), enough.signal);
      if (copy.ok && copy.value === 'origin') resolve(region);
      else if (!copy.ok) seen.push(`${region}: ${copy.reason}`);
      else if (copy.value === 'replica') seen.push(`a replica in ${region}`);
    };
    void Promise.all(probe.regions.map(ask)).then(() => resolve(undefined));
  });
  enough.abort();
  return origin === undefined ? { kind: 'lost sight', reason: seen.join('; ') || 'in no bucket' } : { kind: 'landed', region: origin };
}

/**
 * First where the writes landed, since what has not been replicated by then never will be; then everywhere else; and all
 * again, since replication may have brought copies meanwhile. A Region that did not answer is not asked again.
 */
async function cleanUp(
  clock: Clock,
  probe: WriteProbe,
  prefix: string,
  took: readonly string[],
  limits: Limits,
  callMs: number,
): Promise<ServedResult['leftovers']> {
  const silent: { region: string; reason: string }[] = [];
  const clean = async (region: string) => {
    const removed = await within(clock, Math.min(callMs, timeLeft(clock, limits)), (signal) => probe.removeAll(prefix, region, signal));
    if (!removed.ok) silent.push({ region, reason: removed.reason });
    return (removed.ok ? removed.value : []).map((reason) => ({ region, reason }));
  };
  await Promise.all(probe.regions.filter((region) => took.includes(region)).map(clean));
  await Promise.all(probe.regions.filter((region) => !took.includes(region)).map(clean));
  const answering = probe.regions.filter((region) => !silent.some((one) => one.region === region));
  const kept = (await Promise.all(answering.map(clean))).flat();
  return [...silent, ...kept];
}

type Tried<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string; readonly denied: boolean };

async function within<T>(
  clock: Clock,
  milliseconds: number,
  call: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<Tried<T>> {
  if (milliseconds <= 0 || outer?.aborted) return { ok: false, reason: 'no time was left', denied: false };
  const abandon = new AbortController();
  const stop = () => abandon.abort();
  outer?.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([
      call(abandon.signal).then(
        (value): Tried<T> => ({ ok: true, value }),
        (error: unknown): Tried<T> => ({
          ok: false,
          reason: error instanceof Error ? error.message : String(error),
          denied: error instanceof CallError && error.denied,
        }),
      ),
      clock
        .sleep(milliseconds, abandon.signal)
        .then((): Tried<T> => ({ ok: false, reason: `no answer within ${Math.round(milliseconds)} ms`, denied: false })),
    ]);
  } finally {
    outer?.removeEventListener('abort', stop);
    abandon.abort();
  }
}

function describe(
  served: boolean,
  targets: readonly string[],
  row: number,
  landings: readonly Landing[],
  leftovers: readonly string[],
): string {
  const counts = new Map<string, number>();
  for (const landing of landings) {
    const where = landing.kind === 'landed' ? `in ${landing.region}` : landing.kind;
    counts.set(where, (counts.get(where) ?? 0) + 1);
  }
  const tally = [...counts].map(([where, count]) => `${count} ${where}`).join(', ') || 'none written';
  const last = landings.at(-1);
  const why = last && last.kind !== 'landed' ? `; the last: ${last.reason}` : '';
  const left = leftovers.length > 0 ? `; probe objects under ${PROBE_PREFIX} could not be removed in ${list([...new Set(leftovers)])}` : '';
  return served
    ? `served: the last ${row} writes landed in ${list(targets)} (of ${landings.length}: ${tally})${left}`
    : `not served by ${list(targets)} so far: of ${landings.length} writes, ${tally}${why}${left}`;
}
