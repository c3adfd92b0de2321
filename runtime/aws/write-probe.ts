import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  type ListObjectVersionsCommandOutput,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import '@aws-sdk/signature-v4a';
import type { AccessPoint } from '../core/routes/access-point';
import type { DrillClient } from '../core/operate/drill/recording';
import { calling } from './call-error';

const CONNECTION_TIMEOUT_MS = 2_000;
/** Of 1000 versions each: more than one proof can write. */
const MOST_PAGES = 5;

export interface WriteProbeOptions {
  readonly accessPoint: AccessPoint;
  /** Region to bucket name. */
  readonly buckets: { readonly [region: string]: string };
  /** Makes the SDK's clients, for who must change them. */
  readonly makeClient?: (config: S3ClientConfig) => S3Client;
}

export interface AwsWriteProbe extends DrillClient {
  close(): void;
}

/**
 * Writes and reads through the access point, signed with SigV4A, and looks into the buckets themselves.
 *
 * A connection that is kept alive may stay with the Region that it was opened to; each request through the access point opens its own.
 */
export function writeProbe({ accessPoint, buckets, makeClient = (config) => new S3Client(config) }: WriteProbeOptions): AwsWriteProbe {
  const regions = Object.keys(buckets);
  const fresh = { connectionTimeout: CONNECTION_TIMEOUT_MS, httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } };
  const through = makeClient({ region: regions[0], maxAttempts: 1, requestHandler: fresh });
  const direct = new Map(
    regions.map((region) => [region, makeClient({ region, maxAttempts: 1, requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS } })]),
  );

  return {
    async write(key, abortSignal) {
      const { VersionId } = await calling('s3 PutObject', 'the access point', () =>
        through.send(
          new PutObjectCommand({ Bucket: accessPoint.arn, Key: key, Body: 'written to see where it lands', ContentType: 'text/plain' }),
          { abortSignal },
        ),
      );
      if (!VersionId || VersionId === 'null') throw new Error('the bucket that took the write does not keep versions');
      return VersionId;
    },

    async read(key, abortSignal) {
      try {
        const { Body } = await through.send(new GetObjectCommand({ Bucket: accessPoint.arn, Key: key }), { abortSignal });
        await Body?.transformToByteArray();
        return 'found';
      } catch (error) {
        if (isAbsent(error)) return 'missing';
        throw error;
      }
    },

    async find({ key, versionId }, region, abortSignal) {
      try {
        const { ReplicationStatus } = await direct
          .get(region)!
          .send(new HeadObjectCommand({ Bucket: buckets[region], Key: key, VersionId: versionId }), { abortSignal });
        return ReplicationStatus === 'REPLICA' ? 'replica' : 'origin';
      } catch (error) {
        if (isAbsent(error)) return 'none';
        throw error;
      }
    },

    async removeAll(prefix, region, abortSignal) {
      const client = direct.get(region)!;
      const kept: string[] = [];
      let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      for (let page = 0; from && page < MOST_PAGES; page++) {
        const listed: ListObjectVersionsCommandOutput = await client.send(
          new ListObjectVersionsCommand({ Bucket: buckets[region], Prefix: prefix, ...from }),
          { abortSignal },
        );
        const versions = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({ Key, VersionId }));
        if (versions.length > 0) {
          const { Errors } = await client.send(
            new DeleteObjectsCommand({ Bucket: buckets[region], Delete: { Objects: versions, Quiet: true } }),
            { abortSignal },
          );
          kept.push(...(Errors ?? []).map((error) => [error.Code, error.Message].filter(Boolean).join(' ')));
        }
        from = listed.IsTruncated ? { KeyMarker: listed.NextKeyMarker, VersionIdMarker: listed.NextVersionIdMarker } : undefined;
      }
      return [...new Set(kept)];
    },

    regions,
    close: () => [through, ...direct.values()].forEach((client) => client.destroy()),
  };
}

/** The answer to HEAD has no body, so that its status must do. */
function isAbsent(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;
}
