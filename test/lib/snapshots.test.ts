import * as s3 from 'aws-cdk-lib/aws-s3';
import { AccessPointRoutes, BucketReplication, FailoverController, FailoverSwitch, MultiRegionAccessPoint, Routing } from '../../lib';
import { homeStack, mediaBucket, type Resource, synth } from './support';

/** A template without what changes with the CDK's version or with the handler's code. */
function stripped(template: { Resources: { [id: string]: Resource } }): object {
  const { Parameters, Rules, ...rest } = JSON.parse(JSON.stringify(template), (key, value) => {
    if (key === 'aws:cdk:path') return undefined;
    if (key === 'S3Key') return '<hash>';
    return value;
  });
  delete rest.Resources.CDKMetadata;
  for (const resource of Object.values(rest.Resources as { [id: string]: Resource & { Metadata?: object } })) {
    delete resource.Metadata;
    if (resource.Properties.Handler === 'framework.onEvent') delete resource.Properties.Runtime;
  }
  const { BootstrapVersion: _, ...parameters } = Parameters ?? {};
  return { ...rest, Parameters: parameters };
}

function snapshots(stack: ReturnType<typeof homeStack>): object {
  return Object.fromEntries(synth(stack).stacksRecursively.map(({ stackName, template }) => [stackName, stripped(template)]));
}

const buckets = (stack: ReturnType<typeof homeStack>) => ({
  'us-east-1': s3.Bucket.fromBucketName(stack, 'East', 'mine-east'),
  'us-west-2': s3.Bucket.fromBucketName(stack, 'West', 'mine-west'),
});

test('MultiRegionBucket with defaults and a switch', () => {
  const stack = homeStack();
  new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack, { regions: ['us-east-1', 'us-west-2'] }) });

  expect(snapshots(stack)).toMatchSnapshot();
});

test('FailoverController with defaults', () => {
  const stack = homeStack();
  const regions = ['us-east-1', 'us-west-2'];
  new FailoverController(stack, 'Controller', { bucket: mediaBucket(stack, { regions, routing: Routing.failoverOrder(regions) }) });

  expect(snapshots(stack)).toMatchSnapshot();
});

test('BucketReplication alone', () => {
  const stack = homeStack();
  new BucketReplication(stack, 'Replication', { buckets: buckets(stack) });

  expect(snapshots(stack)).toMatchSnapshot();
});

test('MultiRegionAccessPoint and AccessPointRoutes alone', () => {
  const stack = homeStack();
  const accessPoint = new MultiRegionAccessPoint(stack, 'AccessPoint', { buckets: buckets(stack) });
  new AccessPointRoutes(stack, 'Routes', { accessPoint, routing: Routing.activePassive('us-east-1') });

  expect(snapshots(stack)).toMatchSnapshot();
});
