// The whole construct on a real account: two Regions, a switch, objects that replicate, routes as declared.
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { FailoverSwitch, MultiRegionBucket, Routing } from '../lib';
import { expectDials } from './routes';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';

const app = new App();
const stack = new Stack(app, 'S3FailoverIntegBucket', { env: { region: HOME } });
const media = new MultiRegionBucket(stack, 'Media', {
  regions: [HOME, STANDBY],
  routing: Routing.failoverOrder([HOME, STANDBY]),
  bucketNamePrefix: 's3-failover-integ-bucket',
});
new FailoverSwitch(stack, 'Switch', { bucket: media });

const integ = new IntegTest(app, 'Integ', { testCases: [stack], regions: [HOME], assertionStack: new Stack(app, 'S3FailoverIntegBucketAssertions', { env: { region: HOME } }) });

expectDials(integ, media.arn, { [HOME]: 100, [STANDBY]: 0 });

// An object written in one Region reaches the other: its source says COMPLETED once every destination has it.
const bucketName = media.bucket(HOME).bucketName;
const objects = { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject', 's3:ListBucket'], Resource: [media.bucket(HOME).bucketArn, media.bucket(HOME).arnForObjects('*')] };
const put = integ.assertions.awsApiCall('S3', 'putObject', { Bucket: bucketName, Key: 'integ/hello.txt', Body: 'hello' });
put.provider.addToRolePolicy(objects);
const replicated = integ.assertions.awsApiCall('S3', 'headObject', { Bucket: bucketName, Key: 'integ/hello.txt' });
replicated.provider.addToRolePolicy(objects);
put.next(replicated);
replicated
  .expect(ExpectedResult.objectLike({ ReplicationStatus: 'COMPLETED' }))
  .waitForAssertions({ totalTimeout: Duration.minutes(20), interval: Duration.seconds(15) });

// What an operator's tool reads is there.
const manifest = integ.assertions.awsApiCall('SSM', 'getParameter', { Name: media.manifestParameterName });
manifest.provider.addToRolePolicy({ Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: ['*'] });
manifest.expect(ExpectedResult.objectLike({ Parameter: { Name: media.manifestParameterName, Type: 'String' } }));
