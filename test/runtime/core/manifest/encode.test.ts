import { encodeManifest } from '../../../../runtime/core/manifest/encode';
import { parseManifest } from '../../../../runtime/core/manifest/schema';
import { manifest, manifestWanted } from '../../support/manifest';

/** The 17 Regions that an access point may span without opting in, of which many have the longest name that a Region has. */
const ALL = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ap-south-1', 'ap-northeast-3', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2',
  'ap-northeast-1', 'ca-central-1', 'eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1',
];
const LONGEST_BUCKET = 63;

test('what is written is what is read', () => {
  expect(parseManifest(encodeManifest(manifestWanted(), 5))).toEqual({ manifest: manifest() });
});

test('17 Regions fit a standard parameter, with every name as long as AWS allows', () => {
  const buckets = Object.fromEntries(ALL.map((region) => [region, region.padEnd(LONGEST_BUCKET, 'x')]));
  const alias = `${'a'.repeat(58)}.mrap`;
  const text = encodeManifest(
    manifestWanted({
      Regions: ALL,
      HomeRegion: 'ap-southeast-2',
      Partition: 'aws',
      BucketNamePrefix: 'p'.repeat(LONGEST_BUCKET),
      AccessPointArn: `arn:aws:s3::111122223333:accesspoint/${alias}`,
      AccessPointAlias: alias,
      AccessPointName: 'n'.repeat(50),
      AccessPointBuckets: buckets,
      Buckets: buckets,
      RoutingMode: 'failover-order',
      RoutingRegions: ALL,
    }),
    Number.MAX_SAFE_INTEGER,
  );

  expect(text.length).toBeLessThanOrEqual(4096);
  expect(text.length).toBeGreaterThan(3000);
  expect(text).not.toMatch(/\s/);
});

test('fails when it would not fit, with the limit and the size', () => {
  const regions = Array.from({ length: 30 }, (_, index) => `ap-southeast-${index + 1}`);
  const buckets = Object.fromEntries(regions.map((region) => [region, region.padEnd(LONGEST_BUCKET, 'x')]));

  expect(() => encodeManifest(manifestWanted({ AccessPointBuckets: buckets, Buckets: buckets, RoutingRegions: regions }), 1)).toThrow(
    /may hold 4096 characters, the limit of a standard parameter, got \d{4}; shorten the names of the buckets/,
  );
});

test('fails when no reader could use it', () => {
  expect(() => encodeManifest(manifestWanted({ RoutingRegions: ['sa-east-1'] }), 1)).toThrow(
    /would not be readable: 'routing.regions' must be Regions of the access point/,
  );
});
