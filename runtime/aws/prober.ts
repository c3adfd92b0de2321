import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { CallError } from '../core/calls/call-error';
import type { Prober, ProbeResult } from '../core/controller/ports';
import { resultOfFailure, together } from '../core/controller/probe-result';
import type { Clock } from '../core/ports';
import { calling } from './call-error';
import { clientsByRegion } from './clients-by-region';

export interface ProbedRegion {
  /** Small bucket of the controller's own, without versions and not replicated: what is written there is overwritten each time. */
  readonly probeBucket: string;
  readonly dataBucket: string;
  /** Key that is read in the data bucket. Where there is no such object, the bucket answered all the same. */
  readonly readKey: string;
}

export interface ProberOptions {
  readonly regions: { readonly [region: string]: ProbedRegion };
  /** Names the observer's own objects, so that two observers never wait for each other. */
  readonly observer: string;
  /** Answers that take longer are slow. In milliseconds. */
  readonly slowMs: number;
  readonly clock: Clock;
  readonly config?: Omit<S3ClientConfig, 'requestHandler'> & { readonly requestHandler?: { readonly connectionTimeout: number; readonly requestTimeout: number; readonly throwOnRequestTimeout: true } };
}

export interface AwsProber extends Prober {
  close(): void;
}

/** What a connection says that was kept open and that S3 has closed meanwhile. */
const CLOSED = /\b(ECONNRESET|EPIPE|socket hang up)\b/;

/**
 * Looks at a Region as a client of its buckets would: writes and reads, without a retry that would hide a failure.
 *
 * Writing needs `s3:PutObject` on the probe bucket, reading `s3:GetObject` on the data bucket and `s3:ListBucket` on it, without which
 * S3 answers 403 for an object that is not there (S3 API reference, GetObject).
 */
export function prober({ regions, observer, slowMs, clock, config = {} }: ProberOptions): AwsProber {
  const clients = new Map(Object.keys(regions).map((region) => [region, new S3Client({ maxAttempts: 1, ...config, region })]));
  /** Over a connection of its own: it may not be one that was closed while idle. */
  const agents = { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } };
  const fresh = clientsByRegion((region) => new S3Client({ maxAttempts: 1, ...config, requestHandler: { ...config.requestHandler, ...agents }, region }));

  /** A kept connection that is reset says nothing of the Region: only a fresh one does. */
  const sending = async <T>(call: string, region: string, send: (client: S3Client) => Promise<T>): Promise<T> => {
    try {
      return await calling(call, region, () => send(clients.get(region)!));
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== undefined || !CLOSED.test(`${error.code} ${error.reason}`)) throw error;
      return calling(call, region, () => send(fresh.of(region)));
    }
  };

  const timed = async (call: () => Promise<unknown>): Promise<ProbeResult> => {
    const began = clock.now();
    try {
      await call();
      const ms = clock.now() - began;
      return { kind: ms > slowMs ? 'slow' : 'ok', ms };
    } catch (error) {
      return resultOfFailure(error);
    }
  };

  return {
    async probe(region, abortSignal) {
      const { probeBucket, dataBucket, readKey } = regions[region];
      const write = async () => {
        const { ETag } = await sending('s3 PutObject', region, (client) => client.send(new PutObjectCommand({ Bucket: probeBucket, Key: `probe/${observer}`, Body: 'written to see whether this Region takes writes', ContentType: 'text/plain' }), { abortSignal }));
        // A network that asks its guests to sign in answers 200, too.
        if (!ETag) throw new Error(`what answered for ${region} was not S3: a write got no ETag`);
      };
      const read = async () => {
        try {
          const { Body } = await sending('s3 GetObject', region, (client) => client.send(new GetObjectCommand({ Bucket: dataBucket, Key: readKey }), { abortSignal }));
          await Body?.transformToByteArray();
        } catch (error) {
          if (!(error instanceof CallError) || error.code !== 'NoSuchKey') throw error;
        }
      };
      return together(await Promise.all([timed(write), timed(read)]));
    },
    close: () => {
      clients.forEach((client) => client.destroy());
      fresh.close();
    },
  };
}
