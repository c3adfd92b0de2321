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
export function within<T>(
  region: string,
  clock: Clock,
  limit: number,
  call: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const giveUp = new AbortController();
  const milliseconds = Math.max(0, limit);
  let over = false;
  return new Promise((resolve, reject) => {
    const end = (): boolean => {
      if (over) return false;
      over = true;
      outer?.removeEventListener('abort', leave);
      return true;
    };
    const fail = (code: string, reason: string) => {
      if (!end()) return;
      reject(new CallError({ call: 'a call', region, code, reason }));
      giveUp.abort();
    };
    const leave = () => fail('GivenUp', 'it is no longer waited for');
    call(giveUp.signal).then(
      (value) => {
        if (!end()) return;
        resolve(value);
        giveUp.abort();
      },
      (error: unknown) => {
        if (!end()) return;
        reject(error);
        giveUp.abort();
      },
    );
    if (outer?.aborted) return void Promise.resolve().then(leave);
    outer?.addEventListener('abort', leave, { once: true });
    // Ended with the call: whoever answers in time leaves no timer.
    void clock.sleep(milliseconds, giveUp.signal).then(() => fail('TimedOut', `nothing came within ${Math.round(milliseconds / 1000)} s`));
  });
}
