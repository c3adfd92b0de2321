import type { Clock } from './clock';

/** Thrown by whatever was waiting when the rehearsal was asked to stop. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** The error of an aborted signal: its own reason if that says something, else `Interrupted`. */
export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error && signal.reason.name !== 'AbortError' ? signal.reason : new Interrupted();
}

/** Sleeps, and rejects as soon as the signal is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(reasonOf(signal!));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export interface UntilOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly limitMs: number;
  readonly everyMs: number;
  /** What has not happened when the limit is reached, as a clause: `no write failed`. */
  readonly otherwise: () => string;
  /** What is known of the cause, if anything. */
  readonly because?: () => string | undefined;
}

/** Polls until the answer is neither undefined nor false; an error of the poll counts as "not yet". */
export async function until<T>(options: UntilOptions, poll: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const deadline = options.clock() + options.limitMs;
  let lastError: Error | undefined;
  for (;;) {
    if (options.signal.aborted) throw reasonOf(options.signal);
    try {
      const answer = await poll();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      if (options.signal.aborted) throw reasonOf(options.signal);
      lastError = error as Error;
    }
    if (options.clock() >= deadline) {
      const cause = lastError?.message ?? options.because?.();
      throw new Error(`${options.otherwise()} within ${options.limitMs / 1000} s${cause === undefined ? '' : `; last error: ${cause}`}`);
    }
    await sleep(options.everyMs, options.signal);
  }
}

/** Settles with the promise, or rejects when the time is over; the promise itself is left to end by itself. */
export function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} did not end within ${ms / 1000} s`)), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/**
 * Calls with a signal of its own, aborted when a parent is or when the time is over. `AbortSignal.any` over
 * `AbortSignal.timeout` would be shorter, but on Node 20 the garbage collector can take the timer away: seen, as requests
 * that never timed out.
 */
export async function limited<T>(parents: readonly AbortSignal[], ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException(`no answer within ${ms / 1000} s`, 'TimeoutError')), ms);
  const onAbort = () => controller.abort(parents.find((parent) => parent.aborted)?.reason);
  for (const parent of parents) parent.addEventListener('abort', onAbort, { once: true });
  if (parents.some((parent) => parent.aborted)) onAbort();
  try {
    // Raced as well: a call that does not listen must not hold us up.
    return await Promise.race([call(controller.signal), aborted(controller.signal)]);
  } finally {
    clearTimeout(timer);
    for (const parent of parents) parent.removeEventListener('abort', onAbort);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
