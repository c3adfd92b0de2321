import type { Instant } from '../../ports';
import type { DrillRead, DrillWrite } from './recording';

/** One failed request may be the network's; so many in a row are an outage. */
const FAILED_IN_A_ROW = 3;

export interface Traffic {
  readonly writes: readonly DrillWrite[];
  readonly reads: readonly DrillRead[];
}

export interface Expected {
  readonly region: string;
  readonly since: Instant;
}

/** What should not have been while one Region was to serve and nobody was switching; undefined when all is well. */
export function surpriseIn({ writes, reads }: Traffic, expected: Expected): string | undefined {
  const recent = inOrder(writes, expected);
  const stray = recent.find((write) => write.by !== undefined && write.by !== expected.region);
  if (stray) return `a write landed in ${stray.by} while ${expected.region} was to serve: somebody else moves traffic, or it has not all moved yet`;
  return failing('writes', recent, expected) ?? failing('reads', inOrder(reads, expected), expected);
}

/** Nothing told where writes land, so far: `sure` where that is more than slow answers. Who cannot see that would not see a switch served either. */
export function blindIn(writes: readonly DrillWrite[], expected: Expected): { readonly sentence: string; readonly sure: boolean } | undefined {
  const acknowledged = inOrder(writes, expected).filter((write) => write.outcome === 'acknowledged');
  if (acknowledged.length === 0 || acknowledged.some((write) => write.by !== undefined)) return undefined;
  const lost = acknowledged.filter((write) => write.unseen !== undefined);
  const reason = lost.at(-1)?.unseen ?? 'no bucket told in time';
  return { sentence: `none of ${acknowledged.length} acknowledged writes was found in any bucket while ${expected.region} was to serve (${reason})`, sure: lost.length >= FAILED_IN_A_ROW };
}

function failing(what: string, requests: readonly (DrillRead | DrillWrite)[], { region }: Expected): string | undefined {
  let row = 0;
  for (const request of requests) {
    row = request.outcome === 'failed' ? row + 1 : 0;
    if (row >= FAILED_IN_A_ROW) return `${row} ${what} in a row failed while ${region} was to serve (${request.error})`;
  }
  return undefined;
}

function inOrder<T extends DrillRead | DrillWrite>(requests: readonly T[], { since }: Expected): T[] {
  return requests.filter((request) => request.at >= since).sort((a, b) => a.at - b.at);
}
