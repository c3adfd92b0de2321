import { CallError } from '../../calls/call-error';
import { Stopped, type Attempts } from './attempt';
import { Listing } from './listing';
import { merge, type MergeScope, type Stretch } from './merge';
import { EVERY_KEY, type KeyRange } from './range';
import type { ComparedBucket } from './suspect';

/** Ranges that are listed at once. S3 grants each prefix thousands of requests per second; the caller's connection is the limit. */
export const PARALLEL_RANGES = 8;

export interface CompareOptions extends MergeScope {
  readonly left: ComparedBucket;
  readonly right: ComparedBucket;
  /** Only keys that begin with it: what the replication rules cover. */
  readonly prefix?: string;
  /** Together every key that matters, none twice. @default - one range that holds every key */
  readonly ranges?: readonly KeyRange[];
  /** @default PARALLEL_RANGES */
  readonly parallel?: number;
  readonly attempts: Attempts;
  /** Called for one range after the other's stretch is dealt with; listings wait for it, so that memory stays bounded. */
  readonly take: (stretch: Stretch, range: number) => Promise<void>;
  /** Called when every key of a range was handed on. */
  readonly ended?: (range: number) => void;
}

/** A comparison that has not seen every page of both sides is incomplete, never clean. */
export type Compared = { readonly complete: true } | { readonly complete: false; readonly why: string };

/**
 * Lists all versions of two buckets side by side and hands on what seems to differ: suspects, for a second look. A page that
 * fails is asked for again; when it does not come, the comparison ends as incomplete. Errors of `take` are thrown.
 */
export async function compare(options: CompareOptions): Promise<Compared> {
  const ranges = options.ranges ?? [EVERY_KEY];
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  options.attempts.signal.addEventListener('abort', onAbort, { once: true });
  if (options.attempts.signal.aborted) stop.abort();
  const attempts = { ...options.attempts, signal: stop.signal };
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (next < ranges.length && !failure) {
      const range = next++;
      try {
        await compareRange(options, attempts, ranges[range], range);
      } catch (error) {
        failure ??= { error };
        stop.abort();
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(options.parallel ?? PARALLEL_RANGES, ranges.length) }, worker));
  } finally {
    options.attempts.signal.removeEventListener('abort', onAbort);
  }
  if (!failure) return { complete: true };
  const { error } = failure;
  if (error instanceof CallError || error instanceof Stopped) return { complete: false, why: error.message };
  throw error;
}

async function compareRange(options: CompareOptions, attempts: Attempts, range: KeyRange, index: number): Promise<void> {
  const side = (bucket: ComparedBucket) => ({ region: bucket.region, listing: new Listing(attempts, bucket, range, options.prefix) });
  for await (const stretch of merge(side(options.left), side(options.right), options)) {
    if (attempts.signal.aborted) throw new Stopped();
    await options.take(stretch, index);
  }
  options.ended?.(index);
}
