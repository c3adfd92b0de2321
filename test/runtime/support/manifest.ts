import type { GuardProperties, Manifest, ManifestProperties } from '../../../lib/private/contract';
import { manifestPropertiesSchema, type ManifestWanted } from '../../../runtime/core/manifest/properties';

export const NAME = '/s3-failover/media';
export const LIVE_ARN = 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap';
export const NEW_ARN = 'arn:aws:s3::111122223333:accesspoint/a1b2c3d4e5f6g.mrap';
export const REGIONS = ['eu-west-1', 'us-east-1', 'us-west-2'];

export function buckets(regions: readonly string[] = REGIONS): { [region: string]: string } {
  return Object.fromEntries(regions.map((region) => [region, `media-111122223333-${region}-an`]));
}

const BLOCKED = { BlockPublicAcls: 'true', BlockPublicPolicy: 'true', IgnorePublicAcls: 'true', RestrictPublicBuckets: 'true' };

export function manifestProperties(changed: Partial<ManifestProperties> = {}): ManifestProperties {
  const arn = changed.AccessPointArn ?? LIVE_ARN;
  return {
    ManifestParameterName: NAME,
    Regions: REGIONS,
    Account: '111122223333',
    Partition: 'aws',
    HomeRegion: 'us-east-1',
    BucketNamePrefix: 'media',
    AccessPointArn: arn,
    AccessPointAlias: arn.split('/')[1],
    AccessPointName: 'Media-AccessPoint-1A2B3C',
    AccessPointBuckets: buckets(),
    PublicAccessBlock: BLOCKED,
    Buckets: buckets(),
    RoutingMode: 'active-passive',
    RoutingRegions: ['us-east-1'],
    ...changed,
  };
}

export function manifestWanted(changed: Partial<ManifestProperties> = {}): ManifestWanted {
  return manifestPropertiesSchema.parse(manifestProperties(changed));
}

export function guardProperties(changed: Partial<GuardProperties> = {}): GuardProperties {
  return { ManifestParameterName: NAME, ManifestRegions: REGIONS, Buckets: buckets(), PublicAccessBlock: BLOCKED, ...changed };
}

export function manifest(changed: Partial<Manifest> = {}, arn = LIVE_ARN): Manifest {
  return {
    version: 1,
    revision: 5,
    account: '111122223333',
    partition: 'aws',
    homeRegion: 'us-east-1',
    bucketNamePrefix: 'media',
    accessPoint: {
      arn,
      alias: arn.split('/')[1],
      name: 'Media-AccessPoint-1A2B3C',
      buckets: buckets(),
      publicAccessBlock: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    },
    buckets: buckets(),
    routing: { mode: 'active-passive', regions: ['us-east-1'] },
    ...changed,
  };
}
