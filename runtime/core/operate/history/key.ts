import { RESERVED_PREFIX } from '../../routes/served';
import type { WallClock } from '../ports';
import type { ActRecord } from './record';

/** Records stand under here, in every data Region's bucket; a fence must leave writes here alone. */
export const HISTORY_PREFIX = `${RESERVED_PREFIX}history/`;

/** Thirteen digits, for times until the year 2286. */
const LAST_TIME = 9_999_999_999_999;
const KEY = /^(\d{13})-\d{8}T\d{6}Z-([a-z0-9]{8,40})-(begun|ended)(-q)?\.json$/;

export interface RecordKey {
  readonly key: string;
  /** When the act began, milliseconds since the epoch. */
  readonly at: number;
  readonly id: string;
  readonly phase: ActRecord['phase'];
  /** The record begins or ends a quarantine: it counts however old it is. */
  readonly quarantine: boolean;
}

/**
 * Keys sort by time, the newest first, as S3 lists a prefix from its beginning only: the first page holds what matters, however long
 * the history is. The time stands in them a second time, for people.
 */
export function keyOf(record: ActRecord, wall: WallClock): string {
  const at = wall.parse(record.at) ?? 0;
  const countdown = String(LAST_TIME - Math.min(LAST_TIME, Math.max(0, at))).padStart(13, '0');
  const readable = wall.iso(at).replace(/\.\d+/, '').replace(/[-:]/g, '');
  const quarantine = record.quarantines.length + record.lifts.length > 0 ? '-q' : '';
  return `${HISTORY_PREFIX}${countdown}-${readable}-${record.id}-${record.phase}${quarantine}.json`;
}

/** Undefined for a key that no version of ours wrote. */
export function parseKey(key: string): RecordKey | undefined {
  const match = key.startsWith(HISTORY_PREFIX) ? KEY.exec(key.slice(HISTORY_PREFIX.length)) : null;
  if (!match) return undefined;
  return { key, at: LAST_TIME - Number(match[1]), id: match[2], phase: match[3] as ActRecord['phase'], quarantine: match[4] !== undefined };
}
