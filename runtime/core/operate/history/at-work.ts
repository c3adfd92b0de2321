import type { WallClock } from '../ports';
import { merged } from './merge';
import type { ActRecord, ActVerb } from './record';

/** After so long an act that did not say how it ended is taken for dead: its process was killed, or could not write. */
const MINUTE = 60_000;
/** The controller's acts are written down when they have ended. */
const YOUNG_MS: { readonly [verb in ActVerb]?: number } = {
  failover: 15 * MINUTE,
  'routes set': 15 * MINUTE,
  'fence lift': 5 * MINUTE,
  'quarantine lift': 5 * MINUTE,
  switchover: 120 * MINUTE,
  drill: 240 * MINUTE,
  reconcile: 24 * 60 * MINUTE,
};

export interface AtWork {
  readonly record: ActRecord;
  readonly ageMs: number;
}

/** Acts that have begun, have not ended and may still be under way, the newest first: who is at work, and what on. */
export function atWork(records: readonly ActRecord[], wall: WallClock, but?: string): AtWork[] {
  const now = wall.now();
  return merged(records).flatMap((record) => {
    const at = wall.parse(record.at);
    if (record.phase !== 'begun' || record.id === but || at === undefined) return [];
    // The other's watch may be ahead of ours.
    const ageMs = Math.max(0, now - at);
    return ageMs <= (YOUNG_MS[record.verb] ?? 0) ? [{ record, ageMs }] : [];
  });
}
