import { CallError } from '../../calls/call-error';
import { reasonOf } from '../../calls/reason';
import type { Clock, Instant } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { callRegion } from '../call';
import type { BucketPort, TextObjects } from '../ports';
import { FENCE_CHECK_PREFIX } from './statement';
import type { SeeTimes } from './times';

export type CheckedBucket = Pick<BucketPort, 'region' | 'name'> & Pick<TextObjects, 'putText' | 'removeVersion'>;

/** How one write of our own went. */
export type WriteTry =
  | { readonly kind: 'accepted' }
  /** By a policy: the caller may not. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The bucket said neither. */
  | { readonly kind: 'unknown'; readonly reason: string };

export type Seen =
  | { readonly kind: 'refused'; /** The first write that was, on the clock's scale. */ readonly firstAt: Instant }
  | { readonly kind: 'not refused'; readonly reason: string };

const TEXT = 'written to see whether writes are refused; it may be deleted';

/**
 * Writes of our own that a fence must refuse like everybody's. The key is taken before the fence goes up, and every later write asks
 * for it to be absent: judged like any other, and writing nothing.
 */
export class FenceCheck {
  readonly key: string;
  private readonly created: string[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly bucket: CheckedBucket,
    actId: string,
    private readonly callMs: number,
  ) {
    this.key = `${FENCE_CHECK_PREFIX}${actId}`;
  }

  /** One write over a connection of its own: S3 judges at many places, and they learn of a policy at different times. */
  async tryWrite(signal?: AbortSignal, tries = 1): Promise<WriteTry> {
    try {
      const limits = { what: 's3 PutObject', mostMs: this.callMs, signal, tries };
      const put = await callRegion(this.clock, this.bucket.region, limits, (abort) => this.bucket.putText(this.key, TEXT, abort, { ifAbsent: true, fresh: true }));
      if (put.versionId !== undefined) this.created.push(put.versionId);
      return { kind: 'accepted' };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      // The request was let through to the question whether the key is taken.
      if (error.status === 412 || error.status === 409) return { kind: 'accepted' };
      // Other answers with 403 are about the caller's credentials or clock, and say nothing of a policy.
      return error.code === 'AccessDenied' ? { kind: 'refused', reason: error.message } : { kind: 'unknown', reason: error.message };
    }
  }

  /** Writes until they are refused for a while, everywhere they go. */
  async seeRefused(limits: Limits, times: SeeTimes): Promise<Seen> {
    const { clock } = this;
    const until = Math.min(limits.deadline, clock.now() + times.mostMs);
    let firstAt: Instant | undefined;
    let rowAt: Instant | undefined;
    let row = 0;
    let last = 'no time was left to try';
    while (timeLeft(clock, { ...limits, deadline: until }) > 0) {
      const at = clock.now();
      const tries = await Promise.all(Array.from({ length: times.abreast }, () => this.tryWrite(limits.signal)));
      const other = tries.find((one) => one.kind !== 'refused');
      if (tries.some((one) => one.kind === 'refused')) firstAt ??= at;
      row = other ? 0 : row + 1;
      rowAt = other ? undefined : (rowAt ?? at);
      if (firstAt !== undefined && rowAt !== undefined && row >= times.inARow && clock.now() - rowAt >= times.quietMs) return { kind: 'refused', firstAt };
      if (other) last = other.kind === 'accepted' ? 'a write was still accepted' : other.reason;
      await clock.sleep(Math.min(times.everyMs, timeLeft(clock, { ...limits, deadline: until })), limits.signal);
    }
    return { kind: 'not refused', reason: limits.signal?.aborted ? 'the act was stopped' : last };
  }

  /** Removes from every bucket what was written before the fence was up. Gives what could not be removed. */
  async remove(others: readonly CheckedBucket[], mostMs: number): Promise<readonly string[]> {
    const buckets = [this.bucket, ...others.filter(({ region }) => region !== this.bucket.region)];
    const left = buckets.flatMap((bucket) =>
      this.created.map(async (versionId) => {
        try {
          const limits = { what: 's3 DeleteObject', mostMs, tries: 2 };
          await callRegion(this.clock, bucket.region, limits, (signal) => bucket.removeVersion(this.key, versionId, signal));
          return [];
        } catch (error) {
          return [`${bucket.region}: ${reasonOf(error)}`];
        }
      }),
    );
    return (await Promise.all(left)).flat();
  }
}
