// A bucket in three Regions whose traffic leaves a Region that is down, by itself.
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { FailoverController, FailoverSwitch, MultiRegionBucket, Routing, VetoAlarm } from 'cdk-s3-failover';

const app = new App();
const stack = new Stack(app, 'Media', { env: { region: 'eu-central-1' } });

const order = ['us-east-1', 'us-west-2', 'eu-west-1'];
const media = new MultiRegionBucket(stack, 'Media', { regions: order, bucketNamePrefix: 'my-media', routing: Routing.failoverOrder(order) });
new FailoverSwitch(stack, 'Switch', { bucket: media });

const controller = new FailoverController(stack, 'Controller', {
  bucket: media,
  controlRegions: ['us-east-2', 'us-west-2', 'us-east-1'],
  unhealthyFor: Duration.minutes(2),
  notifications: { emailAddresses: ['on-call@example.com'] },
  // While the database of the standby Region is not ready, traffic stays where it is.
  vetoAlarms: [VetoAlarm.fromName('us-west-2', 'database-not-ready')],
});

new CfnOutput(stack, 'AccessPoint', { value: media.arn });
new CfnOutput(stack, 'Topic', { value: controller.topicArn('us-east-2') });
