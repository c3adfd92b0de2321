import type { ReadAttempt, WriteAttempt } from '../traffic/ledger';

export interface Outage {
  /** Start of the first request that failed. */
  readonly from: number;
  /** End of the first write that succeeded afterwards; absent where none did. */
  readonly to?: number;
  readonly failedWrites: number;
  readonly failedReads: number;
}

/**
 * Stretches in which no write succeeded. Writes overlap, so a write that began before the first failure and was
 * answered later does not end an outage; one that began during it and succeeded does.
 */
export function findOutages(writes: readonly WriteAttempt[], reads: readonly ReadAttempt[]): Outage[] {
  const outages: { from: number; to?: number; failedWrites: number }[] = [];
  let open: { from: number; to?: number; failedWrites: number } | undefined;
  for (const write of [...writes].sort((a, b) => a.startedAt - b.startedAt)) {
    if (write.outcome === 'failed') {
      if (open === undefined) outages.push((open = { from: write.startedAt, failedWrites: 0 }));
      open.failedWrites += 1;
    } else if (open !== undefined) {
      open.to = write.endedAt;
      open = undefined;
    }
  }
  return outages.map((outage) => ({
    ...outage,
    failedReads: reads.filter((read) => read.outcome === 'failed' && read.endedAt >= outage.from && read.startedAt <= (outage.to ?? Infinity)).length,
  }));
}

export function lengthOf(outage: Outage, until: number): number {
  return (outage.to ?? until) - outage.from;
}
