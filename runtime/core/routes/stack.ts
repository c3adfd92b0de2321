import { backoffMs, type Backoff } from './backoff';
import { timeLeft, type Limits } from './endpoint';
import type { StackFacts } from './plan';
import type { RouteWorld } from './world';

/** CloudFormation's status of a stack, such as `UPDATE_ROLLBACK_IN_PROGRESS`. Rejects when it cannot be read. */
export interface StackStatusReader {
  read(stackId: string, signal: AbortSignal): Promise<string>;
}

/** The permission to ask may be as new as the stack; IAM takes its time to spread it. */
const MOST_TRIES = 10;
const TRY_MS = 5_000;
const PAUSE: Backoff = { firstMs: 500, mostMs: 8_000 };

/**
 * Whether the stack goes forward or back, asked several times before it is called unreadable.
 *
 * A status that is final while a resource of the stack is being worked on is an old one: `UPDATE_ROLLBACK_COMPLETE` left
 * over from the last deployment must not pass for a rollback.
 */
export async function readStackFacts(
  world: Pick<RouteWorld, 'clock' | 'random'>,
  reader: StackStatusReader,
  stackId: string,
  limits: Limits,
): Promise<StackFacts> {
  let reason = 'no time was left to ask CloudFormation';
  for (let attempt = 0; attempt < MOST_TRIES && timeLeft(world.clock, limits) > 0; attempt++) {
    if (attempt > 0)
      await world.clock.sleep(Math.min(backoffMs(PAUSE, attempt, world.random), timeLeft(world.clock, limits)), limits.signal);
    const answer = await readOnce(world, reader, stackId, Math.min(TRY_MS, timeLeft(world.clock, limits)));
    if ('reason' in answer) reason = answer.reason;
    else if (!answer.status.endsWith('_IN_PROGRESS')) reason = `its status is ${answer.status}, which cannot be while it is being deployed`;
    else return { kind: answer.status.includes('ROLLBACK') ? 'rolling back' : 'going forward', status: answer.status };
  }
  return { kind: 'unreadable', reason };
}

async function readOnce(
  world: Pick<RouteWorld, 'clock'>,
  reader: StackStatusReader,
  stackId: string,
  milliseconds: number,
): Promise<{ status: string } | { reason: string }> {
  const abandon = new AbortController();
  const stopTimer = new AbortController();
  try {
    return await Promise.race([
      reader.read(stackId, abandon.signal).then(
        (status) => ({ status }),
        (error: unknown) => ({ reason: error instanceof Error ? error.message : String(error) }),
      ),
      world.clock
        .sleep(milliseconds, stopTimer.signal)
        .then(() => ({ reason: `CloudFormation did not answer within ${Math.round(milliseconds)} ms` })),
    ]);
  } finally {
    abandon.abort();
    stopTimer.abort();
  }
}
