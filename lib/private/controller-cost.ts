import type { ControllerUsage } from '../controller-usage';
import { Alarm, type CompletePolicy, HEARTBEAT_EVERY_MS, Metric, OBSERVER_RUN_MS } from './controller-contract';

/** The size of a controller, as far as it is used up by it. */
export interface ControllerSize {
  readonly policy: Pick<CompletePolicy, 'order' | 'voters' | 'intervalMs'>;
  /** Regions that hold a data bucket, to each of which heartbeats are replicated. */
  readonly dataRegions: number;
  readonly memoryMib: number;
  readonly alarms: boolean;
}

const MONTH_MS = 30 * 24 * 3_600_000;
const START_EVERY_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const KIB = 1024;

/** A run ends when the next has been seen to report: that one waits for two looks, and each reads what the other wrote one look later. */
const TICKS_BESIDE_THE_NEXT = 5;

/** The last version and those of a day; S3 counts days from the midnight (UTC) that follows (Amazon S3 user guide, "Lifecycle rules: based on an object's age"). */
const HEARTBEAT_DAYS = 2;

/** A report: what it says of itself, and of each Region while that is well. */
const REPORT_BYTES = { itself: 300, region: 70 };
const REGISTER_BYTES = 2 * KIB;
/** What one read or write request unit carries (Amazon DynamoDB developer guide, on-demand capacity). */
const READ_UNIT_BYTES = 4 * KIB;
const WRITE_UNIT_BYTES = KIB;

/** What a log takes in for each line beside its text (Amazon CloudWatch Logs API reference, PutLogEvents). */
export const BYTES_BESIDE_A_LINE = 26;
/** Lines of log with what is beside them: one for each decision; what begins and ends each run; and metrics, which are lines too. Measured on the local AWS: docs/cost.md. */
export const LOG_BYTES = { decision: 650, run: 1_500, metrics: 1_000, metricsOfRegion: 600 };

/** A voter publishes its figures when they change, and this often while they do not. */
const PUBLISH_EVERY_MS = 30_000;

/** Looks at the lag of each other Region in one run, and at the routes. */
const LOOKS_PER_RUN = 2;

const PER_REGION: readonly string[] = [Metric.ACTIVE_REGION, Metric.REGION_HEALTH, Metric.REPLICATION_LAG];
const PER_REASON: readonly string[] = [Metric.DECISION_HELD];

/** How long one run lasts at most, before a later one is seen to have taken over. */
export function runMs(intervalMs: number): number {
  return Math.min(OBSERVER_RUN_MS, START_EVERY_MS + TICKS_BESIDE_THE_NEXT * intervalMs);
}

/** Versions of one Region's heartbeat in one bucket, at most. */
export function versionsOfOneHeartbeat(): number {
  return (HEARTBEAT_DAYS * DAY_MS) / HEARTBEAT_EVERY_MS + 1;
}

/** What a controller uses in a month in which nothing is wrong, at most. */
export function usageOf({ policy: { order, voters, intervalMs }, dataRegions, memoryMib, alarms }: ControllerSize): ControllerUsage {
  const regions = order.length;
  const observers = voters.length + regions;
  const starts = MONTH_MS / START_EVERY_MS;
  const ticks = starts * Math.ceil(runMs(intervalMs) / intervalMs);
  const heartbeats = (MONTH_MS / HEARTBEAT_EVERY_MS) * regions;

  const report = (seen: number) => REPORT_BYTES.itself + REPORT_BYTES.region * seen;
  const reports = voters.length * report(regions) + regions * report(1);
  const writes = voters.length * units(report(regions), WRITE_UNIT_BYTES) + regions * units(report(1), WRITE_UNIT_BYTES);
  const reads = voters.length * (units(reports, READ_UNIT_BYTES) + units(REGISTER_BYTES, READ_UNIT_BYTES)) + regions * units(report(1), READ_UNIT_BYTES);

  const metrics = Object.values(Metric).filter((name) => !PER_REASON.includes(name));
  const metricsOfRegions = metrics.filter((name) => PER_REGION.includes(name)).length;
  const published = starts * (1 + Math.floor(runMs(intervalMs) / PUBLISH_EVERY_MS)) * (LOG_BYTES.metrics + regions * LOG_BYTES.metricsOfRegion);
  const log = observers * starts * LOG_BYTES.run + voters.length * (ticks * LOG_BYTES.decision + published);
  return {
    functionRuns: observers * starts,
    functionGigabyteSeconds: Math.round((observers * starts * runMs(intervalMs) * memoryMib) / 1000 / KIB),
    bucketWrites: (voters.length + 1) * regions * ticks + heartbeats * dataRegions,
    bucketReads: (voters.length + 1) * regions * ticks + heartbeats + voters.length * starts * LOOKS_PER_RUN * (regions - 1),
    tableWriteUnits: ticks * writes * voters.length,
    tableReadUnits: ticks * reads,
    heartbeatVersions: regions * dataRegions * versionsOfOneHeartbeat(),
    customMetrics: voters.length * (regions * metricsOfRegions + metrics.length - metricsOfRegions),
    alarmMetrics: alarms ? voters.length * (Object.values(Alarm).length - 1 + regions) : 0,
    logGigabytes: Math.round(log / KIB ** 3 * 10) / 10,
  };
}

function units(bytes: number, size: number): number {
  return Math.ceil(bytes / size);
}
