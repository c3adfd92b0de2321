import { performance } from 'node:perf_hooks';
import type { WallClock } from '../core/operate/ports';
import type { Clock, Random } from '../core/ports';

/** The machine's monotonic clock. A sleep that is aborted leaves no timer behind. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, milliseconds));
      signal?.addEventListener('abort', wake, { once: true });
    }),
  timer(milliseconds, ring) {
    const timer = setTimeout(ring, Math.max(0, milliseconds));
    return { cancel: () => clearTimeout(timer) };
  },
};

export const systemRandom: Random = Math.random;

/** The machine's time of day, which may be wrong or jump: for what others must read, never for intervals. */
export const systemWallClock: WallClock = {
  now: () => Date.now(),
  iso: (at) => new Date(at).toISOString(),
  parse(text) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : at;
  },
};
