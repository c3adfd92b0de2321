import { compareKeys } from '../../../../runtime/core/operate/key-order';
import type { Replication } from '../../faults/plan';
import type { Stream } from '../random';
import type { Time } from '../time';

/** One version of a key, or one delete marker, wherever it is by now. */
export interface ObjectVersion {
  readonly number: number;
  readonly key: string;
  readonly versionId: string;
  /** Region that took the write, and when. */
  readonly region: string;
  readonly at: number;
  /** As S3 tells it: whole seconds of the time of day. Replicas keep it. */
  readonly modifiedAt: number;
  readonly deleteMarker: boolean;
  readonly text: string;
  /** When it is in each Region, in the order of the Regions; never, where its replication FAILED. */
  readonly arrives: number[];
  /** Regions from which this one version was removed. */
  readonly removed: Set<string>;
}

export type ReplicationState = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

const MOST_LAG_MS = 30 * 60_000;

/**
 * What the buckets of all Regions hold, and what S3 owes between them: replication keeps no order, a few objects take very long or
 * never come, and nothing passes between Regions that do not see each other. Computed when somebody looks: an object on its way is no event.
 */
export class Objects {
  private readonly keys = new Map<string, ObjectVersion[]>();
  private sorted: string[] | undefined;
  private count = 0;
  /** Until when nothing passes from one Region to another. */
  private readonly held: number[][];

  constructor(
    private readonly time: Time,
    readonly regions: readonly string[],
    private readonly random: Stream,
    private readonly replication: Replication,
    /** Time of day at the beginning. */
    private readonly epochMs: number,
  ) {
    this.held = regions.map(() => regions.map(() => 0));
  }

  /** A write, or with no text a delete, that one Region took. */
  write(region: string, key: string, text: string | undefined): ObjectVersion {
    const { now } = this.time;
    const from = this.regions.indexOf(region);
    const number = this.count++;
    const version: ObjectVersion = {
      number,
      key,
      versionId: `v${String(number).padStart(7, '0')}`,
      region,
      at: now,
      modifiedAt: Math.floor((this.epochMs + now) / 1_000) * 1_000,
      deleteMarker: text === undefined,
      text: text ?? '',
      arrives: this.regions.map((_, to) => (to === from ? now : this.arrival(from, to))),
      removed: new Set(),
    };
    const stack = this.keys.get(key);
    if (stack) insert(stack, version);
    else {
      this.keys.set(key, [version]);
      this.sorted = undefined;
    }
    return version;
  }

  each(see: (version: ObjectVersion) => void): void {
    for (const stack of this.keys.values()) for (const version of stack) see(version);
  }

  /** Nothing passes from one Region to another for a while: what is on its way comes afterwards. */
  hold(from: string, to: string, until: number): void {
    const [a, b] = [this.regions.indexOf(from), this.regions.indexOf(to)];
    if (a < 0 || b < 0 || a === b) return;
    this.held[a][b] = Math.max(this.held[a][b], until);
    for (const stack of this.keys.values())
      for (const version of stack) {
        const at = version.arrives[b];
        if (version.region === from && at > this.time.now && at < until) version.arrives[b] = this.after(until);
      }
  }

  /** Nothing reaches or leaves a Region that does not serve. */
  outage(region: string, until: number): void {
    for (const other of this.regions) {
      this.hold(region, other, until);
      this.hold(other, region, until);
    }
  }

  has(region: string, version: ObjectVersion): boolean {
    return version.arrives[this.regions.indexOf(region)] <= this.time.now && !version.removed.has(region);
  }

  /** Versions of one key in one Region, newest first. */
  stack(region: string, key: string): ObjectVersion[] {
    return (this.keys.get(key) ?? []).filter((version) => this.has(region, version));
  }

  /** Every version of a Region under a prefix, as S3 lists them. */
  list(region: string, prefix = ''): ObjectVersion[] {
    return this.keysInOrder().flatMap((key) => (key.startsWith(prefix) ? this.stack(region, key) : []));
  }

  find(region: string, key: string, versionId: string): ObjectVersion | undefined {
    return this.stack(region, key).find((version) => version.versionId === versionId);
  }

  /** What S3 says of one version in one Region. A failure for one destination is said until the end. */
  stateIn(region: string, version: ObjectVersion): ReplicationState {
    if (version.region !== region) return 'REPLICA';
    if (version.arrives.includes(Infinity)) return 'FAILED';
    return version.arrives.every((at) => at <= this.time.now) ? 'COMPLETED' : 'PENDING';
  }

  private keysInOrder(): readonly string[] {
    return (this.sorted ??= [...this.keys.keys()].sort(compareKeys));
  }

  private arrival(from: number, to: number): number {
    const at = this.time.now + this.random.heavy(this.replication.lagMs, MOST_LAG_MS);
    if (this.random.chance(this.replication.fails)) return Infinity;
    return at < this.held[from][to] ? this.after(this.held[from][to]) : at;
  }

  private after(until: number): number {
    return until + this.random.heavy(this.replication.lagMs, MOST_LAG_MS);
  }
}

/** Newest first, by the time that S3 tells; of one second, the one that was written later. */
function insert(stack: ObjectVersion[], version: ObjectVersion): void {
  const index = stack.findIndex((other) => other.modifiedAt <= version.modifiedAt);
  if (index < 0) stack.push(version);
  else stack.splice(index, 0, version);
}
