import type { ReplicationConfiguration, ReplicationRule, WantedReplication } from '../../../runtime/core/replication/model';

export const ROLE = 'arn:aws:iam::111122223333:role/media-us-east-1';
export const PREFIX = 's3-failover-0a1b2c3d-';

/** What the template wants of the bucket in us-east-1: everything to two other Regions. */
export function wanted(changed: Partial<WantedReplication> = {}): WantedReplication {
  return {
    bucket: 'media-us-east-1',
    region: 'us-east-1',
    partition: 'aws',
    account: '111122223333',
    roleArn: ROLE,
    rulePrefix: PREFIX,
    destinations: [
      { region: 'eu-west-1', bucket: 'media-eu-west-1' },
      { region: 'us-west-2', bucket: 'media-us-west-2' },
    ],
    keyPrefix: '',
    deleteMarkers: true,
    replicaModifications: true,
    timeControl: false,
    metrics: true,
    ...changed,
  };
}

/** A rule of somebody else. */
export function foreign(changed: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    ID: 'archive',
    Priority: 7,
    Status: 'Enabled',
    Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'keep', Value: 'yes' }] } },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: 'arn:aws:s3:::archive' },
    ...changed,
  };
}

export function configuration(Rules: readonly ReplicationRule[], Role = ROLE): ReplicationConfiguration {
  return { Role, Rules };
}
