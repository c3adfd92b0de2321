// The building blocks by themselves on a real account, over buckets that other stacks own: replication, access point, routes.
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AccessPointRoutes, BucketReplication, MultiRegionAccessPoint, Routing } from '../lib';
import { expectDials } from './routes';

const HOME = 'eu-west-1';
const OTHER = 'eu-central-1';

const app = new App();

/** A bucket as its owner would have made it, under a name that the home stack can write down. */
function ownedBucket(region: string): { stack: Stack; bucket: s3.Bucket } {
  const stack = new Stack(app, `S3FailoverIntegOwner-${region}`, { env: { region } });
  const bucket = new s3.Bucket(stack, 'Bucket', {
    bucketName: `s3-failover-integ-blocks-${Aws.ACCOUNT_ID}-${region}`,
    versioned: true,
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return { stack, bucket };
}

const owners = [ownedBucket(HOME), ownedBucket(OTHER)];
const stack = new Stack(app, 'S3FailoverIntegBlocks', { env: { region: HOME } });
for (const owner of owners) stack.addDependency(owner.stack);

const buckets = Object.fromEntries(owners.map((owner) => [owner.stack.region, s3.Bucket.fromBucketName(stack, owner.stack.region, `s3-failover-integ-blocks-${Aws.ACCOUNT_ID}-${owner.stack.region}`)]));
new BucketReplication(stack, 'Replication', { buckets });
const accessPoint = new MultiRegionAccessPoint(stack, 'AccessPoint', { buckets, manifestParameterName: '/s3-failover-integ/blocks' });
new AccessPointRoutes(stack, 'Routes', { accessPoint, routing: Routing.latency() });

const integ = new IntegTest(app, 'Integ', { testCases: [stack], regions: [HOME], assertionStack: new Stack(app, 'S3FailoverIntegBlocksAssertions', { env: { region: HOME } }) });

expectDials(integ, accessPoint.arn, { [HOME]: 100, [OTHER]: 100 });

// The home bucket replicates to the other, by rules that carry the construct's prefix.
const rules = integ.assertions.awsApiCall('S3', 'getBucketReplication', { Bucket: buckets[HOME].bucketName });
rules.provider.addToRolePolicy({ Effect: 'Allow', Action: ['s3:GetReplicationConfiguration'], Resource: [buckets[HOME].bucketArn] });
rules.expect(
  ExpectedResult.objectLike({
    ReplicationConfiguration: { Rules: [{ Status: 'Enabled', Destination: { Bucket: buckets[OTHER].bucketArn } }] },
  }),
);
