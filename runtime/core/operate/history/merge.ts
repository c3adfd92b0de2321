import type { ActRecord } from './record';

/** Each act once, as it was last heard of, the newest first. */
export function merged(records: readonly ActRecord[]): ActRecord[] {
  const acts = new Map<string, ActRecord>();
  for (const record of records) {
    const known = acts.get(record.id);
    if (!known || later(record, known)) acts.set(record.id, record);
  }
  return [...acts.values()].sort((a, b) => compare(b.at, a.at) || compare(a.id, b.id));
}

/** An end comes after a beginning, and one end after another where an act had to take back what it had written of itself. */
function later(record: ActRecord, known: ActRecord): boolean {
  if (record.phase !== known.phase) return record.phase === 'ended';
  return record.phase === 'ended' && known.phase === 'ended' && (record.endedAt ?? '') > (known.endedAt ?? '');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
