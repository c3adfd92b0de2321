import type { Clock } from '../ports';
import { CallError } from './call-error';

export type Settled<T> = { readonly region: string } & ({ readonly value: T } | { readonly error: unknown });

/**
 * Does one thing in every Region at once. A Region that has not finished after `limit` milliseconds counts as not answering,
 * so that none holds up the others; its signal is aborted.
 */
export async function sideBySide<T>(
  regions: readonly string[],
  clock: Clock,
  limit: number,
  act: (region: string, signal: AbortSignal) => Promise<T>,
): Promise<Settled<T>[]> {
  return Promise.all(regions.map((region) => within(region, clock, limit, act)));
}

async function within<T>(
  region: string,
  clock: Clock,
  limit: number,
  act: (region: string, signal: AbortSignal) => Promise<T>,
): Promise<Settled<T>> {
  const giveUp = new AbortController();
  const finished = new AbortController();
  const work = act(region, giveUp.signal).then(
    (value) => ({ region, value }),
    (error: unknown) => ({ region, error }),
  );
  const alarm = clock.sleep(Math.max(0, limit), finished.signal).then(() => {
    const reason = `not finished after ${Math.round(Math.max(0, limit) / 1000)} s`;
    return { region, error: new CallError({ call: 'the work', region, code: 'TimedOut', reason }) };
  });
  const settled = await Promise.race([work, alarm]);
  finished.abort();
  giveUp.abort();
  return settled;
}
