import { App, Stack } from 'aws-cdk-lib';
import { FailoverSwitch, MultiRegionBucket, Routing } from '../lib';

const app = new App();
const stack = new Stack(app, 'Media', { env: { region: 'us-east-1' } });

const media = new MultiRegionBucket(stack, 'Media', {
  regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
  routing: Routing.failoverOrder(['us-east-1', 'us-west-2', 'eu-west-1']),
  bucketNamePrefix: 'media',
});
new FailoverSwitch(stack, 'Switch', { bucket: media });
