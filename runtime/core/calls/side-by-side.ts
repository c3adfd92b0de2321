import type { Clock } from '../ports';
import { CallError } from './call-error';

export type Settled<T> = { readonly region: string } & ({ readonly value: T } | { readonly error: unknown });

/** Does one thing in every Region at once, so that none holds up the others for longer than it takes itself. */
export async function sideBySide<T>(regions: readonly string[], act: (region: string) => Promise<T>): Promise<Settled<T>[]> {
  return Promise.all(
    regions.map((region) =>
      act(region).then(
        (value) => ({ region, value }),
        (error: unknown) => ({ region, error }),
      ),
    ),
  );
}

/**
 * Waits for one call to a Region, at most `limit` milliseconds or until `outer` is aborted; then the call is aborted, and the Region
 * counts as not answering.
 */
export async function within<T>(
  region: string,
  clock: Clock,
  limit: number,
  call: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const giveUp = new AbortController();
  const stopTimer = new AbortController();
  const stop = () => stopTimer.abort();
  outer?.addEventListener('abort', stop, { once: true });
  if (outer?.aborted) stop();
  const milliseconds = Math.max(0, limit);
  const tooLate = async (): Promise<never> => {
    await clock.sleep(milliseconds, stopTimer.signal);
    if (outer?.aborted) throw new CallError({ call: 'a call', region, code: 'GivenUp', reason: 'it is no longer waited for' });
    throw new CallError({ call: 'a call', region, code: 'TimedOut', reason: `nothing came within ${Math.round(milliseconds / 1000)} s` });
  };
  try {
    return await Promise.race([call(giveUp.signal), tooLate()]);
  } finally {
    outer?.removeEventListener('abort', stop);
    stopTimer.abort();
    giveUp.abort();
  }
}
