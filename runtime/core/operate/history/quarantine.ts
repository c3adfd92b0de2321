import { merged } from './merge';
import type { ActRecord } from './record';

/** A Region that was left in a hurry: it may hold versions that no other has, so it is no target until they were looked for. */
export interface Quarantine {
  readonly region: string;
  /** When it began. */
  readonly since: string;
  readonly by: ActRecord;
}

/**
 * Regions whose quarantine no later record lifts, by name. An act that began and never said how it ended counts as done: doubt
 * holds. So does a quarantine that began at the very time of its lift.
 */
export function quarantined(records: readonly ActRecord[]): Quarantine[] {
  const held = new Map<string, Quarantine>();
  const steps = merged(records).flatMap((record) => {
    const at = record.endedAt ?? record.at;
    // What has only begun lifts nothing.
    const lifts = record.phase === 'ended' ? record.lifts.map((region) => ({ at, region, record, lift: true })) : [];
    return [...lifts, ...record.quarantines.map((region) => ({ at, region, record, lift: false }))];
  });
  const inOrder = steps.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : Number(b.lift) - Number(a.lift)));
  for (const { at, region, record, lift } of inOrder) {
    if (lift) held.delete(region);
    else if (!held.has(region)) held.set(region, { region, since: at, by: record });
  }
  return [...held.values()].sort((a, b) => (a.region < b.region ? -1 : 1));
}
