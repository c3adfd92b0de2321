import { App, Aws, CfnElement, Stack, Stage, type StackProps } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { MultiRegionBucket, type MultiRegionBucketProps, Routing } from '../../lib';
import { ALL_17, homeStack, mediaBucket, synth } from './support';

function refused(props: Partial<MultiRegionBucketProps>, message: RegExp, stackProps: StackProps = {}): void {
  const stack = homeStack(stackProps);
  expect(() => mediaBucket(stack, props)).toThrow(message);
  expect(stack.node.findAll().filter((child) => CfnElement.isCfnElement(child) || (Stack.isStack(child) && child !== stack))).toEqual([]);
}

describe('Regions', () => {
  test.each<[string, string[], RegExp]>([
    ['there is no Region', [], /Media\/Bucket: 'regions' needs at least 2 different Regions, got \[\]; add the Region that should hold the second copy/],
    ['there is one Region', ['eu-west-1'], /'regions' needs at least 2 different Regions, got \["eu-west-1"\]/],
    ['the same Region is there twice and alone', ['eu-west-1', 'eu-west-1'], /'regions' needs at least 2 different Regions/],
    ['a Region appears twice', ['eu-west-1', 'us-east-1', 'eu-west-1'], /'regions' may name a Region once, got 'eu-west-1' twice; .* remove one/],
    ['there are 18 Regions', [...ALL_17, 'eu-south-1'], /'regions' may name 17 Regions, .*, got 18; remove 1/],
    ['a Region cannot hold a member', ['us-east-1', 'mx-central-1'], /'regions' may not name 'mx-central-1', where no bucket can belong to a Multi-Region Access Point; choose from \["af-south-1", /],
    ['a Region does not exist', ['us-east-1', 'us-east-9'], /'regions' may not name 'us-east-9'/],
    ['a Region of another partition is named', ['us-east-1', 'us-gov-west-1'], /'regions' may not name 'us-gov-west-1'/],
    ['a Region is a token', ['us-east-1', Aws.REGION], /'regions' must be plain strings, got a token; .* write them out/],
  ])('fails when %s', (_, regions, message) => refused({ regions }, message));

  test('fails when the home Region is not known', () => refused({}, /'env\.region' of the stack must be known at synthesis, got a token; set it, as in env: \{ region: 'us-east-1' \}/, { env: {} }));

  test.each(['mx-central-1', 'ap-southeast-7', 'cn-north-1', 'us-gov-west-1'])('fails when the home Region %s cannot deploy an access point', (region) =>
    refused({}, /'env\.region' of the stack must be a Region where CloudFormation knows Multi-Region Access Points, got '.*'; choose from/, { env: { region } }));

  test.each<[string, Partial<MultiRegionBucketProps>, RegExp]>([
    ['routing names an unknown Region', { routing: Routing.activePassive('sa-east-1') }, /'routing' may not name 'sa-east-1'/],
    ['routing names a Region that is not behind the access point', { accessPointRegions: ['us-east-1', 'us-west-2'], routing: Routing.activePassive('eu-west-1') }, /'routing' may not name 'eu-west-1', which is not one of the access point's Regions/],
    ['accessPointRegions names an unknown Region', { accessPointRegions: ['us-east-1', 'sa-east-1'] }, /'accessPointRegions' may not name 'sa-east-1', which is not one of 'regions'; choose from \["us-east-1", "us-west-2", "eu-west-1"\]/],
    ['accessPointRegions has one Region', { accessPointRegions: ['us-east-1'] }, /'accessPointRegions' needs at least 2 different Regions/],
    ['accessPointRegions is a token', { accessPointRegions: ['us-east-1', Aws.REGION] }, /'accessPointRegions' must be plain strings, got a token/],
  ])('fails when %s', (_, props, message) => refused(props, message));

  test('fails when bucket() is asked for an unknown Region', () => {
    expect(() => mediaBucket(homeStack()).bucket('sa-east-1')).toThrow(/'region' must be one of the bucket's Regions, got 'sa-east-1'; choose from \["us-east-1", "us-west-2", "eu-west-1"\]/);
  });
});

describe('names', () => {
  test.each<[string, Partial<MultiRegionBucketProps>, RegExp]>([
    ['a bucket name would be longer than 63', { bucketNamePrefix: 'x'.repeat(38) }, /'bucketNamePrefix' may have 37 characters in these Regions, .* 63 at most .*, got 38 \('x{38}'\); shorten it/],
    ['a longer Region leaves less room', { bucketNamePrefix: 'x'.repeat(33), regions: ['us-east-1', 'ap-southeast-2'] }, /'bucketNamePrefix' may have 32 characters in these Regions/],
    ['the prefix has capitals', { bucketNamePrefix: 'Media' }, /'bucketNamePrefix' must be lower-case letters, digits and hyphens, .*, got 'Media'; choose a name such as 'media'/],
    ['the prefix has a dot', { bucketNamePrefix: 'my.media' }, /'bucketNamePrefix' must be lower-case letters/],
    ['the prefix begins with a digit', { bucketNamePrefix: '1media' }, /begin with a letter/],
    ['the prefix ends with a hyphen', { bucketNamePrefix: 'media-' }, /not end with a hyphen, got 'media-'/],
    ['the prefix is empty', { bucketNamePrefix: '' }, /'bucketNamePrefix' must be lower-case letters/],
    ['the prefix is reserved', { bucketNamePrefix: 'sthree-media' }, /'bucketNamePrefix' may not begin with 'sthree-', which S3 keeps for itself, got 'sthree-media'/],
    ['the prefix is a token', { bucketNamePrefix: Aws.STACK_NAME }, /'bucketNamePrefix' must be a plain string, got a token/],
    ['a Region lacks the account\'s namespace', { regions: ['us-east-1', 'me-south-1'] }, /'bucketNamespace' must be GLOBAL with 'me-south-1', .*, got ACCOUNT_REGIONAL; set bucketNamespace: s3\.BucketNamespace\.GLOBAL/],
  ])('fails when %s', (_, props, message) => refused(props, message));

  test('the longest prefix fits', () => {
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } });
    mediaBucket(stack, { bucketNamePrefix: 'x'.repeat(37) });

    expect(() => synth(stack)).not.toThrow();
  });

  test('a Region without the account\'s namespace is fine in the global one', () => {
    const stack = homeStack();
    mediaBucket(stack, { regions: ['us-east-1', 'me-south-1'], bucketNamespace: s3.BucketNamespace.GLOBAL });

    expect(() => synth(stack)).not.toThrow();
  });

  test.each(['a-very-long-identifier-of-a-construct-that-fills-the-name', '123', 'ÄÖÜ', 'With Spaces & Signs'])('a prefix that follows from the id %s is valid', (id) => {
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } }, new Stage(new App(), 'Production'));
    const { bucketNamePrefix } = new MultiRegionBucket(stack, id, { regions: ['us-east-1', 'ap-southeast-2'] });

    expect(bucketNamePrefix).toMatch(/^[a-z][a-z0-9-]*-[0-9a-f]{8}$/);
    expect(bucketNamePrefix.length).toBeLessThanOrEqual(32);
  });

  test('fails when a name is used twice in the app', () => {
    const app = new App();
    mediaBucket(homeStack({}, app));
    const other = new Stack(app, 'Other', { env: { region: 'eu-west-1' } });

    expect(() => mediaBucket(other)).toThrow(/Other\/Bucket: 'bucketNamePrefix' must differ between the buckets of an account, got 'media' as 'Media\/Bucket' has; give one of them another prefix/);
    expect(other.node.findAll().filter((child) => CfnElement.isCfnElement(child))).toEqual([]);
  });

  test('another app may use the same name', () => {
    mediaBucket(homeStack());

    expect(() => mediaBucket(homeStack())).not.toThrow();
  });
});

describe('regional stacks', () => {
  const inHome = (other: (app: App) => Stack, message: RegExp, region = 'us-west-2', home: StackProps = {}) => {
    const app = new App();
    const stack = homeStack(home, app);
    const regional = other(app);
    expect(() => mediaBucket(stack, { regionalStacks: { [region]: regional } })).toThrow(message);
    expect(app.node.findAll().filter((child) => CfnElement.isCfnElement(child))).toEqual([]);
  };

  test('fails when one is given for an unknown Region', () =>
    inHome((app) => new Stack(app, 'Other', { env: { region: 'sa-east-1' } }), /'regionalStacks\.sa-east-1' may not be given, as 'sa-east-1' is not one of 'regions'; choose from/, 'sa-east-1'));

  test('fails when one lies in another Region', () =>
    inHome((app) => new Stack(app, 'Other', { env: { region: 'eu-west-1' } }), /'regionalStacks\.us-west-2' must be a stack in 'us-west-2', got 'Other' in 'eu-west-1'; set its 'env\.region'/));

  test('fails when the Region of one is not known', () =>
    inHome((app) => new Stack(app, 'Other'), /'regionalStacks\.us-west-2' must be a stack in 'us-west-2', got 'Other' in a token/));

  test.each<[string, StackProps['env'], StackProps['env']]>([
    ['another account', { region: 'us-east-1', account: '111122223333' }, { region: 'us-west-2', account: '444455556666' }],
    ['an account that is not known', { region: 'us-east-1', account: '111122223333' }, { region: 'us-west-2' }],
    ['a known account, and the home stack does not', { region: 'us-east-1' }, { region: 'us-west-2', account: '111122223333' }],
  ])('fails when one lies in %s', (_, home, other) =>
    inHome((app) => new Stack(app, 'Other', { env: other }), /'regionalStacks\.us-west-2' must be a stack in .*account.*, as 'Media' is, got 'Other' in .*; give both the same 'env\.account'/, 'us-west-2', { env: home }));

  test('fails when one lies in another Stage', () =>
    inHome((app) => new Stack(new Stage(app, 'Stage'), 'Other', { env: { region: 'us-west-2' } }), /'regionalStacks\.us-west-2' must be a stack in the Stage of 'Media', got 'Stage\/Other'; make it in that Stage/));
});

describe('other settings', () => {
  test.each<[string, Partial<MultiRegionBucketProps>, RegExp]>([
    ['time control is on without metrics', { replication: { timeControl: true, metrics: false } }, /'replication\.metrics' must be on with 'timeControl'/],
    ['the key prefix is too long', { replication: { prefix: 'x'.repeat(1025) } }, /'replication\.prefix' may have 1024 bytes/],
    ['the digest is not one', { acknowledgeReplacement: 'yes' }, /'acknowledgeReplacement' must be the digest of 16 hexadecimal digits/],
  ])('fails when %s', (_, props, message) => refused(props, message));

  test.each([
    ['encryptionKey', 'KMS keys are'],
    ['encryption', 'KMS keys are'],
    ['objectLockEnabled', 'Object Lock is'],
    ['account', 'buckets of other accounts are'],
    ['accessPointPolicy', 'access point policies are'],
    ['vpcEndpoints', 'VPC endpoints are'],
    ['buckets', 'adopting buckets is'],
  ])('fails when %s is set, which is not there yet', (property, what) =>
    refused({ [property]: {} } as Partial<MultiRegionBucketProps>, new RegExp(`'${property}' cannot be set, as ${what} not there yet; leave it out`)));
});
