import { App, Stack } from 'aws-cdk-lib';
import { FailoverSwitch, MultiRegionBucket, Routing } from '../lib';

const app = new App();
// A switch by deployment needs the home Region to be alive: `--context homeRegion=eu-central-1` puts it where no bucket is.
const stack = new Stack(app, 'Media', { env: { region: app.node.tryGetContext('homeRegion') ?? 'us-east-1' } });

const media = new MultiRegionBucket(stack, 'Media', {
  regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
  routing: Routing.failoverOrder(['us-east-1', 'us-west-2', 'eu-west-1']),
  bucketNamePrefix: 'media',
});
new FailoverSwitch(stack, 'Switch', { bucket: media });
