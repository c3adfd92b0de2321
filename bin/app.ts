import { App, Duration, Stack } from 'aws-cdk-lib';
import { FailoverController, FailoverSwitch, MultiRegionBucket, Routing } from '../lib';

const app = new App();
// A switch by deployment needs the home Region to be alive: `--context homeRegion=eu-central-1` puts it where no bucket is.
const stack = new Stack(app, 'Media', { env: { region: app.node.tryGetContext('homeRegion') ?? 'us-east-1' } });

const media = new MultiRegionBucket(stack, 'Media', {
  regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
  routing: Routing.failoverOrder(['us-east-1', 'us-west-2', 'eu-west-1']),
  bucketNamePrefix: 'media',
});
new FailoverSwitch(stack, 'Switch', { bucket: media });

// `--context controller=yes`: nobody needs to switch, with the shortest settings that there are.
if (app.node.tryGetContext('controller') !== undefined) {
  new FailoverController(stack, 'Controller', {
    bucket: media,
    controlRegions: ['us-west-2', 'us-east-2', 'us-east-1'],
    interval: Duration.seconds(2),
    probeTimeout: Duration.seconds(1),
    unhealthyFor: Duration.seconds(7),
  });
}
