import type { ReplicationEngine } from './engine';
import type { Failure, Lane } from './lane';
import { covers, type DirectionSettings } from './settings';
import type { Task } from './task';

/** Entries listed at most, of each kind and direction; the counts are whole. */
export const DEFAULT_LISTED = 1000;

export interface QueueEntry {
  readonly kind: Task['kind'];
  readonly key: string;
  readonly version: string;
  readonly size: number;
  /** Id of the rule that covered the write. */
  readonly rule: string;
  /** Milliseconds since the write. */
  readonly ageMs: number;
}

export interface FailedEntry extends QueueEntry {
  /** One of S3's replication failure reasons. */
  readonly code: string;
  readonly reason: string;
}

export interface Counts {
  readonly pending: number;
  readonly completed: number;
  readonly failed: number;
}

/** From one bucket to another. */
export interface DirectionReport extends DirectionSettings {
  readonly sourceBucket: string;
  readonly destinationBucket: string;
  /** Region of the source bucket. */
  readonly source: string | null;
  /** Region of the destination bucket, null when there is no such bucket. */
  readonly destination: string | null;
  /** Why pending work waits for more than its lag, in words. */
  readonly heldBy?: string;
  readonly counts: Counts;
  /** Age of the oldest pending write; 0 without one. */
  readonly oldestMs: number;
  /** Oldest first. */
  readonly pending: QueueEntry[];
  /** Newest first. */
  readonly failed: FailedEntry[];
}

export interface QueueReport {
  readonly counts: Counts;
  readonly directions: DirectionReport[];
}

/** What a question is about: a Region or bucket at either end, or all. */
export interface Ends {
  readonly source?: string;
  readonly destination?: string;
}

export function lanesBetween(engine: ReplicationEngine, { source, destination }: Ends): Lane[] {
  return engine.allLanes().filter((lane) => covers(source, lane.source) && covers(destination, lane.destination));
}

export function reportQueue(engine: ReplicationEngine, now: number, ends: Ends = {}, listed = DEFAULT_LISTED): QueueReport {
  const directions = lanesBetween(engine, ends).map((lane) => reportLane(engine, lane, now, listed));
  const sum = (name: keyof Counts): number => directions.reduce((total, { counts }) => total + counts[name], 0);
  return { counts: { pending: sum('pending'), completed: sum('completed'), failed: sum('failed') }, directions };
}

function reportLane(engine: ReplicationEngine, lane: Lane, now: number, listed: number): DirectionReport {
  const [oldest] = first(lane.pending(), 1);
  return {
    source: lane.source.region,
    sourceBucket: lane.source.bucket,
    destination: lane.destination.region,
    destinationBucket: lane.destination.bucket,
    ...engine.settings.of(lane),
    heldBy: lane.size > 0 ? engine.heldBy(lane) : undefined,
    counts: { pending: lane.size, completed: lane.completed, failed: lane.failed },
    oldestMs: oldest ? now - oldest.at : 0,
    pending: first(lane.pending(), listed).map((task) => entryOf(task, now)),
    failed: [...lane.failures].reverse().slice(0, listed).map((failure) => failedEntryOf(failure, now)),
  };
}

function entryOf({ kind, key, version, size, rule, at }: Task, now: number): QueueEntry {
  return { kind, key, version, size, rule, ageMs: now - at };
}

function failedEntryOf({ task, code, reason }: Failure, now: number): FailedEntry {
  return { ...entryOf(task, now), code, reason };
}

function first<T>(items: Iterable<T>, limit: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === limit) break;
    taken.push(item);
  }
  return taken;
}
