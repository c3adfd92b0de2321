// The example as a user of the library writes it.
import { App, Stack } from 'aws-cdk-lib';
import { FailoverSwitch, MultiRegionBucket } from 'cdk-s3-failover';
import { regionsOfCommandLine } from './regions';

const regions = regionsOfCommandLine();
const app = new App();
const stack = new Stack(app, 'Media', { env: { region: regions[0] } });
const media = new MultiRegionBucket(stack, 'Media', { regions, bucketNamePrefix: 'media' });
new FailoverSwitch(stack, 'Switch', { bucket: media });
app.synth();
