import type { Clock } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';

/** Does something with a signal that ends with the time, or with the caller's own. */
export async function untilOver<T>(clock: Clock, limits: Limits, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const stopTimer = new AbortController();
  const end = () => over.abort();
  limits.signal?.addEventListener('abort', end, { once: true });
  if (timeLeft(clock, limits) === 0) end();
  else if (limits.deadline !== Infinity) void clock.sleep(timeLeft(clock, limits), stopTimer.signal).then(() => !stopTimer.signal.aborted && end());
  try {
    return await act(over.signal);
  } finally {
    limits.signal?.removeEventListener('abort', end);
    stopTimer.abort();
  }
}
