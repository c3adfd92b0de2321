// Automatic failover on a real account: the observers of every Region report, the register is written, routes stay as declared.
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Aws, Duration, Stack } from 'aws-cdk-lib';
import { FailoverController, MultiRegionBucket, Routing } from '../lib';
import { expectDials } from './routes';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';

const app = new App();
const stack = new Stack(app, 'S3FailoverIntegController', { env: { region: HOME } });
const media = new MultiRegionBucket(stack, 'Media', {
  regions: [HOME, STANDBY],
  routing: Routing.failoverOrder([HOME, STANDBY]),
  bucketNamePrefix: 's3-failover-integ-auto',
});
const controller = new FailoverController(stack, 'Controller', { bucket: media, controlRegions: ['us-east-2', STANDBY, HOME] });

// After the controller's stacks, which are deployed after the home stack.
const assertions = new Stack(app, 'S3FailoverIntegControllerAssertions', { env: { region: HOME } });
const parts = [...new Set([...controller.controlRegions, HOME, STANDBY])].map((region) => controller.node.findChild(region) as Stack);
for (const part of parts) assertions.addDependency(part);
// Only stacks that are named here are compared.
const integ = new IntegTest(app, 'Integ', { testCases: [stack, ...parts], regions: [HOME], assertionStack: assertions });

const observers = [...controller.controlRegions.map((region) => `report/voter/${region}`), ...[HOME, STANDBY].map((region) => `report/self/${region}`)];
for (const key of [...observers, 'register']) {
  const item = integ.assertions.awsApiCall('DynamoDB', 'getItem', { TableName: controller.tableName, ConsistentRead: true, Key: { partition: { S: 'controller' }, key: { S: key } } });
  item.provider.addToRolePolicy({ Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: [`arn:${Aws.PARTITION}:dynamodb:${HOME}:${Aws.ACCOUNT_ID}:table/${controller.tableName}`] });
  item
    .expect(ExpectedResult.objectLike({ Item: { key: { S: key } } }))
    .waitForAssertions({ totalTimeout: Duration.minutes(10), interval: Duration.seconds(15) });
}

expectDials(integ, media.arn, { [HOME]: 100, [STANDBY]: 0 });
