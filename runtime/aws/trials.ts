import { createHash } from 'node:crypto';
import { DeleteObjectCommand, DeleteObjectsCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import '@aws-sdk/signature-v4a';
import { CallError } from '../core/calls/call-error';
import type { AccessPointTrial, BucketTrials } from '../core/operate/doctor/ports';
import type { AccessPoint } from '../core/routes/access-point';
import type { BucketOptions } from './bucket';
import { calling } from './call-error';

// One digest is enough, and the wrong one must not be put right by the SDK.
const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 2_000 }, requestChecksumCalculation: 'WHEN_REQUIRED' } as const;

/** S3 looks at digests and at what a policy says only after it has let the caller pass (seen on the local AWS; by its order on AWS). */
const REFUSED_AS_MEANT = new Set(['BadDigest', 'InvalidDigest', 'MalformedPolicy']);

const BODY = 'never stored: it is not what its digest says';
const WRONG_DIGEST = createHash('md5').update('something else').digest('base64');
/** Of a key that was never written there is no such version, in a bucket that keeps versions or not. */
const NEVER_WAS = 'null';

export interface AwsBucketTrials extends BucketTrials {
  close(): void;
}

export function bucketTrials({ region, name, account, config = {} }: BucketOptions): AwsBucketTrials {
  const client = new S3Client({ ...SETTINGS, ...config, region });
  const owned = { Bucket: name, ExpectedBucketOwner: account };
  return {
    putObject: (key, abortSignal) =>
      mustBeRefused('s3 PutObject', region, () =>
        client.send(new PutObjectCommand({ ...owned, Key: key, Body: BODY, ContentMD5: WRONG_DIGEST }), { abortSignal }),
      ),
    putPolicy: (abortSignal) =>
      mustBeRefused('s3 PutBucketPolicy', region, () =>
        client.send(new PutBucketPolicyCommand({ ...owned, Policy: 'no policy: a trial of the permission to put one', ContentMD5: WRONG_DIGEST }), { abortSignal }),
      ),
    async removeVersion(key, abortSignal) {
      await calling('s3 DeleteObject', region, () => client.send(new DeleteObjectCommand({ ...owned, Key: key, VersionId: NEVER_WAS }), { abortSignal }));
    },
    async removeBatch(key, abortSignal) {
      const batch = new DeleteObjectsCommand({ ...owned, Delete: { Objects: [{ Key: key, VersionId: NEVER_WAS }], Quiet: true } });
      const { Errors = [] } = await calling('s3 DeleteObjects', region, () => client.send(batch, { abortSignal }));
      const [denied] = Errors.filter(({ Code }) => Code === 'AccessDenied');
      if (denied) throw new CallError({ call: 's3 DeleteObjects', region, code: 'AccessDenied', status: 403, reason: denied.Message ?? 'it may not be removed' });
    },
    close: () => client.destroy(),
  };
}

export interface AwsAccessPointTrial extends AccessPointTrial {
  close(): void;
}

export interface AccessPointTrialOptions {
  readonly accessPoint: AccessPoint;
  /** Any: requests to an access point are signed for all of them. */
  readonly region: string;
  /** Makes the SDK's client, for who must change it. */
  readonly makeClient?: (config: S3ClientConfig) => S3Client;
}

export function accessPointTrial({ accessPoint, region, makeClient = (config) => new S3Client(config) }: AccessPointTrialOptions): AwsAccessPointTrial {
  const client = makeClient({ ...SETTINGS, region });
  return {
    putObject: (key, abortSignal) =>
      mustBeRefused('s3 PutObject', 'the access point', () =>
        client.send(new PutObjectCommand({ Bucket: accessPoint.arn, Key: key, Body: BODY, ContentMD5: WRONG_DIGEST }), { abortSignal }),
      ),
    close: () => client.destroy(),
  };
}

async function mustBeRefused(call: string, region: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await calling(call, region, send);
  } catch (error) {
    if (error instanceof CallError && REFUSED_AS_MEANT.has(error.code)) return;
    throw error;
  }
  throw new CallError({ call, region, code: 'Accepted', status: 200, reason: 'a request that cannot be right was accepted' });
}
