import { observeLag } from '../../lag/observe';
import { lagReport } from '../../lag/report';
import type { OperateWorld } from './world';

/** How far a Region is behind another, as an estimate. */
export interface LagEstimate {
  readonly from: string;
  readonly to: string;
  /** There are figures. Without any, nothing is known; that is not zero. */
  readonly known: boolean;
  /** What it is, and how old. */
  readonly sentence: string;
  readonly ageMs?: number;
  readonly seconds?: number;
  readonly operations?: number;
  readonly bytes?: number;
}

/** Asks the Region that is behind, which publishes it, and nothing of the one that it is behind of: that one may be dead. */
export async function estimateLag(world: OperateWorld, from: string, to: string, deadline: number): Promise<LagEstimate> {
  const place = (region: string) => ({ region, bucket: world.estate.buckets[region] });
  const direction = { source: place(from), destination: place(to) };
  const report = lagReport(await observeLag(world, world.metrics, { direction, avoid: [from], deadline }));
  if (report.kind === 'unknown') return { from, to, known: false, sentence: report.sentence };
  const { sentence, ageMs, latencySeconds, pendingOperations, pendingBytes } = report;
  return { from, to, known: true, sentence, ageMs, seconds: latencySeconds, operations: pendingOperations, bytes: pendingBytes };
}
