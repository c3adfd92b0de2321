/** Of many spans of time, in milliseconds. */
export interface Spread {
  readonly least: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => quantile(sorted, share);
  return { least: at(0), p25: at(0.25), median: at(0.5), p75: at(0.75), p95: at(0.95), p99: at(0.99), most: at(1) };
}

/** The least value that so many are at most: one that was measured, none between two. */
function quantile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]);
}
