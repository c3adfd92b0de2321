import { ManifestVersion, type Manifest } from '../../../lib/private/contract';
import { Explained } from '../calls/explained';
import type { ManifestWanted } from './properties';
import { parseManifest } from './schema';

/** Largest value of a standard parameter; larger ones cost money and cannot be made standard again. */
const LARGEST_VALUE = 4096;

/** Text of a manifest: compact JSON, checked by the schema that every reader uses. */
export function encodeManifest(wanted: ManifestWanted, revision: number): string {
  const manifest: Manifest = {
    version: wanted.Controller ? ManifestVersion.WITH_CONTROLLER : ManifestVersion.ALONE,
    revision,
    account: wanted.Account,
    partition: wanted.Partition,
    homeRegion: wanted.HomeRegion,
    bucketNamePrefix: wanted.BucketNamePrefix,
    accessPoint: {
      arn: wanted.AccessPointArn,
      alias: wanted.AccessPointAlias,
      name: wanted.AccessPointName,
      buckets: wanted.AccessPointBuckets,
      publicAccessBlock: {
        blockPublicAcls: wanted.PublicAccessBlock.BlockPublicAcls,
        blockPublicPolicy: wanted.PublicAccessBlock.BlockPublicPolicy,
        ignorePublicAcls: wanted.PublicAccessBlock.IgnorePublicAcls,
        restrictPublicBuckets: wanted.PublicAccessBlock.RestrictPublicBuckets,
      },
    },
    buckets: wanted.Buckets,
    routing: { mode: wanted.RoutingMode, regions: wanted.RoutingRegions },
    ...(wanted.Controller && { controller: wanted.Controller }),
  };
  const text = JSON.stringify(manifest);
  const parsed = parseManifest(text);
  if ('problem' in parsed) throw new Explained(`the manifest would not be readable: ${parsed.problem}`);
  if (text.length > LARGEST_VALUE) {
    throw new Explained(
      `the manifest may hold ${LARGEST_VALUE} characters, the limit of a standard parameter, got ${text.length}; shorten the names of the buckets${wanted.Controller?.policy.vetoAlarms?.length ? ' or name fewer veto alarms' : ''}`,
    );
  }
  return text;
}
