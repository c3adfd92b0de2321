import type { AccessPoint } from './access-point';
import { backoffMs, type Backoff } from './backoff';
import { timeLeft, type Limits } from './endpoint';
import { readRoutes, type ReadResult, type ReadTimes } from './read';
import type { RouteWorld } from './world';

/** Readings while nobody answers; each already asks every endpoint. */
const MOST_READS = 8;

/** A read that is repeated while nobody answers and, for a new access point or permission, while it is not known yet. */
export async function readPatiently(
  world: RouteWorld,
  accessPoint: AccessPoint,
  limits: Limits,
  times: { readonly read: ReadTimes; readonly silence: Backoff },
  newForMs = 0,
): Promise<ReadResult> {
  const newUntil = world.clock.now() + newForMs;
  for (let attempt = 1; ; attempt++) {
    const read = await readRoutes(world, accessPoint, limits, times.read);
    if (read.kind === 'read') return read;
    const patience = world.clock.now() < newUntil ? mayBeNew(read) : read.because.kind === 'silent' && attempt < MOST_READS;
    if (!patience || timeLeft(world.clock, limits) === 0) return read;
    await world.clock.sleep(Math.min(backoffMs(times.silence, attempt, world.random), timeLeft(world.clock, limits)), limits.signal);
  }
}

/** Nothing that is said of a new access point is final, but that the ARN is wrong. */
function mayBeNew({ because }: Extract<ReadResult, { kind: 'failed' }>): boolean {
  return because.kind !== 'named' || because.failure.kind === 'no such access point';
}
