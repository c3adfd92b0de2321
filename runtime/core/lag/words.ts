/** `1,204` */
export function inThousands(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `1 operation`, `1,204 operations` */
export function operations(count: number): string {
  return `${inThousands(count)} operation${Math.round(count) === 1 ? '' : 's'}`;
}

/** The largest unit in which at least 2 are left, so that 90 s stay seconds and nobody reads 1 min. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** `512 bytes`, `3.1 MB`, in the powers of ten that S3 bills in. */
export function size(bytes: number): string {
  const units = ['KB', 'MB', 'GB', 'TB', 'PB'];
  if (bytes < 1_000) return `${inThousands(bytes)} bytes`;
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** power).toFixed(1)} ${units[power - 1]}`;
}
