/** `0.4 s`, `14.2 s`, `1 min 32 s`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A duration, or a dash where the moment never came. */
export function durationOr(seconds: number | null): string {
  return seconds === null ? '-' : duration(seconds);
}

/** `1 write`, `3 writes`, `no writes`. */
export function count(n: number, noun: string): string {
  return `${n === 0 ? 'no' : n} ${noun}${n === 1 ? '' : 's'}`;
}
