/** Of many spans of time, in milliseconds. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99), most: Math.round(sorted[sorted.length - 1]) };
}

/** The least value that so many are at most: one that was measured, none between two. */
function quantile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]);
}
