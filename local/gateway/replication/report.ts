import type { ReplicationEngine } from './engine';
import type { Failure, Lane } from './lane';
import type { Task } from './task';

/** Entries listed at most, of each kind and direction; the counts are whole. */
export const DEFAULT_LISTED = 1000;

export interface QueueEntry {
  readonly kind: Task['kind'];
  readonly bucket: string;
  readonly destinationBucket: string;
  readonly key: string;
  readonly version: string;
  readonly size: number;
  readonly rule: string;
  /** Milliseconds since the write. */
  readonly ageMs: number;
}

export interface FailedEntry extends QueueEntry {
  /** One of S3's replication failure reasons. */
  readonly code: string;
  readonly reason: string;
}

/** From one Region to another. */
export interface DirectionReport {
  readonly source: string | null;
  readonly destination: string | null;
  readonly lagMs: number;
  readonly paused: boolean;
  /** Why pending work waits for more than its lag, in words. */
  readonly heldBy: string[];
  readonly counts: { readonly pending: number; readonly completed: number; readonly failed: number };
  /** Age of the oldest pending write; 0 without one. */
  readonly oldestMs: number;
  /** Oldest first. */
  readonly pending: QueueEntry[];
  /** Newest first. */
  readonly failed: FailedEntry[];
}

export interface QueueReport {
  readonly counts: { readonly pending: number; readonly completed: number; readonly failed: number };
  readonly directions: DirectionReport[];
}

/** Directions that a question is about; absent is every Region. */
export interface Direction {
  readonly source?: string;
  readonly destination?: string;
}

export function lanesOf(engine: ReplicationEngine, { source, destination }: Direction): Lane[] {
  return engine.allLanes().filter(
    (lane) => (source ?? lane.source.region) === lane.source.region && (destination ?? lane.destination.region) === lane.destination.region,
  );
}

export function reportQueue(engine: ReplicationEngine, now: number, direction: Direction = {}, listed = DEFAULT_LISTED): QueueReport {
  const groups = new Map<string, Lane[]>();
  for (const lane of lanesOf(engine, direction)) {
    const name = `${lane.source.region} ${lane.destination.region}`;
    groups.set(name, [...(groups.get(name) ?? []), lane]);
  }
  return {
    counts: countsOf([...groups.values()].flat()),
    directions: [...groups.values()].map((lanes) => reportDirection(engine, lanes, now, listed)),
  };
}

function reportDirection(engine: ReplicationEngine, lanes: Lane[], now: number, listed: number): DirectionReport {
  const { region: source } = lanes[0].source;
  const { region: destination } = lanes[0].destination;
  const pending = lanes.flatMap((lane) => first(lane.pending(), listed)).sort((a, b) => a.at - b.at);
  const failed = lanes.flatMap((lane) => lane.failures.slice(-listed)).sort((a, b) => b.at - a.at);
  const held = lanes.filter((lane) => lane.size > 0).map((lane) => engine.heldBy(lane));
  return {
    source,
    destination,
    ...engine.settings.of(source, destination),
    heldBy: [...new Set(held.filter((reason) => reason !== undefined))],
    counts: countsOf(lanes),
    oldestMs: Math.max(0, ...lanes.flatMap((lane) => first(lane.pending(), 1)).map(({ at }) => now - at)),
    pending: pending.slice(0, listed).map((task) => entryOf(task, now)),
    failed: failed.slice(0, listed).map((failure) => failedEntryOf(failure, now)),
  };
}

function countsOf(lanes: Lane[]): QueueReport['counts'] {
  const sum = (count: (lane: Lane) => number): number => lanes.reduce((total, lane) => total + count(lane), 0);
  return { pending: sum((lane) => lane.size), completed: sum((lane) => lane.completed), failed: sum((lane) => lane.failed) };
}

function entryOf({ kind, source, destination, key, version, size, rule, at }: Task, now: number): QueueEntry {
  return { kind, bucket: source.bucket, destinationBucket: destination.bucket, key, version, size, rule, ageMs: now - at };
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
