// The parts by themselves, over buckets that already exist: two-way replication, one access point, its routes.
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AccessPointRoutes, BucketReplication, FailoverSwitch, MultiRegionAccessPoint, Routing } from 'cdk-s3-failover';

const app = new App();
const stack = new Stack(app, 'Media', { env: { region: 'eu-west-1' } });

// Both are versioned, and neither has replication rules of another role.
const buckets = {
  'eu-west-1': s3.Bucket.fromBucketName(stack, 'Ireland', 'my-media-ireland'),
  'eu-central-1': s3.Bucket.fromBucketName(stack, 'Frankfurt', 'my-media-frankfurt'),
};
new BucketReplication(stack, 'Replication', { buckets });
const accessPoint = new MultiRegionAccessPoint(stack, 'AccessPoint', { buckets, manifestParameterName: '/my-media' });
const routes = new AccessPointRoutes(stack, 'Routes', { accessPoint, routing: Routing.activePassive('eu-west-1') });
new FailoverSwitch(stack, 'Switch', { routes });

new CfnOutput(stack, 'Alias', { value: accessPoint.alias });
