import type { Clock, Timer } from '../ports';
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
  return new Promise((resolve, reject) => {
    const giveUp = new AbortController();
    let over = false;
    // Whoever is first: the call, the time, or the caller. What comes later is dropped.
    const end = () => {
      over = true;
      timer?.cancel();
      outer?.removeEventListener('abort', leave);
      giveUp.abort();
    };
    const fail = (code: string, reason: string) => {
      if (over) return;
      reject(new CallError({ call: 'a call', region, code, reason }));
      end();
    };
    const leave = () => fail('GivenUp', 'it is no longer waited for');
    const timer = outer?.aborted ? undefined : ringAfter(clock, Math.max(0, limit), giveUp.signal, () => fail('TimedOut', `nothing came within ${Math.round(Math.max(0, limit) / 1000)} s`));
    outer?.addEventListener('abort', leave, { once: true });
    begun(call, giveUp.signal).then(
      (value) => {
        if (over) return;
        resolve(value);
        end();
      },
      (error: unknown) => {
        if (over) return;
        reject(error);
        end();
      },
    );
    if (outer?.aborted) void Promise.resolve().then(leave);
  });
}

function begun<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return call(signal);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** `ended`: aborted when nobody waits for the ring any more. */
function ringAfter(clock: Clock, milliseconds: number, ended: AbortSignal, ring: () => void): Timer | undefined {
  if (clock.timer) return clock.timer(milliseconds, ring);
  void clock.sleep(milliseconds, ended).then(ring);
  return undefined;
}
