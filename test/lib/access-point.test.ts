import { App, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { MultiRegionAccessPoint, type MultiRegionAccessPointProps } from '../../lib';
import { ALL_17, homeStack, logicalId, mediaBucket, only, resources, synth, template } from './support';

const imported = (stack: Stack, regions = ['us-east-1', 'us-west-2']): { [region: string]: s3.IBucket } =>
  Object.fromEntries(regions.map((region) => [region, s3.Bucket.fromBucketName(stack, `From-${region}`, `mine-${region}`)]));

function accessPoint(stack: Stack, props: Partial<MultiRegionAccessPointProps> = {}, id = 'Point'): MultiRegionAccessPoint {
  return new MultiRegionAccessPoint(stack, id, { buckets: props.buckets ?? imported(stack), ...props });
}

describe('alone over buckets of others', () => {
  const stack = homeStack();
  const point = accessPoint(stack, { manifestParameterName: '/team/point' });
  const home = template(stack);

  test('it spans them, blocks public access, has no name, and outlives its replacement', () => {
    home.hasResource('AWS::S3::MultiRegionAccessPoint', {
      Properties: {
        Name: Match.absent(),
        Regions: [{ Bucket: 'mine-us-east-1' }, { Bucket: 'mine-us-west-2' }],
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'Delete',
    });
  });

  test('a guard runs before it, with what is wanted as literals', () => {
    expect(only(home, 'Custom::S3FailoverAccessPointGuard').Properties).toMatchObject({
      ManifestParameterName: '/team/point',
      ManifestRegions: ['us-east-1', 'us-west-2'],
      Buckets: { 'us-east-1': 'mine-us-east-1', 'us-west-2': 'mine-us-west-2' },
      PublicAccessBlock: { BlockPublicAcls: 'true', BlockPublicPolicy: 'true', IgnorePublicAcls: 'true', RestrictPublicBuckets: 'true' },
    });
    expect(only(home, 'Custom::S3FailoverAccessPointGuard').Properties).not.toHaveProperty('AcknowledgeReplacement');
    expect(only(home, 'AWS::S3::MultiRegionAccessPoint').DependsOn).toEqual([logicalId(home, 'Custom::S3FailoverAccessPointGuard')]);
  });

  test('without routes, its manifest says that every Region is active', () => {
    const id = logicalId(home, 'AWS::S3::MultiRegionAccessPoint');
    expect(only(home, 'Custom::S3FailoverManifest').Properties).toMatchObject({
      ManifestParameterName: '/team/point',
      Regions: ['us-east-1', 'us-west-2'],
      Account: { Ref: 'AWS::AccountId' },
      Partition: { Ref: 'AWS::Partition' },
      HomeRegion: 'us-east-1',
      BucketNamePrefix: '',
      AccessPointAlias: { 'Fn::GetAtt': [id, 'Alias'] },
      AccessPointName: { Ref: id },
      RoutingMode: 'latency',
      RoutingRegions: ['us-east-1', 'us-west-2'],
    });
  });

  test('the function may read, write and remove its three parameters, and nothing else of Parameter Store', () => {
    const statements = Object.values(resources(home, 'AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const name = (suffix: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:ssm:*:\${AWS::AccountId}:parameter/team/point${suffix}` });
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('ssm:'))).toEqual([
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: name('') },
      { Effect: 'Allow', Action: ['ssm:PutParameter', 'ssm:DeleteParameter'], Resource: [name(''), name('/arn'), name('/alias')] },
    ]);
  });

  test('it tells its Regions, name and endpoint', () => {
    expect(point.regions).toEqual(['us-east-1', 'us-west-2']);
    expect(stack.resolve(point.name)).toEqual({ Ref: logicalId(home, 'AWS::S3::MultiRegionAccessPoint') });
    expect(stack.resolve(point.alias)).toEqual({ 'Fn::GetAtt': [logicalId(home, 'AWS::S3::MultiRegionAccessPoint'), 'Alias'] });
  });
});

test('the default name of the manifest follows from the path', () => {
  const stack = homeStack();

  expect(accessPoint(stack).manifestParameterName).toMatch(/^\/s3-failover\/media-point-[0-9a-f]{8}$/);
});

test('a renamed access point with a manifest name keeps its logical ids', () => {
  const ids = (id: string) => {
    const stack = homeStack();
    accessPoint(stack, { manifestParameterName: '/team/point' }, id);
    return Object.keys(template(stack).toJSON().Resources);
  };

  expect(ids('A')).toEqual(ids('B'));
});

test('buckets of the same stack without names of their own are waited for', () => {
  const stack = homeStack();
  const bucket = new s3.Bucket(stack, 'East', { versioned: true });
  accessPoint(stack, { buckets: { ...imported(stack), 'us-east-1': bucket } });

  const home = template(stack);
  expect(only(home, 'AWS::S3::MultiRegionAccessPoint').Properties.Regions[0]).toEqual({ Bucket: { Ref: logicalId(home, 'AWS::S3::Bucket') } });
  expect(only(home, 'AWS::S3::MultiRegionAccessPoint').DependsOn).toContain(logicalId(home, 'AWS::S3::Bucket'));
});

test('other data Regions are in the manifest and not behind the access point', () => {
  const stack = homeStack();
  accessPoint(stack, { otherBuckets: { 'eu-west-1': s3.Bucket.fromBucketName(stack, 'EU', 'mine-eu-west-1') } });

  const home = template(stack);
  expect(only(home, 'Custom::S3FailoverManifest').Properties).toMatchObject({
    Regions: ['eu-west-1', 'us-east-1', 'us-west-2'],
    Buckets: { 'eu-west-1': 'mine-eu-west-1', 'us-east-1': 'mine-us-east-1', 'us-west-2': 'mine-us-west-2' },
    AccessPointBuckets: { 'us-east-1': 'mine-us-east-1', 'us-west-2': 'mine-us-west-2' },
  });
  expect(only(home, 'AWS::S3::MultiRegionAccessPoint').Properties.Regions).toHaveLength(2);
});

test('a public access setting that is not given is off', () => {
  const stack = homeStack();
  accessPoint(stack, { publicAccess: new s3.BlockPublicAccess({ blockPublicAcls: true }) });

  expect(only(template(stack), 'AWS::S3::MultiRegionAccessPoint').Properties.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true, BlockPublicPolicy: false, IgnorePublicAcls: false, RestrictPublicBuckets: false,
  });
});

test('requests without TLS are refused by the policies of the buckets, when asked for', () => {
  const app = new App();
  const stack = homeStack({}, app);
  const west = new s3.Bucket(new Stack(app, 'West', { env: { region: 'us-west-2' } }), 'Bucket', { bucketName: 'mine-west', versioned: true });
  const east = new s3.Bucket(stack, 'East', { versioned: true });
  accessPoint(stack, { buckets: { 'us-east-1': east, 'us-west-2': west }, enforceSSL: true });

  for (const name of ['Media', 'West']) {
    template(stack, name).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
  }
});

test('works in a nested stack', () => {
  const stack = homeStack();
  accessPoint(new NestedStack(stack, 'Nested') as unknown as Stack);

  expect(() => synth(stack)).not.toThrow();
});

test('17 Regions fit', () => {
  const stack = homeStack();
  accessPoint(stack, { buckets: imported(stack, ALL_17) });

  expect(only(template(stack), 'AWS::S3::MultiRegionAccessPoint').Properties.Regions).toHaveLength(17);
});

test('two access points of one name may lie in different accounts', () => {
  const app = new App();
  for (const account of ['111122223333', '444455556666']) {
    const stage = new Stage(app, `Stage-${account}`, { env: { region: 'us-east-1', account } });
    accessPoint(new Stack(stage, 'Media'), { manifestParameterName: '/team/point' });
  }

  expect(() => synth(app)).not.toThrow();
});

describe('refusals', () => {
  const nothingMade = (stack: Stack) => expect(stack.node.findAll().filter((child) => CfnResource.isCfnResource(child))).toEqual([]);

  test.each<[string, Partial<MultiRegionAccessPointProps>, RegExp]>([
    ['the digest is not one', { acknowledgeReplacement: 'yes' }, /'acknowledgeReplacement' must be the digest of 16 hexadecimal digits that the refused deployment printed, got 'yes'; copy it from the failure reason/],
    ['the manifest\'s name is no path', { manifestParameterName: 'media' }, /'manifestParameterName' must be a path of 1 to 14 levels, .*, got 'media'; choose a name such as '\/s3-failover\/media'/],
    ['the manifest\'s name is too long', { manifestParameterName: `/${'x'.repeat(900)}` }, /'manifestParameterName' must be a path of .* 900 characters/],
    ['the manifest\'s name has too many levels', { manifestParameterName: '/x'.repeat(15) }, /'manifestParameterName' must be a path of 1 to 14 levels/],
    ['the manifest\'s name belongs to AWS', { manifestParameterName: '/aws/media' }, /'manifestParameterName' may not begin with '\/aws', which SSM keeps for itself/],
    ['the policy of an imported bucket could not be added to', { enforceSSL: true }, /'enforceSSL' must be off with 'buckets\.us-east-1', whose policy cannot be added to, .*; leave 'enforceSSL' out/],
  ])('fails when %s', (_, props, message) => {
    const stack = homeStack();

    expect(() => accessPoint(stack, props)).toThrow(message);
    nothingMade(stack);
  });

  test('fails when a Region is in both maps', () => {
    const stack = homeStack();

    expect(() => accessPoint(stack, { otherBuckets: { 'us-west-2': s3.Bucket.fromBucketName(stack, 'Other', 'other') } })).toThrow(/'otherBuckets' may not name 'us-west-2', which is in 'buckets'/);
  });

  test('fails when there is one bucket only', () => {
    const stack = homeStack();

    expect(() => accessPoint(stack, { buckets: imported(stack, ['us-east-1']) })).toThrow(/'buckets' needs at least 2 different Regions/);
  });

  test('fails when two access points share a manifest name', () => {
    const stack = homeStack();
    accessPoint(stack, { manifestParameterName: '/team/point' }, 'A');

    expect(() => accessPoint(stack, { buckets: stack.node.tryFindChild('A') && { 'us-east-1': s3.Bucket.fromBucketName(stack, 'B1', 'bucket-1'), 'us-west-2': s3.Bucket.fromBucketName(stack, 'B2', 'bucket-2') }, manifestParameterName: '/team/point' }, 'B'))
      .toThrow(/Media\/B: 'manifestParameterName' must differ between access points, got '\/team\/point' as 'Media\/A' has/);
  });

  test('fails when the manifest name is that of a MultiRegionBucket', () => {
    const stack = homeStack();
    const media = mediaBucket(stack);

    expect(() => accessPoint(stack, { manifestParameterName: media.manifestParameterName })).toThrow(/must differ between access points/);
  });

  test('fails when the home Region is not known', () => {
    const stack = homeStack({ env: {} });

    expect(() => accessPoint(stack)).toThrow(/'env\.region' of the stack must be known at synthesis, got a token; set it/);
  });
});
