import { duration } from '../terminal/units';

export { count, duration } from '../terminal/units';

/** A duration, or a dash where the moment never came. */
export function durationOr(seconds: number | null): string {
  return seconds === null ? '-' : duration(seconds);
}
