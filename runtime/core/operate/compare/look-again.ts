import { CallError } from '../../calls/call-error';
import type { ReplicationStatus, Version, VersionCursor } from '../ports';
import { attempt, type Attempts } from './attempt';
import type { Finding, Reason } from './finding';
import { NULL_VERSION, sameVersion, type ComparedBucket, type Differing, type Lacking, type Overtaken, type Suspect } from './suspect';

export interface SecondLook {
  readonly buckets: readonly [ComparedBucket, ComparedBucket];
  /** Data Regions that are not compared. They may have written what a side lacks. */
  readonly others: readonly ComparedBucket[];
  readonly attempts: Attempts;
}

/** Looks at suspects again, each with a few calls. Rejects when a compared bucket does not answer: then nothing is known. */
export class LookAgain {
  private readonly silent = new Set<string>();
  private readonly writers = new Map<string, Promise<Writer>>();

  constructor(private readonly look: SecondLook) {}

  /** Undefined when it is no difference, or no longer. */
  async at(suspect: Suspect): Promise<Finding | undefined> {
    switch (suspect.kind) {
      case 'lacking':
        return this.lacking(suspect);
      case 'differing':
        return this.differing(suspect);
      case 'overtaken':
        return this.overtaken(suspect);
    }
  }

  private async lacking({ version, in: region, lackedBy }: Lacking): Promise<Finding | undefined> {
    const reason = await this.why(version, region, lackedBy);
    if (reason === 'held' || reason === 'gone') return undefined;
    // A marker that is read, over nothing that could be read on the other side, hides nothing.
    if (reason === 'delete marker' && version.current && unread(await this.current(lackedBy, version.key))) return undefined;
    return { kind: 'missing', reason, version, in: region, lackedBy };
  }

  private async differing({ key }: Differing, looks = 1): Promise<Finding | undefined> {
    const [a, b] = this.look.buckets.map(({ region }) => region);
    const [left, right] = await Promise.all([this.current(a, key), this.current(b, key)]);
    if ((unread(left) && unread(right)) || (left && right && sameVersion(left, right))) return undefined;
    const newest = !right || (left && left.modifiedAt >= right.modifiedAt) ? { version: left!, in: a, lackedBy: b } : { version: right, in: b, lackedBy: a };
    const why = await this.why(newest.version, newest.in, newest.lackedBy);
    // It moved while it was looked at; the listing has seen it as it was, so that it is looked at as it is.
    if (why === 'gone') {
      if (looks === MOST_LOOKS) throw contradiction(newest.in, `'${key}' was another version each of ${MOST_LOOKS} times`);
      return this.differing({ kind: 'differing', key, current: {} }, looks + 1);
    }
    // No rule ever promised that both sides read alike here.
    if (why === 'unreplicated') return undefined;
    // A key that one side does not have yet is named by its missing version, unless it had it once.
    if ((!left || !right) && why !== 'removed') return undefined;
    return { kind: 'differs', key, current: { ...(left && { [a]: left }), ...(right && { [b]: right }) }, because: why === 'held' ? 'order' : why };
  }

  private async overtaken({ older, newer }: Overtaken): Promise<Finding | undefined> {
    const [by, then] = await Promise.all([this.writerOf(older), this.writerOf(newer)]);
    if (by === 'gone' || then === 'gone') return undefined;
    // Of two markers nobody can tell; of one, what lies beside it tells that it may be so.
    if (by === then || (by === undefined && then === undefined)) return undefined;
    return { kind: 'superseded', older: { version: older, ...(by && { by }) }, newer: { version: newer, ...(then && { by: then }) } };
  }

  /** Why a side lacks a version; `held` when it does not, `gone` when by now the other does too. */
  private async why(version: Version, region: string, lackedBy: string): Promise<Reason | 'held' | 'gone'> {
    // A version `null` of another content stands in the way of this one.
    const there = version.versionId === NULL_VERSION ? undefined : await this.head(lackedBy, version);
    if (there) return alike(version, lackedBy, there);
    const here = await this.head(region, version);
    if (!here) return this.goneFrom(region, version);
    if (version.deleteMarker) return 'delete marker';
    if (here.sealed) return 'untold';
    if (here.replicationStatus === 'REPLICA') return this.asItsWriterSays(version);
    return reasonOf(here.replicationStatus);
  }

  /** "Not there" is also what a bucket that is gone says, or a head of a key that came through another than it was: the listing must agree. */
  private async goneFrom(region: string, version: Version): Promise<'gone'> {
    if (await this.listed(region, version)) throw contradiction(region, `the listing has '${version.key}', and its head does not`);
    return 'gone';
  }

  /** A replica is not sent on by the Region that has it: the one that wrote it owes it. */
  private async asItsWriterSays(version: Version): Promise<Reason> {
    for (const { region } of this.look.others) {
      const there = await this.headOther(region, version);
      if (there && there.replicationStatus !== 'REPLICA') return reasonOf(there.replicationStatus);
    }
    // Every other Region answered: whoever wrote it has removed it.
    return this.silent.size > 0 ? 'replica' : 'removed';
  }

  /** The newer write of one pair is the older one of the next: it is asked about once. */
  private writerOf(version: Version): Promise<Writer> {
    const id = JSON.stringify([version.key, version.versionId]);
    const known = this.writers.get(id);
    if (known) return known;
    const asked = this.writer(version);
    this.writers.set(id, asked);
    if (this.writers.size > MOST_WRITERS) this.writers.delete(this.writers.keys().next().value!);
    return asked;
  }

  private async writer(version: Version): Promise<Writer> {
    const regions = [...this.look.buckets, ...this.look.others].map(({ region }) => region);
    let held = 0;
    let holder: string | undefined;
    for (const region of regions) {
      const compared = this.look.buckets.some((bucket) => bucket.region === region);
      const there = compared ? await this.head(region, version) : await this.headOther(region, version);
      if (!there) continue;
      held++;
      holder = region;
      if (!version.deleteMarker && !there.sealed && there.replicationStatus !== 'REPLICA') return region;
    }
    if (held === 0) return 'gone';
    return version.deleteMarker && held === 1 && this.silent.size === 0 ? holder : undefined;
  }

  private async current(region: string, key: string): Promise<Version | undefined> {
    const { versions } = await attempt(this.look.attempts, region, (signal) => this.bucket(region).listVersions(signal, { prefix: key, most: 1 }));
    // Of all keys that begin with it, the key itself is the first.
    return versions.find((version) => version.key === key);
  }

  private async head(region: string, version: Version): Promise<Headed> {
    try {
      return await attempt(this.look.attempts, region, (signal) => this.bucket(region).headVersion(version.key, version.versionId, signal));
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 400) throw error;
      return this.listed(region, version);
    }
  }

  /**
   * Whether a version is there, of an object whose head needs its client's own key. Credentials that have expired are answered 400
   * without a word as well: the listing then says so.
   */
  private async listed(region: string, { key, versionId }: Version): Promise<Headed> {
    let after: VersionCursor | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { versions, next } = await attempt(this.look.attempts, region, (signal) => this.bucket(region).listVersions(signal, { prefix: key, after }));
      const found = versions.find((one) => one.key === key && one.versionId === versionId);
      if (found) return { deleteMarker: found.deleteMarker, sealed: true };
      if (!next || next.key !== key) return undefined;
      after = next;
    }
    throw new CallError({ call: 's3 ListObjectVersions', region, code: 'TooMany', status: 200, reason: `a key with more than ${MOST_PAGES} pages of versions` });
  }

  /** A Region that is not compared may be the one that died: it is asked once, and then known to be silent. */
  private async headOther(region: string, { key, versionId }: Version): Promise<Headed> {
    if (this.silent.has(region)) return undefined;
    try {
      return await attempt({ ...this.look.attempts, times: ONCE }, region, (signal) => this.bucket(region).headVersion(key, versionId, signal));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.silent.add(region);
      return undefined;
    }
  }

  private bucket(region: string): ComparedBucket {
    return [...this.look.buckets, ...this.look.others].find((bucket) => bucket.region === region)!;
  }
}

/** Region that took a write; undefined where S3 does not tell. */
type Writer = string | undefined | 'gone';

const MOST_WRITERS = 1_000;
/** Of a key that is another each time. */
const MOST_LOOKS = 5;
/** Of one key's versions. */
const MOST_PAGES = 100;

type Headed = { readonly replicationStatus?: ReplicationStatus; readonly deleteMarker: boolean; readonly sealed?: boolean } | undefined;

const ONCE = { callMs: 5_000, tries: 2, firstMs: 250, mostMs: 1_000 };

/** Of one id, what is a version on one side is no delete marker on the other. */
function alike({ key, versionId, deleteMarker }: Version, region: string, there: NonNullable<Headed>): 'held' {
  if (versionId === NULL_VERSION || there.deleteMarker === deleteMarker) return 'held';
  throw contradiction(region, `'${key}' ${there.deleteMarker ? 'is a delete marker' : 'is no delete marker'} there, and the other Region says otherwise`);
}

/** Answers that cannot both be true: nothing is known then. */
function contradiction(region: string, reason: string): CallError {
  return new CallError({ call: 's3 HeadObject', region, code: 'Garbage', status: 200, reason });
}

function reasonOf(status: ReplicationStatus | undefined): Reason {
  switch (status) {
    case 'PENDING':
      return 'pending';
    case 'FAILED':
      return 'failed';
    case 'COMPLETED':
    case 'REPLICA':
      return 'removed';
    case undefined:
      return 'unreplicated';
  }
}

function unread(version: Version | undefined): boolean {
  return version === undefined || version.deleteMarker;
}
