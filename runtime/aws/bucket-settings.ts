import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CallError } from '../core/calls/call-error';
import type { BucketSettings } from '../core/operate/doctor/ports';
import type { BucketOptions } from './bucket';
import { calling } from './call-error';

const SETTINGS = { maxAttempts: 1, requestHandler: { connectionTimeout: 2_000 } } as const;

export interface AwsBucketSettings extends BucketSettings {
  close(): void;
}

/** How one bucket is set up. Reads only, and one try each. */
export function bucketSettings({ region, name, account, config = {} }: BucketOptions): AwsBucketSettings {
  const client = new S3Client({ ...SETTINGS, ...config, region });
  const owned = { Bucket: name, ExpectedBucketOwner: account };
  const call = <T>(operation: string, send: () => Promise<T>) => calling(`s3 ${operation}`, region, send);

  return {
    async versioning(abortSignal) {
      const { Status } = await call('GetBucketVersioning', () => client.send(new GetBucketVersioningCommand(owned), { abortSignal }));
      return Status ?? 'never';
    },

    replication: (abortSignal) =>
      unlessNever('ReplicationConfigurationNotFoundError', undefined, async () => {
        const answer = await call('GetBucketReplication', () => client.send(new GetBucketReplicationCommand(owned), { abortSignal }));
        return answer.ReplicationConfiguration;
      }),

    lifecycle: (abortSignal) =>
      unlessNever('NoSuchLifecycleConfiguration', [], async () => {
        const answer = await call('GetBucketLifecycleConfiguration', () => client.send(new GetBucketLifecycleConfigurationCommand(owned), { abortSignal }));
        return (answer.Rules ?? []).map((rule) => ({ ...rule }));
      }),

    encryption: (abortSignal) =>
      unlessNever('ServerSideEncryptionConfigurationNotFoundError', { algorithm: 'AES256' }, async () => {
        const answer = await call('GetBucketEncryption', () => client.send(new GetBucketEncryptionCommand(owned), { abortSignal }));
        const byDefault = answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
        // Without a rule S3 encrypts with its own keys (user guide, "Setting default server-side encryption behavior").
        return { algorithm: byDefault?.SSEAlgorithm ?? 'AES256', ...(byDefault?.KMSMasterKeyID && { keyId: byDefault.KMSMasterKeyID }) };
      }),

    ownership: (abortSignal) =>
      unlessNever('OwnershipControlsNotFoundError', undefined, async () => {
        const answer = await call('GetBucketOwnershipControls', () => client.send(new GetBucketOwnershipControlsCommand(owned), { abortSignal }));
        return answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
      }),

    publicAccessBlock: (abortSignal) =>
      unlessNever('NoSuchPublicAccessBlockConfiguration', undefined, async () => {
        const answer = await call('GetPublicAccessBlock', () => client.send(new GetPublicAccessBlockCommand(owned), { abortSignal }));
        const block = answer.PublicAccessBlockConfiguration;
        return {
          blockPublicAcls: block?.BlockPublicAcls === true,
          blockPublicPolicy: block?.BlockPublicPolicy === true,
          ignorePublicAcls: block?.IgnorePublicAcls === true,
          restrictPublicBuckets: block?.RestrictPublicBuckets === true,
        };
      }),

    async existsForAnybody(abortSignal) {
      await call('HeadBucket', () => client.send(new HeadBucketCommand({ Bucket: name }), { abortSignal }));
    },

    close: () => client.destroy(),
  };
}

async function unlessNever<T>(code: string, never: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CallError && error.code === code) return never;
    throw error;
  }
}
