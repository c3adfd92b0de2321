import { encodeManifest } from '../../../../runtime/core/manifest/encode';
import { parseProperties } from '../../../../runtime/core/custom-resource/parse';
import { manifestPropertiesSchema } from '../../../../runtime/core/manifest/properties';
import { parseManifest } from '../../../../runtime/core/manifest/schema';
import { manifest, manifestProperties, manifestWanted } from '../../support/manifest';

/** The 17 Regions that an access point may span without opting in, of which many have the longest name that a Region has. */
const ALL = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ap-south-1', 'ap-northeast-3', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2',
  'ap-northeast-1', 'ca-central-1', 'eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1',
];
const LONGEST_BUCKET = 63;

test('what is written is what is read', () => {
  expect(parseManifest(encodeManifest(manifestWanted(), 5))).toEqual({ manifest: manifest() });
});

const CONTROLLER = {
  table: 'media-controller',
  policy: { voters: ['us-east-1', 'us-east-2', 'us-west-2'], intervalMs: 2_000, unhealthyForMs: 30_000 },
};
const ORDER = { RoutingMode: 'failover-order', RoutingRegions: ['us-east-1', 'us-west-2'] };

test('a controller makes it version 2, which an older tool refuses, and is read as it was written', () => {
  const parsed = parseManifest(encodeManifest(manifestWanted({ ...ORDER, Controller: JSON.stringify(CONTROLLER) }), 5));
  expect(parsed).toEqual({ manifest: { ...manifest(), version: 2, routing: { mode: ORDER.RoutingMode, regions: ORDER.RoutingRegions }, controller: CONTROLLER } });
});

test.each([
  ['no JSON', '{', "'Controller' must be JSON, got '{'"],
  ['without a table', '{"policy":{"voters":[]}}', "'Controller' must be a controller: 'table' must be a string, got nothing"],
])('fails when the property is %s', (_, Controller, expected) => {
  expect(() => parseProperties(manifestPropertiesSchema, manifestProperties({ Controller }))).toThrow(expected);
});

test('fails when the policy breaks a rule of the order that traffic follows', () => {
  const Controller = JSON.stringify({ ...CONTROLLER, policy: { ...CONTROLLER.policy, intervalMs: 1_000 } });
  expect(() => encodeManifest(manifestWanted({ ...ORDER, Controller }), 1)).toThrow(/'intervalMs' must be at least 2000, got 1000/);
});

const EVERY_SETTING = { voters: ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'], intervalMs: 10_000, probeTimeoutMs: 5_000, quorum: { k: 2, n: 3 }, unhealthyForMs: 60_000, disputedForMs: 600_000, coolDownMs: 1_800_000, failback: { kind: 'when drained', forMs: 3_600_000 }, maxDataLossMs: 60_000, actOnSlow: true };

test.each([
  ['', {}],
  [' and a controller with every setting', { Controller: JSON.stringify({ table: `${'p'.repeat(63)}-controller`, policy: EVERY_SETTING }) }],
])('17 Regions fit a standard parameter, with every name as long as AWS allows%s', (_, more) => {
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
      ...more,
    }),
    Number.MAX_SAFE_INTEGER,
  );

  expect(text.length).toBeLessThanOrEqual(4096);
  expect(text.length).toBeGreaterThan(3000);
  expect(text.replace('when drained', '')).not.toMatch(/\s/);
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
