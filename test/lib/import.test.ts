import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { MultiRegionBucket, type MultiRegionBucketAttributes } from '../../lib';
import { arnOf, homeStack, mediaBucket, only, REGIONS, synth, template } from './support';

const ATTRIBUTES: MultiRegionBucketAttributes = { manifestParameterName: '/s3-failover/media', regions: REGIONS, bucketNamePrefix: 'media' };

function consumer(region?: string, app = new App()): Stack {
  return new Stack(app, 'Consumer', { env: { region } });
}

test('a stack in another Region reads the plain parameters of its own Region', () => {
  const app = new App();
  const media = mediaBucket(homeStack({}, app));
  const stack = consumer('us-west-2', app);
  const imported = MultiRegionBucket.fromManifest(stack, 'Media', {
    manifestParameterName: media.manifestParameterName, regions: media.regions, bucketNamePrefix: media.bucketNamePrefix,
  });
  imported.grantRead(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  new CfnOutput(stack, 'Alias', { value: imported.alias });

  synth(app);
  const made = template(app, 'Consumer');
  const parameters = Object.entries(made.toJSON().Parameters as { [id: string]: { Type: string; Default: string } }).filter(([, { Default }]) => Default.startsWith('/s3-failover'));
  expect(parameters.map(([, { Type, Default }]) => [Type, Default])).toEqual([
    ['AWS::SSM::Parameter::Value<String>', '/s3-failover/media/arn'],
    ['AWS::SSM::Parameter::Value<String>', '/s3-failover/media/alias'],
  ]);
  const [arn] = parameters[0];
  expect(only(made, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement[0].Resource).toEqual([
    { Ref: arn },
    ...REGIONS.map((region) => arnOf('media', region)),
    { 'Fn::Join': ['', [{ Ref: arn }, '/object/*']] },
    ...REGIONS.map((region) => arnOf('media', region, '/*')),
  ]);
});

test('it names what the bucket that was made names', () => {
  const made = mediaBucket(homeStack());
  const imported = MultiRegionBucket.fromManifest(consumer('us-east-1'), 'Media', ATTRIBUTES);

  expect(imported.manifestParameterName).toBe(made.manifestParameterName);
  expect(imported.regions).toEqual(made.regions);
  const shape = (bucket: typeof imported) => Stack.of(bucket).resolve(bucket.metricReplicationLatency('us-east-1', 'eu-west-1').toMetricConfig().metricStat);
  expect(shape(imported)).toEqual(shape(made));
});

test('names of the global namespace can be imported', () => {
  const imported = MultiRegionBucket.fromManifest(consumer('us-east-1'), 'Media', { ...ATTRIBUTES, bucketNamespace: s3.BucketNamespace.GLOBAL });

  const { dimensions } = imported.metricAllRequests('us-west-2').toMetricConfig().metricStat!;
  expect(Stack.of(imported).resolve(dimensions)).toContainEqual({ name: 'BucketName', value: { 'Fn::Sub': 'media-${AWS::AccountId}-us-west-2' } });
});

test('what nobody asks for is not read', () => {
  const stack = consumer('us-west-2');
  MultiRegionBucket.fromManifest(stack, 'Media', ATTRIBUTES);

  expect(template(stack, 'Consumer').toJSON().Parameters).toEqual({ BootstrapVersion: expect.anything() });
});

test('a stack whose Region is not known may import', () => {
  const imported = MultiRegionBucket.fromManifest(consumer(), 'Media', ATTRIBUTES);

  expect(Stack.of(imported).resolve(imported.domainName)['Fn::Join'][1][1]).toBe('.accesspoint.s3-global.amazonaws.com');
});

test.each([
  ['the stack\'s Region holds no copy of the manifest', 'sa-east-1', {}, /'env\.region' of the stack must be one that holds a copy of the manifest, got 'sa-east-1'; choose from \["us-east-1", "us-west-2", "eu-west-1"\]/],
  ['there is one Region only', 'us-east-1', { regions: ['us-east-1'] }, /'regions' needs at least 2 different Regions, got \["us-east-1"\]/],
  ['the prefix is not valid', 'us-east-1', { bucketNamePrefix: 'Media' }, /'bucketNamePrefix' must be lower-case letters/],
])('fails when %s', (_, region, attributes, message) => {
  expect(() => MultiRegionBucket.fromManifest(consumer(region), 'Media', { ...ATTRIBUTES, ...attributes })).toThrow(message);
});
