import type { Instant } from '../../ports';
import type { DrillWrite } from './recording';

/** One failed write may be the network's; so many in a row are an outage. */
const FAILED_IN_A_ROW = 3;

/** What should not have been while one Region was to serve and nobody was switching; undefined when all is well. */
export function surpriseIn(writes: readonly DrillWrite[], expected: { readonly region: string; readonly since: Instant }): string | undefined {
  const recent = writes.filter((write) => write.at >= expected.since).sort((a, b) => a.at - b.at);
  const stray = recent.find((write) => write.by !== undefined && write.by !== expected.region);
  if (stray) return `a write landed in ${stray.by} while ${expected.region} was to serve: somebody else moves traffic, or it has not all moved yet`;
  let row = 0;
  for (const write of recent) {
    row = write.outcome === 'failed' ? row + 1 : 0;
    if (row >= FAILED_IN_A_ROW) return `${row} writes in a row failed while ${expected.region} was to serve (${write.error})`;
  }
  return undefined;
}
