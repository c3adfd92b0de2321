import type { Clock, Log, Random } from '../../ports';
import { within } from '../../calls/side-by-side';
import type { ControllerPort } from '../controller';
import type { Estate } from '../estate';
import type { Buckets, WallClock } from '../ports';
import { keyOf } from './key';
import { readHistory, type HistoryView, type ReadOptions } from './read';
import { actRecordSchema, type ActRecord } from './record';

export interface HistoryWorld {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly log: Log;
  readonly estate: Estate;
  readonly buckets: Buckets;
  /** What it did stands beside what people did; absent without one. */
  readonly controller?: ControllerPort;
}

/**
 * What was done, kept in every data Region that can be reached, so that it can be read when any of them is gone.
 *
 * Nothing here ever rejects, and no Region is waited for longer than a few seconds: an act must not fail because it could not be
 * written down. Each act leaves two objects; where replication copies them too, a bucket holds up to two versions per data Region.
 */
export interface History {
  /** Says that an act is under way. Not to be waited for longer than a moment: it runs beside the act. */
  begin(record: ActRecord, onKept?: (region: string) => void): Promise<Kept>;
  /** Says how it ended. */
  end(record: ActRecord): Promise<Kept>;
  read(options?: ReadOptions): Promise<HistoryView>;
}

/** Where a record is. */
export interface Kept {
  readonly regions: readonly string[];
  readonly failed: readonly { readonly region: string; readonly reason: string }[];
}

export interface HistoryTimes {
  /** One Region's time to take a record. */
  readonly writeMs: number;
  /** How long slower Regions are waited for once one has it; replication brings it to them all the same. */
  readonly settleMs: number;
}

export const HISTORY_TIMES: HistoryTimes = { writeMs: 3_000, settleMs: 1_000 };

const ID_LENGTH = 16;
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

export function newActId(random: Random): string {
  return Array.from({ length: ID_LENGTH }, () => DIGITS[Math.floor(random() * DIGITS.length)]).join('');
}

export function historyOf(world: HistoryWorld, times: HistoryTimes = HISTORY_TIMES): History {
  return {
    begin: (record, onKept) => keep(world, record, times, onKept),
    end: (record) => keep(world, record, times),
    read: (options) => readHistory(world, options),
  };
}

async function keep(world: HistoryWorld, record: ActRecord, times: HistoryTimes, onKept: (region: string) => void = () => undefined): Promise<Kept> {
  const { regions } = world.estate;
  const checked = actRecordSchema.safeParse(record);
  if (!checked.success) {
    // A defect of ours; the act goes on, and whoever reads the log can see it.
    const reason = `the record is not well-formed: ${checked.error.issues[0].path.join('.')}: ${checked.error.issues[0].message}`;
    world.log.error('could not keep a record', { id: record.id, reason });
    return { regions: [], failed: regions.map((region) => ({ region, reason })) };
  }
  const key = keyOf(checked.data, world.wall);
  const text = JSON.stringify(checked.data);
  const kept: string[] = [];
  const failed: { region: string; reason: string }[] = [];
  const enough = new AbortController();
  const stopTimer = new AbortController();
  await Promise.all(
    regions.map(async (region) => {
      try {
        await within(region, world.clock, times.writeMs, (signal) => world.buckets(region).putText(key, text, signal), enough.signal);
        if (kept.length === 0) void world.clock.sleep(times.settleMs, stopTimer.signal).then(() => enough.abort());
        kept.push(region);
        onKept(region);
      } catch (error) {
        failed.push({ region, reason: error instanceof Error ? error.message : String(error) });
      }
    }),
  );
  stopTimer.abort();
  if (failed.length > 0) world.log.warn('a record could not be kept everywhere', { id: record.id, phase: record.phase, failed });
  const order = (region: string) => regions.indexOf(region);
  return { regions: kept.sort((a, b) => order(a) - order(b)), failed: failed.sort((a, b) => order(a.region) - order(b.region)) };
}
