import { App, Duration, Stack } from 'aws-cdk-lib';
import { Failback, FailoverController, FailoverSwitch, MultiRegionBucket, Routing, VetoAlarm } from '../../lib';

/** The Regions that hold a bucket in every account, 17: as many as an access point spans. */
export const REGIONS = [
  'us-east-1', 'us-west-2', 'eu-west-1', 'us-east-2', 'us-west-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3',
  'ap-southeast-1', 'ap-southeast-2', 'ca-central-1', 'eu-central-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1',
];

/** The example app over so many Regions. */
export function exampleApp(count: number, outdir?: string): App {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Media', { env: { region: REGIONS[0] } });
  const media = new MultiRegionBucket(stack, 'Media', { regions: REGIONS.slice(0, count), bucketNamePrefix: 'media' });
  new FailoverSwitch(stack, 'Switch', { bucket: media });
  return app;
}

/** The same with automatic failover, everything of it that is off by default turned on. */
export function controlledApp(count: number, outdir?: string): App {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Media', { env: { region: REGIONS[0] } });
  const regions = REGIONS.slice(0, count);
  const media = new MultiRegionBucket(stack, 'Media', { regions, bucketNamePrefix: 'media', routing: Routing.failoverOrder(regions), requestMetrics: true });
  new FailoverSwitch(stack, 'Switch', { bucket: media });
  new FailoverController(stack, 'Controller', {
    bucket: media,
    controlRegions: CONTROL_REGIONS,
    reservedConcurrency: 3,
    notifications: { emailAddresses: ['night@example.com'] },
    vetoAlarms: [VetoAlarm.fromName(REGIONS[0], 'database-behind')],
    failback: Failback.automatic({ drainedFor: Duration.minutes(30) }),
  });
  return app;
}

export const CONTROL_REGIONS = ['us-east-2', 'us-west-2', 'us-east-1'];
