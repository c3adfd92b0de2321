import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  S3Client,
  type ReplicationConfiguration,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { CallError } from '../core/calls/call-error';
import type { ReplicationStore } from '../core/replication/apply';
import { calling } from './call-error';
import { CLIENT_SETTINGS } from './client-settings';

/** Replication configurations of one Region's buckets, as long as they belong to `account`. */
export function replicationStore(region: string, account: string, config: S3ClientConfig = {}): ReplicationStore {
  const client = new S3Client({ ...CLIENT_SETTINGS, ...config, region });
  const owned = (bucket: string) => ({ Bucket: bucket, ExpectedBucketOwner: account });
  return {
    async read(bucket, abortSignal) {
      try {
        const answer = await calling('s3 GetBucketReplication', region, () => client.send(new GetBucketReplicationCommand(owned(bucket)), { abortSignal }));
        return answer.ReplicationConfiguration;
      } catch (error) {
        if (error instanceof CallError && error.code === 'ReplicationConfigurationNotFoundError') return undefined;
        throw error;
      }
    },
    async put(bucket, configuration) {
      // Rules of others are the very objects that were read, so that whatever the SDK's model knows of them is kept.
      const ReplicationConfiguration = configuration as unknown as ReplicationConfiguration;
      await calling('s3 PutBucketReplication', region, () => client.send(new PutBucketReplicationCommand({ ...owned(bucket), ReplicationConfiguration })));
    },
    async remove(bucket) {
      await calling('s3 DeleteBucketReplication', region, () => client.send(new DeleteBucketReplicationCommand(owned(bucket))));
    },
  };
}
