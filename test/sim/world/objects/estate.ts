import { estateOf, type Estate } from '../../../../runtime/core/operate/estate';
import type { ReplicationConfiguration } from '../../../../runtime/core/replication/model';

const ACCOUNT = '123456789012';

/** The estate as a manifest describes it: what a person's command is about. */
export function simulatedEstate(data: readonly string[], accessPointArn: string): Estate {
  const buckets = Object.fromEntries(data.map((region) => [region, bucketOf(region)]));
  return estateOf({
    version: 1,
    revision: 1,
    account: ACCOUNT,
    partition: 'aws',
    homeRegion: data[0],
    bucketNamePrefix: 'simulated',
    accessPoint: {
      arn: accessPointArn,
      alias: accessPointArn.split('/')[1],
      name: 'simulated',
      buckets,
      publicAccessBlock: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    },
    buckets,
    routing: { mode: 'failover-order', regions: [...data] },
  });
}

export function bucketOf(region: string): string {
  return `simulated-${ACCOUNT}-${region}-an`;
}

/** Each bucket replicates all it has to every other one. */
export function rulesOf(region: string, data: readonly string[]): ReplicationConfiguration {
  const others = data.filter((other) => other !== region);
  return {
    Role: 'arn:aws:iam::123456789012:role/replication',
    Rules: others.map((other, index) => ({
      ID: `to ${other}`,
      Priority: index + 1,
      Status: 'Enabled',
      Filter: { Prefix: '' },
      DeleteMarkerReplication: { Status: 'Enabled' },
      Destination: { Bucket: `arn:aws:s3:::${bucketOf(other)}`, Metrics: { Status: 'Enabled' } },
    })),
  };
}
