// A service in another Region and stack that uses the bucket: it reads plain parameters of its own Region, no export.
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { MultiRegionBucket } from 'cdk-s3-failover';

const app = new App();
const stack = new Stack(app, 'Thumbnails', { env: { region: 'eu-west-1' } });

const media = MultiRegionBucket.fromManifest(stack, 'Media', {
  manifestParameterName: '/s3-failover/my-media',
  regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
  bucketNamePrefix: 'my-media',
});
const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
media.grantRead(role);

new CfnOutput(stack, 'Endpoint', { value: media.domainName });
