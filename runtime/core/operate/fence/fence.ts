import { CallError } from '../../calls/call-error';
import { reasonOf } from '../../calls/reason';
import type { Clock, Instant, Log } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { callRegion } from '../call';
import type { WallClock } from '../ports';
import { FenceCheck, type CheckedBucket, type Seen, type WriteTry } from './check';
import { LARGEST_POLICY_BYTES, replaceStatements } from './policy-text';
import { readFences, seesWithin, type PolicyBucket, type PolicyView } from './read';
import { takeOut } from './take-out';
import { fenceStatement, fenceTerms, wholeSeconds, type FenceTerms } from './statement';
import { FENCE_TIMES, type FenceTimes } from './times';

export interface FenceWorld {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly log: Log;
}

export type FencedBucket = PolicyBucket & CheckedBucket;

export interface FenceOrder {
  readonly actId: string;
  readonly bucket: FencedBucket;
  readonly partition: string;
  /** Beginnings of keys that stay writable, besides those that always do. */
  readonly exempt?: readonly string[];
  /** The service's time of day less ours, milliseconds: it judges by its own when a fence lapses. */
  readonly aheadMs: number;
  /** Acts whose fences were left behind: this one takes their place. */
  readonly replaces?: readonly string[];
}

export type Put =
  | { readonly kind: 'up' }
  /** Another act has its own fence there: somebody is at work. */
  | { readonly kind: 'taken'; readonly by: FenceTerms }
  /** Trying again would end the same. */
  | { readonly kind: 'refused'; readonly reason: string; readonly fix: string }
  /** S3 could not be asked, or others overwrote the policy each time. */
  | { readonly kind: 'failed'; readonly reason: string };

/** A time in which the fence was not up, or may not have been. */
export interface Gap {
  readonly at: Instant;
  readonly reason: string;
}

export type Lifted = { readonly kind: 'lifted' } | { readonly kind: 'not lifted'; readonly reason: string; /** When it lapses by itself. */ readonly lapses: string };

/**
 * One statement in one bucket's policy that keeps clients from writing there, for as long as the act extends it.
 *
 * PutBucketPolicy has no condition: whoever writes the policy at the same time may overwrite the fence, or have a change overwritten
 * by it. So the policy is read just before each put and again after it, and time without the fence is kept as a gap.
 */
export class Fence {
  readonly check: FenceCheck;
  readonly gaps: Gap[] = [];
  /** Somebody else's fence in its place: the act must end. */
  rival?: FenceTerms;
  /** By the clock of AWS; 0 before it was first put. */
  private until = 0;
  private readonly ours: (statement: unknown) => boolean;

  constructor(
    private readonly world: FenceWorld,
    private readonly order: FenceOrder,
    private readonly times: FenceTimes = FENCE_TIMES,
  ) {
    this.check = new FenceCheck(world.clock, order.bucket, order.actId, times.callMs);
    const ids = new Set([order.actId, ...(order.replaces ?? [])]);
    this.ours = (statement) => {
      const terms = fenceTerms(world.wall, statement);
      return terms !== undefined && ids.has(terms.actId);
    };
  }

  get region(): string {
    return this.order.bucket.region;
  }

  /** When it lapses by itself, as a time of day; undefined before it was put. */
  get lapses(): string | undefined {
    return this.until === 0 ? undefined : wholeSeconds(this.world.wall, this.until);
  }

  /** Milliseconds that are left of it. */
  get left(): number {
    return Math.max(0, this.until - this.now());
  }

  /** What the bucket's policy would be, without putting it: why it cannot be, or nothing. */
  async tryOut(limits: Limits): Promise<Exclude<Put, { kind: 'up' }> | undefined> {
    try {
      const view = await this.read(limits);
      const next = this.next(view, this.now() + this.times.lifetimeMs);
      return 'kind' in next ? next : undefined;
    } catch (error) {
      return failure(error, this.region);
    }
  }

  /** Puts the fence, or extends it, for its lifetime from now. */
  async put(limits: Limits): Promise<Put> {
    const until = this.now() + this.times.lifetimeMs;
    let reason = 'no time was left';
    for (let round = 0; round < this.times.rounds && timeLeft(this.world.clock, limits) > 0; round++) {
      try {
        const next = this.next(await this.read(limits), until);
        if ('kind' in next) return next;
        // From here on it may be up, whatever is answered.
        this.until = Math.max(this.until, until);
        await this.call('s3 PutBucketPolicy', limits, (signal) => this.order.bucket.putPolicy(next.text, signal));
        if (await this.shows(until, limits)) return { kind: 'up' };
        reason = 'another writer overwrote the policy each time';
      } catch (error) {
        const failed = failure(error, this.region);
        if (failed.kind === 'refused') return failed;
        reason = failed.reason;
        await this.world.clock.sleep(this.times.see.everyMs, limits.signal);
      }
    }
    return { kind: 'failed', reason };
  }

  /** Sees from outside that writes are refused. From then on gaps count. */
  async seeRefused(limits: Limits): Promise<Seen> {
    return this.check.seeRefused(limits, this.times.see);
  }

  /**
   * Looks whether the fence is still there, puts it again where it is not, extends it when it is due, and tries a write. What
   * was not so becomes a gap.
   */
  async keep(limits: Limits, leastLeftMs = this.times.lifetimeMs - this.times.extendEveryMs): Promise<void> {
    if (this.left === 0) this.gap('it lapsed, since nobody extended it in time');
    const [there] = await Promise.all([this.standing(limits), this.probe(limits)]);
    if (there === 'unread') {
      if (this.left <= leastLeftMs) await this.put(limits);
      return;
    }
    if (there === 'gone') this.gap('somebody wrote the policy of the bucket without it');
    if (this.rival) return;
    if (there === 'gone' || this.left <= leastLeftMs) {
      const put = await this.put(limits);
      if (put.kind === 'taken') this.rival = put.by;
      if (put.kind !== 'up') this.world.log.warn('could not extend the fence', { region: this.region, put: put.kind });
    }
  }

  /** Takes the statement out again, with those that it replaced, and nothing else. */
  async lift(limits: Limits): Promise<Lifted> {
    const taken = await takeOut(this.world, this.order.bucket, this.ours, limits, this.times);
    return taken.ok ? { kind: 'lifted' } : { kind: 'not lifted', reason: taken.reason, lapses: this.lapses ?? 'once it lapses' };
  }

  private next(view: PolicyView, until: number): { readonly text: string } | Exclude<Put, { kind: 'up' }> {
    const { actId, replaces = [], bucket } = this.order;
    if (!view.ok) return { kind: 'refused', reason: view.problem, fix: 'mend the policy, or go without a fence by --no-fence' };
    const rival = view.fences.find((fence) => fence.actId !== actId && !replaces.includes(fence.actId) && (fence.until ?? Infinity) > this.now());
    if (rival) return { kind: 'taken', by: rival };
    const statement = fenceStatement(this.world.wall, { actId, until }, { partition: this.order.partition, bucket: bucket.name, exempt: this.order.exempt });
    const lapsed = (value: unknown) => (fenceTerms(this.world.wall, value)?.until ?? Infinity) <= this.now();
    const text = replaceStatements(view.policy, (value) => this.ours(value) || lapsed(value), statement);
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > LARGEST_POLICY_BYTES) {
      const reason = `the policy of bucket '${bucket.name}' in ${bucket.region} would have ${bytes} bytes with the fence, and S3 takes ${LARGEST_POLICY_BYTES}`;
      return { kind: 'refused', reason, fix: 'shorten the policy, or go without a fence by --no-fence' };
    }
    return { text };
  }

  /** Whether the fence stands in the policy that is read. */
  private async standing(limits: Limits): Promise<'there' | 'gone' | 'unread'> {
    try {
      const view = await this.read(limits);
      if (!view.ok) return 'gone';
      const own = view.fences.some(({ actId, until }) => actId === this.order.actId && until !== undefined && until > this.now());
      if (own) return 'there';
      this.rival = view.fences.find(({ actId, until }) => actId !== this.order.actId && (until ?? Infinity) > this.now());
      return 'gone';
    } catch (error) {
      this.world.log.warn('could not read the policy that holds the fence', { region: this.region, reason: reasonOf(error) });
      return 'unread';
    }
  }

  private async probe(limits: Limits): Promise<WriteTry> {
    const tried = await this.check.tryWrite(limits.signal);
    if (tried.kind === 'accepted') this.gap('a write of our own was accepted');
    return tried;
  }

  private gap(reason: string): void {
    this.gaps.push({ at: this.world.clock.now(), reason });
    this.world.log.warn('the fence was not held', { region: this.region, reason });
  }

  /** A policy that was put may take a moment to be read. */
  private async shows(until: number, limits: Limits): Promise<boolean> {
    return seesWithin(this.world.clock, () => this.read(limits), limits, this.times, (view) => view.ok && view.fences.some((fence) => fence.actId === this.order.actId && (fence.until ?? 0) >= Math.floor(until / 1_000) * 1_000));
  }

  private read(limits: Limits): Promise<PolicyView> {
    return readFences(this.world, this.order.bucket, { mostMs: this.mostMs(limits), signal: limits.signal, tries: 2 });
  }

  private call<T>(what: string, limits: Limits, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return callRegion(this.world.clock, this.region, { what, mostMs: this.mostMs(limits), signal: limits.signal }, call);
  }

  private mostMs(limits: Limits): number {
    return Math.min(this.times.callMs, timeLeft(this.world.clock, limits));
  }

  private now(): number {
    return this.world.wall.now() + this.order.aheadMs;
  }
}

function failure(error: unknown, region: string): Extract<Put, { kind: 'refused' | 'failed' }> {
  const reason = reasonOf(error);
  if (error instanceof CallError && error.denied) return { kind: 'refused', reason, fix: `allow s3:GetBucketPolicy and s3:PutBucketPolicy on the bucket in ${region}, or go without a fence by --no-fence` };
  // S3 looked at the policy and did not take it.
  if (error instanceof CallError && error.status === 400) return { kind: 'refused', reason, fix: 'go without a fence by --no-fence' };
  return { kind: 'failed', reason };
}
