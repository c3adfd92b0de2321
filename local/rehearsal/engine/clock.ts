/** Milliseconds since the rehearsal began; monotonic, so that no figure depends on the wall clock. */
export type Clock = () => number;

export function startClock(): Clock {
  const origin = performance.now();
  return () => performance.now() - origin;
}
