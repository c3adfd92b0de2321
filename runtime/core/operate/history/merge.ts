import type { ActRecord } from './record';

/** Each act once, as it was last heard of, the newest first. */
export function merged(records: readonly ActRecord[]): ActRecord[] {
  const acts = new Map<string, ActRecord>();
  for (const record of records) {
    const known = acts.get(record.id);
    if (!known || (known.phase === 'begun' && record.phase === 'ended')) acts.set(record.id, record);
  }
  return [...acts.values()].sort((a, b) => compare(b.at, a.at) || compare(a.id, b.id));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
