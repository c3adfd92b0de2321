import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  type DeleteMarkerEntry,
  type HeadObjectCommandOutput,
  type ObjectVersion,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { CallError } from '../core/calls/call-error';
import { compareKeys } from '../core/operate/key-order';
import type { BucketPort, ReplicationStatus, Version } from '../core/operate/ports';
import { calling } from './call-error';

/** One try each: who calls knows better than the SDK whether a silent Region is worth another. */
const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 2_000 } } as const;

/** Each request opens a connection, and closes it. */
const FRESH = { ...SETTINGS.requestHandler, httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } } as const;

/** Our own texts are small; what is larger is not ours. */
const LARGEST_TEXT_BYTES = 1_000_000;

const STATUSES: { readonly [status: string]: ReplicationStatus } = {
  PENDING: 'PENDING',
  COMPLETED: 'COMPLETED',
  // The model has both spellings.
  COMPLETE: 'COMPLETED',
  FAILED: 'FAILED',
  REPLICA: 'REPLICA',
};

export interface BucketOptions {
  readonly region: string;
  readonly name: string;
  /** Owner: a bucket of somebody else by the same name is never touched. */
  readonly account: string;
  readonly config?: S3ClientConfig;
}

export interface AwsBucket extends BucketPort {
  /** Ends connections that are kept alive. */
  close(): void;
}

/** One bucket in its own Region. */
export function bucketPort({ region, name, account, config = {} }: BucketOptions): AwsBucket {
  const client = new S3Client({ ...SETTINGS, ...config, region });
  // Made when first used: only a fence asks for connections of their own.
  let unkept: S3Client | undefined;
  const separate = () => (unkept ??= new S3Client({ ...SETTINGS, ...config, requestHandler: FRESH, region }));
  const owned = { Bucket: name, ExpectedBucketOwner: account };
  const call = <T>(operation: string, send: () => Promise<T>) => calling(`s3 ${operation}`, region, send);

  return {
    region,
    name,

    async probe(abortSignal) {
      const dated = { date: undefined as string | undefined };
      const command = new HeadBucketCommand(owned);
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          dated.date = (result.response as { headers?: { [header: string]: string } }).headers?.date;
          return result;
        },
        { step: 'deserialize', name: 'keepDate' },
      );
      await call('HeadBucket', () => client.send(command, { abortSignal }));
      const serverTime = dated.date === undefined ? NaN : Date.parse(dated.date);
      return Number.isNaN(serverTime) ? {} : { serverTime };
    },

    async putText(key, text, abortSignal, { ifAbsent = false, fresh = false } = {}) {
      const input = { ...owned, Key: key, Body: text, ContentType: 'application/json', ...(ifAbsent ? { IfNoneMatch: '*' } : {}) };
      const { VersionId } = await call('PutObject', () => (fresh ? separate() : client).send(new PutObjectCommand(input), { abortSignal }));
      return { versionId: VersionId };
    },

    async getText(key, abortSignal) {
      return absentAs(undefined, async () => {
        const { Body, ContentLength = 0 } = await call('GetObject', () => client.send(new GetObjectCommand({ ...owned, Key: key }), { abortSignal }));
        if (ContentLength > LARGEST_TEXT_BYTES) {
          throw new CallError({ call: 's3 GetObject', region, code: 'TooLarge', status: 200, reason: `'${key}' has ${ContentLength} bytes, and no text of ours is that large` });
        }
        return call('GetObject', async () => Body?.transformToString());
      });
    },

    async listKeys(prefix, abortSignal, after) {
      const input = { ...owned, Prefix: prefix, StartAfter: after, EncodingType: 'url' as const };
      const { Contents = [], IsTruncated, EncodingType } = await call('ListObjectsV2', () => client.send(new ListObjectsV2Command(input), { abortSignal }));
      mustBeList('ListObjectsV2', region, IsTruncated);
      const decode = decoder('ListObjectsV2', region, EncodingType);
      return { keys: Contents.flatMap(({ Key }) => (Key === undefined ? [] : [decode(Key)])), more: IsTruncated };
    },

    async removeVersion(key, versionId, abortSignal) {
      await call('DeleteObject', () => client.send(new DeleteObjectCommand({ ...owned, Key: key, VersionId: versionId }), { abortSignal }));
    },

    async readPolicy(abortSignal) {
      return absentAs(undefined, async () => {
        const { Policy } = await call('GetBucketPolicy', () => client.send(new GetBucketPolicyCommand(owned), { abortSignal }));
        return Policy;
      });
    },

    async putPolicy(text, abortSignal) {
      await call('PutBucketPolicy', () => client.send(new PutBucketPolicyCommand({ ...owned, Policy: text }), { abortSignal }));
    },

    async removePolicy(abortSignal) {
      await call('DeleteBucketPolicy', () => client.send(new DeleteBucketPolicyCommand(owned), { abortSignal }));
    },

    async listVersions(abortSignal, { prefix, after, most } = {}) {
      const input = {
        ...owned,
        Prefix: prefix,
        KeyMarker: after?.key,
        VersionIdMarker: after?.versionId,
        MaxKeys: most,
        // Keys may hold characters that XML cannot.
        EncodingType: 'url' as const,
      };
      const page = await call('ListObjectVersions', () => client.send(new ListObjectVersionsCommand(input), { abortSignal }));
      mustBeList('ListObjectVersions', region, page.IsTruncated);
      const decode = decoder('ListObjectVersions', region, page.EncodingType);
      const versions = inOrder((page.Versions ?? []).map(versionOf(region, decode)), (page.DeleteMarkers ?? []).map(versionOf(region, decode)));
      if (!page.IsTruncated) return { versions };
      if (page.NextKeyMarker === undefined) throw garbage('ListObjectVersions', region, 'a page that is not the last names no next one');
      return { versions, next: { key: decode(page.NextKeyMarker), versionId: page.NextVersionIdMarker } };
    },

    async headVersion(key, versionId, abortSignal) {
      try {
        const head = await call('HeadObject', () => client.send(new HeadObjectCommand({ ...owned, Key: key, VersionId: versionId }), { abortSignal }));
        if (!names(head, versionId)) throw garbage('HeadObject', region, `an answer that does not name the version '${versionId}'`);
        return { replicationStatus: STATUSES[head.ReplicationStatus ?? ''], deleteMarker: false };
      } catch (error) {
        // S3 answers HEAD of a delete marker with 405, and of a version that it does not hold with 404; neither has a body.
        if (error instanceof CallError && error.status === 405) return { deleteMarker: true };
        if (error instanceof CallError && error.status === 404) return undefined;
        throw error;
      }
    },

    async listUploads(abortSignal) {
      const { Uploads = [], IsTruncated, EncodingType } = await call('ListMultipartUploads', () =>
        client.send(new ListMultipartUploadsCommand({ ...owned, EncodingType: 'url' }), { abortSignal }),
      );
      mustBeList('ListMultipartUploads', region, IsTruncated);
      const decode = decoder('ListMultipartUploads', region, EncodingType);
      const uploads = Uploads.map(({ Key, UploadId, Initiated }) => {
        if (Key === undefined || UploadId === undefined || !Initiated) throw garbage('ListMultipartUploads', region, 'an upload without key, id or time');
        return { key: decode(Key), uploadId: UploadId, initiatedAt: Initiated.getTime() };
      });
      return { uploads, more: IsTruncated };
    },

    close: () => [client, unkept].forEach((one) => one?.destroy()),
  };
}

/** Codes by which S3 says that what was asked for is not there; a missing bucket is another matter. */
const ABSENT = new Set(['NoSuchKey', 'NoSuchBucketPolicy']);

async function absentAs<T>(absent: T, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CallError && ABSENT.has(error.code)) return absent;
    throw error;
  }
}

function versionOf(region: string, decode: (text: string) => string) {
  return (entry: ObjectVersion | DeleteMarkerEntry): Version => {
    const { Key, VersionId, IsLatest, LastModified } = entry;
    if (Key === undefined || VersionId === undefined || !LastModified) throw garbage('ListObjectVersions', region, 'a version without key, id or time');
    const common = { key: decode(Key), versionId: VersionId, current: IsLatest === true, modifiedAt: LastModified.getTime() };
    return 'ETag' in entry || 'Size' in entry
      ? { ...common, deleteMarker: false, size: (entry as ObjectVersion).Size, etag: (entry as ObjectVersion).ETag }
      : { ...common, deleteMarker: true };
  };
}

/** The SDK parts what S3 lists as one: versions and delete markers, each list in the order in which S3 gave them. */
function inOrder(versions: readonly Version[], markers: readonly Version[]): Version[] {
  const merged: Version[] = [];
  let next = 0;
  for (const version of versions) {
    while (next < markers.length && before(markers[next], version)) merged.push(markers[next++]);
    merged.push(version);
  }
  return [...merged, ...markers.slice(next)];
}

/** Newest first within a key. Times are whole seconds, so that among equals only the current one is sure to be newer. */
function before(one: Version, other: Version): boolean {
  const keys = compareKeys(one.key, other.key);
  if (keys !== 0) return keys < 0;
  if (one.current !== other.current) return one.current;
  return one.modifiedAt > other.modifiedAt;
}

/** Somebody else's page, answered well, reads as a list without an entry, and so as the end of a bucket that has more. */
function mustBeList(operation: string, region: string, truncated: boolean | undefined): asserts truncated is boolean {
  if (truncated === undefined) throw garbage(operation, region, 'an answer that is no list of this');
}

/** Whether an answer is about this version: somebody else's page reads as the head of whatever was asked for. S3 need not name the one that was written before versioning. */
function names({ VersionId, $metadata }: HeadObjectCommandOutput, versionId: string): boolean {
  return VersionId === versionId || (VersionId === undefined && versionId === 'null' && $metadata.requestId !== undefined);
}

/** S3 says in its answer whether it encoded. */
function decoder(operation: string, region: string, encodingType: string | undefined): (text: string) => string {
  if (encodingType !== 'url') return (text) => text;
  return (text) => {
    try {
      return decodeURIComponent(text.replace(/\+/g, ' '));
    } catch {
      throw garbage(operation, region, 'a key that is no encoded UTF-8');
    }
  };
}

function garbage(operation: string, region: string, reason: string): CallError {
  return new CallError({ call: `s3 ${operation}`, region, code: 'Garbage', status: 200, reason });
}
