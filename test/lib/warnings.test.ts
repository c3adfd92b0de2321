import { Annotations, App, Duration, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketReplication, FailoverController, FailoverSwitch, MultiRegionAccessPoint, MultiRegionBucket, type MultiRegionBucketProps, OnRedeploy, Routing } from '../../lib';
import { homeStack, mediaBucket, REGIONS, warnings } from './support';

/** A bucket that nothing is to be said against. */
function quiet(props: Partial<MultiRegionBucketProps> = {}): MultiRegionBucket {
  const stack = homeStack({ env: { region: 'eu-central-1' } });
  const bucket = mediaBucket(stack, props);
  if (props.routing === undefined) new FailoverSwitch(stack, 'Switch', { bucket });
  return bucket;
}

const idsOf = (construct: Stack | MultiRegionBucket) => warnings(construct).map((text) => /\[ack: cdk-s3-failover:(\w+)\]$/.exec(text)?.[1]);

test('a bucket with sound settings draws none', () => {
  expect(warnings(quiet())).toEqual([]);
});

test('a bucket of latency routing needs no switch', () => {
  expect(warnings(quiet({ routing: Routing.latency() }))).toEqual([]);
});

test('no prefix: a rename would make new buckets; the text names the prefix that keeps them', () => {
  const stack = homeStack({ env: { region: 'eu-central-1' } });
  const bucket = new MultiRegionBucket(stack, 'Bucket', { regions: REGIONS, routing: Routing.latency() });

  expect(idsOf(stack)).toEqual(['noBucketNamePrefix']);
  expect(warnings(stack)[0]).toContain(`bucketNamePrefix: '${bucket.bucketNamePrefix}'`);
});

test('no replica modification sync', () => {
  expect(idsOf(quiet({ replication: { replicaModificationSync: false } }))).toEqual(['noReplicaModificationSync']);
});

test('a key prefix hides other objects', () => {
  expect(idsOf(quiet({ replication: { prefix: 'media/' } }))).toEqual(['replicationPrefix']);
});

test('an opt-in Region', () => {
  const bucket = quiet({ regions: ['us-east-1', 'af-south-1', 'eu-south-1'] });

  expect(idsOf(bucket)).toEqual(['optInRegion']);
  expect(warnings(bucket)[0]).toContain('af-south-1, eu-south-1 must be enabled in every account');
});

test('a home Region whose loss also loses the deployment', () => {
  const stack = homeStack();
  new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack) });

  expect(idsOf(stack)).toEqual(['homeRegionHoldsData']);
  expect(warnings(stack)[0]).toContain('while us-east-1 is down');
});

test('a home Region whose bucket is not behind the access point is no risk', () => {
  const stack = homeStack();
  new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack, { accessPointRegions: ['us-west-2', 'eu-west-1'] }) });

  expect(warnings(stack)).toEqual([]);
});

test('no switch, whether it was removed or never there', () => {
  const stack = homeStack({ env: { region: 'eu-central-1' } });
  mediaBucket(stack);

  expect(idsOf(stack)).toEqual(['noFailoverSwitch']);
  expect(warnings(stack)[0]).toContain('where a switch was removed, traffic stays where it was');
});

test('a controller moves traffic, so that it needs no switch', () => {
  const stack = homeStack({ env: { region: 'eu-central-1' } });
  new FailoverController(stack, 'Controller', { bucket: mediaBucket(stack, { routing: Routing.failoverOrder(REGIONS) }), controlRegions: ['us-east-2', 'us-west-2', 'us-east-1'] });

  expect(warnings(stack)).toEqual([]);
});

test.each([[OnRedeploy.PRESERVE, []], [OnRedeploy.FAIL_ON_DRIFT, []], [OnRedeploy.ENFORCE, ['enforceUndoesFailover']]])('what %s does after a failover draws %j', (onRedeploy, expected) => {
  expect(idsOf(quiet({ onRedeploy }))).toEqual(expected);
});

describe('lifecycle', () => {
  const expire = { enabled: true, expiration: Duration.days(30) };

  test('rules that expire on one side only', () => {
    const bucket = quiet();
    bucket.bucket('us-west-2').addLifecycleRule(expire);

    expect(idsOf(bucket)).toEqual(['lifecycleExpiresOnOneSide']);
  });

  test('rules that expire at different ages', () => {
    const bucket = quiet();
    for (const [index, region] of REGIONS.entries()) bucket.bucket(region).addLifecycleRule({ expiration: Duration.days(30 + index) });

    expect(idsOf(bucket)).toEqual(['lifecycleExpiresOnOneSide']);
  });

  test('noncurrent versions that expire on one side only', () => {
    const bucket = quiet();
    bucket.bucket('us-west-2').addLifecycleRule({ noncurrentVersionExpiration: Duration.days(1) });

    expect(idsOf(bucket)).toEqual(['lifecycleExpiresOnOneSide']);
  });

  test('the same rules everywhere are sound, in whatever order and by whatever name', () => {
    const bucket = quiet({ lifecycleRules: [expire] });
    bucket.bucket('us-west-2').addLifecycleRule({ id: 'one', prefix: 'a/', expiration: Duration.days(1) });
    for (const region of ['us-east-1', 'eu-west-1']) bucket.bucket(region).addLifecycleRule({ id: 'other', prefix: 'a/', expiration: Duration.days(1) });

    expect(warnings(bucket)).toEqual([]);
  });

  test('a rule that is off, or that moves objects or ends uploads, may differ', () => {
    const bucket = quiet();
    bucket.bucket('us-west-2').addLifecycleRule({ ...expire, enabled: false });
    bucket.bucket('us-west-2').addLifecycleRule({ transitions: [{ storageClass: s3.StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) }] });
    bucket.bucket('us-west-2').addLifecycleRule({ abortIncompleteMultipartUploadAfter: Duration.days(7) });

    expect(warnings(bucket)).toEqual([]);
  });

  test('what an imported bucket expires is not known', () => {
    const stack = homeStack();
    const own = new s3.Bucket(stack, 'East', { versioned: true, lifecycleRules: [expire] });
    new BucketReplication(stack, 'Replication', { buckets: { 'us-east-1': own, 'us-west-2': s3.Bucket.fromBucketName(stack, 'West', 'west') } });

    expect(warnings(stack)).toEqual([]);
  });
});

test('two syntheses draw a warning once', () => {
  const app = new App();
  const stack = homeStack({}, app);
  new MultiRegionBucket(stack, 'Bucket', { regions: ['us-east-1', 'af-south-1'], replication: { replicaModificationSync: false, prefix: 'a/' } }).bucket('us-east-1')
    .addLifecycleRule({ expiration: Duration.days(1) });
  app.synth();
  const twice = app.synth({ force: true }).getStackByName('Media').messages.map(({ entry }) => entry.data);

  expect(new Set(twice).size).toBe(twice.length);
  expect(twice).toHaveLength(7);
});

test('each can be acknowledged on the bucket', () => {
  const stack = homeStack();
  const bucket = new MultiRegionBucket(stack, 'Bucket', { regions: ['us-east-1', 'af-south-1'], replication: { replicaModificationSync: false, prefix: 'a/' }, onRedeploy: OnRedeploy.ENFORCE });
  bucket.bucket('us-east-1').addLifecycleRule({ expiration: Duration.days(1) });
  const ids = [
    'noBucketNamePrefix', 'optInRegion', 'noReplicaModificationSync', 'replicationPrefix', 'homeRegionHoldsData', 'noFailoverSwitch', 'lifecycleExpiresOnOneSide',
    'enforceUndoesFailover',
  ];
  for (const id of ids) Annotations.of(bucket).acknowledgeWarning(`cdk-s3-failover:${id}`);

  expect(warnings(stack)).toEqual([]);
});

test('an access point alone warns of opt-in Regions too', () => {
  const stack = homeStack();
  const buckets = Object.fromEntries(['us-east-1', 'me-central-1'].map((region) => [region, s3.Bucket.fromBucketName(stack, region, `mine-${region}`)]));
  new MultiRegionAccessPoint(stack, 'Point', { buckets });

  expect(idsOf(stack)).toEqual(['optInRegion']);
});
