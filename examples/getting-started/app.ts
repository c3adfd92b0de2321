// A bucket in three Regions behind one endpoint, and a stack parameter that switches the active one.
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { FailoverSwitch, MultiRegionBucket } from 'cdk-s3-failover';

const app = new App();
const stack = new Stack(app, 'Media', { env: { region: 'us-east-1' } });

const media = new MultiRegionBucket(stack, 'Media', {
  regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
  bucketNamePrefix: 'my-media',
});
new FailoverSwitch(stack, 'Switch', { bucket: media });

new CfnOutput(stack, 'AccessPoint', { value: media.arn });
