import { compareKeys } from '../key-order';
import type { Version } from '../ports';
import type { Listing } from './listing';
import { isOurs } from './ours';
import { identity, sameVersion, type Suspect } from './suspect';

/** Versions of one key that wait for their like on the other side. Beyond that a second look decides; it would have anyway. */
export const MOST_HELD = 1_000;

/** Where a version that took longer to upload would make every old one suspect. */
const UPLOAD_MS = 24 * 3_600_000;

/** Suspects that are handed on at once, so that a bucket without its like is not kept in memory. */
const MOST_TOGETHER = 500;

export interface MergeScope {
  /** Versions written before this moment do not matter, in milliseconds since the epoch. */
  readonly since?: number;
  /** Look for writes since then that were overtaken. Absent: do not look. */
  readonly overtakenSince?: number;
}

export interface MergeSide {
  readonly region: string;
  readonly listing: Listing;
}

/** What one stretch of both listings gave. */
export interface Stretch {
  readonly suspects: readonly Suspect[];
  /** Every version of the keys up to this one is in this stretch or in a former one. */
  readonly through?: string;
  readonly keys: number;
  /** Versions of those keys, by Region; what is left out is not counted. */
  readonly versions: { readonly [region: string]: number };
  /** Versions of both sides that passed, of keys that have not ended too: how far the walk is. */
  readonly passed: number;
  /** Versions that were held when the stretch ended: what memory it takes. */
  readonly held: number;
}

/** Walks through two listings key by key, and gives what one side seems to lack and where they seem to differ. */
export async function* merge(left: MergeSide, right: MergeSide, scope: MergeScope): AsyncGenerator<Stretch> {
  const walk = new Walk(left.region, right.region, scope);
  const [a, b] = [left.listing, right.listing];
  for (;;) {
    if ((!a.head && a.more) || (!b.head && b.more)) {
      // Both at once: the slower one is waited for once.
      await Promise.all([a.head || !a.more ? undefined : a.turn(), b.head || !b.more ? undefined : b.turn()]);
      continue;
    }
    while (step(walk, a, b)) if (walk.full) yield walk.stretch();
    if (!a.head && !a.more && !b.head && !b.more) break;
    yield walk.stretch();
  }
  walk.endKey();
  yield walk.stretch();
}

/** Takes the next version of either side; false when a page must be turned first, or nothing is left. */
function step(walk: Walk, a: Listing, b: Listing): boolean {
  const [left, right] = [a.head, b.head];
  if ((!left && a.more) || (!right && b.more) || (!left && !right)) return false;
  const order = !left ? 1 : !right ? -1 : rank(left, right);
  if (order === 0) walk.both(a.take(), b.take());
  else if (order < 0) walk.one(0, a.take());
  else walk.one(1, b.take());
  return true;
}

/** By key, newest first within one; 0 for one version on both sides. */
function rank(left: Version, right: Version): number {
  if (left.key !== right.key) return compareKeys(left.key, right.key);
  if (sameVersion(left, right)) return 0;
  return left.modifiedAt >= right.modifiedAt ? -1 : 1;
}

class Walk {
  private readonly regions: readonly [string, string];
  private readonly held: [Map<string, Version>, Map<string, Version>] = [new Map(), new Map()];
  private readonly current: [Version | undefined, Version | undefined] = [undefined, undefined];
  private key: string | undefined;
  private ended: string | undefined;
  private newest: Version | undefined;
  private suspects: Suspect[] = [];
  private keys = 0;
  private readonly ofKey: [number, number] = [0, 0];
  private readonly counts: [number, number] = [0, 0];
  private passed = 0;

  constructor(left: string, right: string, private readonly scope: MergeScope) {
    this.regions = [left, right];
  }

  get full(): boolean {
    return this.suspects.length >= MOST_TOGETHER;
  }

  both(left: Version, right: Version): void {
    this.passed += 2;
    if (this.excluded(left)) return;
    this.ofKey[0]++;
    this.ofKey[1]++;
    if (left.current) this.current[0] = left;
    if (right.current) this.current[1] = right;
    this.pass(left);
  }

  one(side: 0 | 1, version: Version): void {
    this.passed++;
    if (this.excluded(version)) return;
    this.ofKey[side]++;
    if (version.current) this.current[side] = version;
    const id = identity(version);
    if (this.held[1 - side].delete(id)) return;
    this.pass(version);
    this.held[side].set(id, version);
    if (this.held[side].size > MOST_HELD) this.release(side, this.held[side].values().next().value!);
  }

  /** All versions of the key were seen on both sides: what still waits has no like. */
  endKey(): void {
    if (this.key === undefined) return;
    for (const side of [0, 1] as const) for (const version of this.held[side].values()) this.release(side, version);
    this.differ(this.key, ...this.current);
    this.keys++;
    for (const side of [0, 1] as const) {
      this.counts[side] += this.ofKey[side];
      this.ofKey[side] = 0;
    }
    this.ended = this.key;
    this.key = undefined;
    this.newest = undefined;
    this.current[0] = this.current[1] = undefined;
  }

  stretch(): Stretch {
    const [left, right] = this.regions;
    const stretch = {
      suspects: this.suspects,
      through: this.ended,
      keys: this.keys,
      versions: { [left]: this.counts[0], [right]: this.counts[1] },
      passed: this.passed,
      held: this.held[0].size + this.held[1].size,
    };
    this.suspects = [];
    this.ended = undefined;
    this.keys = this.passed = this.counts[0] = this.counts[1] = 0;
    return stretch;
  }

  /** Also begins a new key where one begins. */
  private excluded(version: Version): boolean {
    if (version.key !== this.key) this.endKey();
    if (isOurs(version.key)) return true;
    this.key = version.key;
    return false;
  }

  /** Versions pass newest first, each once. */
  private pass(version: Version): void {
    const since = this.scope.overtakenSince;
    if (since !== undefined && this.newest && this.newest.modifiedAt >= wholeSecond(since) && written(version, since, UPLOAD_MS)) this.suspects.push({ kind: 'overtaken', older: version, newer: this.newest });
    this.newest = version;
  }

  private release(side: 0 | 1, version: Version): void {
    this.held[side].delete(identity(version));
    if (!written(version, this.scope.since)) return;
    this.suspects.push({ kind: 'lacking', version, in: this.regions[side], lackedBy: this.regions[1 - side] });
  }

  private differ(key: string, left: Version | undefined, right: Version | undefined): void {
    const alike = left && right ? sameVersion(left, right) : left === right;
    // Nobody reads a difference between a delete marker and another, or none at all.
    if (alike || (unread(left) && unread(right))) return;
    if (![left, right].some((version) => version && written(version, this.scope.since))) return;
    const [a, b] = this.regions;
    this.suspects.push({ kind: 'differing', key, current: { ...(left && { [a]: left }), ...(right && { [b]: right }) } });
  }
}

function unread(version: Version | undefined): boolean {
  return version === undefined || version.deleteMarker;
}

/**
 * Whether a version may have been written at or after a moment. S3 tells whole seconds, and gives an object of a multipart upload
 * (its ETag ends in the number of parts) the time at which the upload began, which may lie days before it appeared.
 */
function written(version: Version, since: number | undefined, longestUploadMs = Infinity): boolean {
  if (since === undefined || version.modifiedAt >= wholeSecond(since)) return true;
  return version.modifiedAt >= since - longestUploadMs && /-\d+"?$/.test(version.etag ?? '');
}

/** And one more second, for times that were cut off on both sides. */
function wholeSecond(since: number): number {
  return Math.floor(since / 1_000) * 1_000 - 1_000;
}
