import { HeadObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { HEARTBEAT_PREFIX } from '../../lib/private/controller-contract';
import { CallError } from '../core/calls/call-error';
import type { Heartbeats } from '../core/controller/world';
import { calling } from './call-error';
import { clientsByRegion } from './clients-by-region';

/** What is given up is asked again at the next tick. */
const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 1_500, requestTimeout: 2_000, throwOnRequestTimeout: true } } as const;

/** A `Date` header has whole seconds. */
const DATE_STEP_MS = 1_000;

export interface HeartbeatsOptions {
  /** Region to data bucket. */
  readonly buckets: { readonly [region: string]: string };
  readonly keyPrefix: string;
  /** Owner of the buckets: one of somebody else by the same name is never touched. */
  readonly account: string;
  readonly config?: S3ClientConfig;
}

export interface AwsHeartbeats extends Heartbeats {
  close(): void;
}

/** Key of a Region's heartbeat, in every data bucket. */
export function heartbeatKey(keyPrefix: string, region: string): string {
  return `${keyPrefix}${HEARTBEAT_PREFIX}${region}`;
}

interface Found {
  /** When it was written, by the clock of S3 in its own Region. */
  readonly at?: number;
  readonly count: number;
  /** The same, at the moment of the answer. */
  readonly now: number;
}

/**
 * A small object of each Region that replication carries to the others. Each holds the time at which it was written by S3's own
 * clock, a `Date` that was answered right before, and so a little earlier than it was: a lag that is told from it is never too short. No clock
 * of a function is used. That a replica keeps its source's time of creation (Amazon S3 user guide, "Why use replication") is not relied upon.
 *
 * Writing needs `s3:PutObject` on the observer's own key, reading `s3:GetObject` on the keys and `s3:ListBucket` on the buckets,
 * without which S3 answers 403 for a heartbeat that has not arrived yet.
 */
export function heartbeats({ buckets, keyPrefix, account, config = {} }: HeartbeatsOptions): AwsHeartbeats {
  const clients = clientsByRegion((region) => new S3Client({ ...SETTINGS, ...config, region }));

  const find = async (from: string, region: string, abortSignal: AbortSignal): Promise<Found> => {
    const dated: { date?: string } = {};
    const command = new HeadObjectCommand({ Bucket: buckets[region], Key: heartbeatKey(keyPrefix, from), ExpectedBucketOwner: account });
    // Innermost, so that it sees the answer that says there is none, too.
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        dated.date = (result.response as { headers?: { [header: string]: string } }).headers?.date;
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'keepDate' },
    );
    const metadata: Record<string, string> = await calling('s3 HeadObject', region, () => clients.of(region).send(command, { abortSignal })).then(
      ({ Metadata }) => Metadata ?? {},
      (error: unknown) => {
        if (error instanceof CallError && error.status === 404) return {};
        throw error;
      },
    );
    const now = Date.parse(dated.date ?? '');
    if (Number.isNaN(now)) throw new CallError({ call: 's3 HeadObject', region, code: 'Garbage', status: 200, reason: 'an answer without a date' });
    const at = wholeOf(metadata.at);
    return { now, count: wholeOf(metadata.count) ?? 0, ...(at !== undefined && { at }) };
  };

  return {
    async beat(region, everyMs, abortSignal) {
      const { at, count, now } = await find(region, region, abortSignal);
      if (at !== undefined && at <= now && now - at < everyMs) return now - at;
      const input = { Bucket: buckets[region], Key: heartbeatKey(keyPrefix, region), ExpectedBucketOwner: account, ContentType: 'application/json' };
      const metadata = { at: String(now), count: String(count + 1) };
      await calling('s3 PutObject', region, () => clients.of(region).send(new PutObjectCommand({ ...input, Body: JSON.stringify({ region, count: count + 1 }), Metadata: metadata }), { abortSignal }));
      return 0;
    },

    async lagMs(from, to, atAgeMs, abortSignal) {
      const { at, now } = await find(from, to, abortSignal);
      return at === undefined ? undefined : Math.max(0, now + DATE_STEP_MS - atAgeMs - at);
    },

    close: () => clients.close(),
  };
}

function wholeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
