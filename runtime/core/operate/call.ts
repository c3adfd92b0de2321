import { CallError } from '../calls/call-error';
import type { Clock } from '../ports';

export interface CallLimits {
  /** Service and operation, for the error when nothing comes. */
  readonly what: string;
  /** One try's time. */
  readonly mostMs: number;
  /** The caller's own: ends the call at once. */
  readonly signal?: AbortSignal;
  /** Tries while the Region does not do its work; one, if left out. */
  readonly tries?: number;
}

const PAUSE_MS = 300;

/** Calls a Region, waits for it no longer than it may take, and asks again while it does not answer. Rejects with a CallError. */
export async function callRegion<T>(clock: Clock, region: string, limits: CallLimits, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { tries = 1, signal } = limits;
  for (let tried = 1; ; tried++) {
    try {
      return await once(clock, region, limits, call);
    } catch (error) {
      if (tried >= tries || signal?.aborted || !(error instanceof CallError && error.unreachable)) throw error;
      await clock.sleep(PAUSE_MS * tried, signal);
    }
  }
}

async function once<T>(clock: Clock, region: string, { what, mostMs, signal }: CallLimits, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const stop = () => over.abort();
  const ended = (code: string, reason: string) => new CallError({ call: what, region, code, reason });
  if (signal?.aborted) throw ended('GivenUp', 'it was not made: the act was stopped');
  if (mostMs <= 0) throw ended('TimedOut', 'it was not made: no time was left');
  signal?.addEventListener('abort', stop, { once: true });
  const late = async (): Promise<never> => {
    await clock.sleep(mostMs, over.signal);
    throw signal?.aborted ? ended('GivenUp', 'the act was stopped') : ended('TimedOut', `nothing came within ${Math.round(mostMs / 1_000)} s`);
  };
  try {
    return await Promise.race([call(over.signal), late()]);
  } finally {
    signal?.removeEventListener('abort', stop);
    over.abort();
  }
}
