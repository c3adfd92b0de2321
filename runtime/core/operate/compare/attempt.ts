import { CallError } from '../../calls/call-error';
import { within } from '../../calls/side-by-side';
import type { Clock, Random } from '../../ports';
import { backoffMs } from '../../routes/backoff';

export interface Attempts {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly times?: AttemptTimes;
}

export interface AttemptTimes {
  /** One call. */
  readonly callMs: number;
  /** Tries of one call, the first included. */
  readonly tries: number;
  readonly firstMs: number;
  readonly mostMs: number;
}

/** About a minute of a Region that answers nothing but errors, and two and a half of one that does not answer. */
export const ATTEMPT_TIMES: AttemptTimes = { callMs: 15_000, tries: 8, firstMs: 250, mostMs: 15_000 };

/** Repeats one call to a bucket while S3 asks to slow down, fails, or stays silent. Everything else is thrown at once. */
export async function attempt<T>({ clock, random, signal, times = ATTEMPT_TIMES }: Attempts, region: string, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried++) {
    if (signal.aborted) throw new Stopped();
    try {
      return await under(signal, (own) => within(region, clock, times.callMs, (late) => call(either(own, late))));
    } catch (error) {
      if (signal.aborted) throw new Stopped();
      if (!passing(error) || tried + 1 >= times.tries) throw error;
      await under(signal, (own) => clock.sleep(backoffMs(times, tried, random), own.signal));
    }
  }
}

/** The caller's own signal ended the work. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor() {
    super('stopped before the end');
  }
}

const THROTTLED = /^(SlowDown|Throttling|ThrottlingException|RequestLimitExceeded|TooManyRequests|RequestTimeout)$/;

function passing(error: unknown): boolean {
  return error instanceof CallError && (error.unreachable || error.status === 429 || THROTTLED.test(error.code));
}

/** Work under way, by the signal that ends it. */
const running = new WeakMap<AbortSignal, Set<AbortController>>();

/**
 * Gives a piece of work a signal of its own that ends with a longer one. A caller's signal sees millions of calls, many at once:
 * one listener serves them all, and nothing is left hanging on it as by `AbortSignal.any`.
 */
async function under<T>(signal: AbortSignal, work: (own: AbortController) => Promise<T>): Promise<T> {
  let all = running.get(signal);
  if (!all) {
    const fresh = new Set<AbortController>();
    signal.addEventListener('abort', () => fresh.forEach((one) => one.abort()), { once: true });
    running.set(signal, (all = fresh));
  }
  const own = new AbortController();
  all.add(own);
  try {
    return await work(own);
  } finally {
    all.delete(own);
  }
}

function either(own: AbortController, late: AbortSignal): AbortSignal {
  late.addEventListener('abort', () => own.abort(), { once: true });
  return own.signal;
}
