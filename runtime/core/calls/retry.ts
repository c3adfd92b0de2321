import type { Clock, Instant, Random } from '../ports';

/** Full-jitter exponential back-off between these two, in milliseconds. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 8_000;

export interface RetryDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly deadline: Instant;
}

/**
 * Repeats `act` for as long as `patience` grants its error: milliseconds since the first attempt, or undefined for an error that
 * waiting does not cure. Throws the last error.
 */
export async function retry<T>(deps: RetryDeps, patience: (error: unknown) => number | undefined, act: () => Promise<T>): Promise<T> {
  const start = deps.clock.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      const allowed = patience(error);
      if (allowed === undefined) throw error;
      const delay = deps.random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
      const wake = deps.clock.now() + delay;
      if (wake > start + allowed || wake >= deps.deadline) throw error;
      await deps.clock.sleep(delay);
    }
  }
}
