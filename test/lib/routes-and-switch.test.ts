import { App, CfnOutput, CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  AccessPointRoutes, type AccessPointRoutesProps, FailoverSwitch, type FailoverSwitchProps, MultiRegionAccessPoint, MultiRegionBucket, OnRedeploy, Routing, WhenLagging,
} from '../../lib';
import { ALL_17, homeStack, logicalId, mediaBucket, only, REGIONS, resources, template } from './support';

function accessPoint(stack: Stack, id = 'Point'): MultiRegionAccessPoint {
  const buckets = Object.fromEntries(['us-east-1', 'us-west-2'].map((region) => [region, s3.Bucket.fromBucketName(stack, `${id}-${region}`, `mine-${region}`)]));
  return new MultiRegionAccessPoint(stack, id, { buckets });
}

function routes(stack: Stack, props: Partial<AccessPointRoutesProps> = {}, id = 'Routes'): AccessPointRoutes {
  return new AccessPointRoutes(stack, id, { accessPoint: props.accessPoint ?? accessPoint(stack), ...props });
}

const routesOf = (stack: Stack) => only(template(stack), 'Custom::S3FailoverRoutes').Properties;
/** Statements of the policies that let the function look at the lag. */
const lagPolicies = (stack: Stack) =>
  Object.values(resources(template(stack), 'AWS::IAM::ManagedPolicy')).map(({ Properties }) => Properties.PolicyDocument.Statement);
const manifestOf = (stack: Stack) => only(template(stack), 'Custom::S3FailoverManifest').Properties;

describe('routing', () => {
  test.each<[string, Routing | undefined, string[], string, string[]]>([
    ['every Region by default', undefined, ['us-east-1', 'us-west-2'], 'latency', ['us-east-1', 'us-west-2']],
    ['every Region by latency', Routing.latency(), ['us-east-1', 'us-west-2'], 'latency', ['us-east-1', 'us-west-2']],
    ['one of two', Routing.activePassive('us-west-2'), ['us-west-2'], 'active-passive', ['us-west-2']],
    ['the first of an order', Routing.failoverOrder(['us-west-2', 'us-east-1']), ['us-west-2'], 'failover-order', ['us-west-2', 'us-east-1']],
  ])('%s is active, and the manifest says how', (_, routing, active, mode, order) => {
    const stack = homeStack();
    routes(stack, { routing });

    expect(routesOf(stack)).toMatchObject({ ActiveRegions: active, OnRedeploy: 'PRESERVE', Buckets: { 'us-east-1': 'mine-us-east-1', 'us-west-2': 'mine-us-west-2' } });
    expect(manifestOf(stack)).toMatchObject({ RoutingMode: mode, RoutingRegions: order });
  });

  test('a later change of a list does not change the routing that was made of it', () => {
    const order = ['us-west-2', 'us-east-1'];
    const routing = Routing.failoverOrder(order);
    order.reverse();
    const stack = homeStack();
    routes(stack, { routing });

    expect(routesOf(stack).ActiveRegions).toEqual(['us-west-2']);
  });

  test.each<[string, Routing, RegExp]>([
    ['it names a Region that is no member', Routing.activePassive('eu-west-1'), /'routing' may not name 'eu-west-1', which is not one of the access point's Regions, got \["eu-west-1"\]; choose from \["us-east-1", "us-west-2"\]/],
    ['an order names a Region that is no member', Routing.failoverOrder(['us-east-1', 'eu-west-1']), /'routing' may not name 'eu-west-1'/],
    ['an order names a Region twice', Routing.failoverOrder(['us-east-1', 'us-west-2', 'us-east-1']), /'routing' may name a Region once, got .*; remove the second 'us-east-1'/],
    ['an order has one Region', Routing.failoverOrder(['us-east-1']), /'routing' as a failover order needs at least 2 Regions, got \["us-east-1"\]; .*Routing\.activePassive\(\)/],
    ['an order has no Region', Routing.failoverOrder([]), /'routing' as a failover order needs at least 2 Regions/],
    ['it is a token', Routing.activePassive(new CfnParameter(new Stack(), 'P').valueAsString), /'routing' must name Regions as plain strings, got a token/],
  ])('fails when %s', (_, routing, message) => {
    const stack = homeStack();

    expect(() => routes(stack, { routing })).toThrow(message);
    expect(resources(template(stack), 'Custom::S3FailoverRoutes')).toEqual({});
  });
});

describe('routes', () => {
  test('the function may read and submit the routes of this access point, and read those of the one that it replaces', () => {
    const stack = homeStack();
    mediaBucket(stack);

    const home = template(stack);
    const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3::', { Ref: 'AWS::AccountId' }, ':accesspoint/', { 'Fn::GetAtt': [logicalId(home, 'AWS::S3::MultiRegionAccessPoint'), 'Alias'] }]] };
    const statements = Object.values(resources(home, 'AWS::IAM::Policy')).map(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(statements).toContainEqual([
      { Effect: 'Allow', Action: 's3:GetMultiRegionAccessPointRoutes', Resource: [arn, { 'Fn::GetAtt': [logicalId(home, 'Custom::S3FailoverAccessPointGuard'), 'LiveAccessPointArn'] }] },
      { Effect: 'Allow', Action: 's3:SubmitMultiRegionAccessPointRoutes', Resource: arn },
    ]);
  });

  test('preserving needs no call at an unchanged deployment', () => {
    const stack = homeStack();
    routes(stack);

    expect(routesOf(stack)).not.toHaveProperty('SynthesisId');
  });

  test.each([OnRedeploy.ENFORCE, OnRedeploy.FAIL_ON_DRIFT])('%s calls the function at every deployment', (onRedeploy) => {
    const synthesisId = () => {
      const stack = homeStack();
      routes(stack, { onRedeploy });
      expect(routesOf(stack).OnRedeploy).toBe(onRedeploy);
      return routesOf(stack).SynthesisId;
    };
    const first = synthesisId();

    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(synthesisId()).not.toBe(first);
  });

  test('what was found at deployment can be read', () => {
    const stack = homeStack();
    const made = routes(stack);
    new CfnOutput(stack, 'Active', { value: made.activeRegions });
    new CfnOutput(stack, 'Drift', { value: made.drift });

    const home = template(stack);
    home.hasOutput('Active', { Value: { 'Fn::GetAtt': [logicalId(home, 'Custom::S3FailoverRoutes'), 'ActiveRegions'] } });
    home.hasOutput('Drift', { Value: { 'Fn::GetAtt': [logicalId(home, 'Custom::S3FailoverRoutes'), 'Drift'] } });
  });

  test('fails when an access point is routed twice', () => {
    const stack = homeStack();
    const { accessPoint: point } = mediaBucket(stack);

    expect(() => routes(stack, { accessPoint: point })).toThrow(/'accessPoint' has routes already, got 'Media\/Bucket\/AccessPoint' that 'Media\/Bucket\/Routes' routes; use those/);
  });

  test('fails when the access point is in another stack', () => {
    const app = new App();
    const { accessPoint: point } = mediaBucket(homeStack({}, app));

    expect(() => routes(new Stack(app, 'Other', { env: { region: 'us-east-1' } }), { accessPoint: point })).toThrow(/'accessPoint' must be in the same stack, got one in 'Media'; make the routes there/);
  });
});

describe('switch', () => {
  test('adds two parameters whose defaults move nothing, and hands them to the routes', () => {
    const stack = homeStack();
    const media = mediaBucket(stack);
    const made = new FailoverSwitch(stack, 'Switch', { bucket: media });

    const home = template(stack);
    home.hasParameter('ActiveRegion', { Type: 'String', Default: 'unchanged', AllowedValues: ['unchanged', ...[...REGIONS].sort()] });
    home.hasParameter('SwitchId', { Type: 'String', Default: '' });
    expect(routesOf(stack)).toMatchObject({ ActiveRegion: { Ref: 'ActiveRegion' }, SwitchId: { Ref: 'SwitchId' } });
    expect([made.parameterName, made.switchIdParameterName]).toEqual(['ActiveRegion', 'SwitchId']);
  });

  test('without one, routes know no parameters', () => {
    const stack = homeStack();
    mediaBucket(stack);

    for (const property of ['ActiveRegion', 'SwitchId', 'WhenLagging', 'ActiveRegionParameter', 'SwitchIdParameter']) expect(routesOf(stack)).not.toHaveProperty(property);
    expect(lagPolicies(stack)).toEqual([]);
  });

  describe('while the target lags', () => {
    test('refuses by default, and hands the routes the names of its parameters', () => {
      const stack = homeStack();
      const made = new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack), parameterName: 'Active', switchIdParameterName: 'Again' });

      expect(made.whenLagging).toBe(WhenLagging.REFUSE);
      expect(routesOf(stack)).toMatchObject({ WhenLagging: 'REFUSE', ActiveRegionParameter: 'Active', SwitchIdParameter: 'Again' });
    });

    test('lets the function see how far the target is behind, by markers under the reserved prefix of these buckets, and nothing else', () => {
      const stack = homeStack();
      new FailoverSwitch(stack, 'Switch', { routes: routes(stack, { routing: Routing.activePassive('us-east-1') }) });

      const bucket = (region: string, objects = '') => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::mine-${region}${objects}` });
      const both = (objects?: string) => [bucket('us-east-1', objects), bucket('us-west-2', objects)];
      expect(lagPolicies(stack)).toEqual([[
        { Effect: 'Allow', Action: 's3:GetReplicationConfiguration', Resource: both() },
        { Effect: 'Allow', Action: ['s3:PutObject', 's3:DeleteObjectVersion'], Resource: both('/*.s3-failover/marker/*') },
        { Effect: 'Allow', Action: 's3:ListBucketVersions', Resource: both(), Condition: { StringLike: { 's3:prefix': '*.s3-failover/marker/*' } } },
        { Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': ['us-east-1', 'us-west-2'] } } },
      ]]);
    });

    test('the routes wait for that permission', () => {
      const stack = homeStack();
      new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack) });

      const policies = Object.entries(resources(template(stack), 'AWS::IAM::ManagedPolicy'));
      expect(policies.map(([, { Properties }]) => Properties.Roles)).toEqual([[{ Ref: expect.stringMatching(/HandlerRole/) }]]);
      expect(only(template(stack), 'Custom::S3FailoverRoutes').DependsOn).toContain(policies[0][0]);
    });

    test('that permission fits into one managed policy, for 17 Regions and the longest names', () => {
      const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } });
      new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack, { regions: ALL_17, bucketNamePrefix: 'x'.repeat(32) }) });

      const document = JSON.stringify(only(template(stack), 'AWS::IAM::ManagedPolicy').Properties.PolicyDocument);
      expect(document.replaceAll('${AWS::Partition}', 'aws-us-gov').replace(/\{"Fn::Sub":("[^"]*")\}/g, '$1').length).toBeLessThan(6144);
    });

    test('may switch all the same, and then needs no permission', () => {
      const stack = homeStack();
      const made = new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack), whenLagging: WhenLagging.SWITCH });

      expect(made.whenLagging).toBe(WhenLagging.SWITCH);
      expect(routesOf(stack)).toMatchObject({ WhenLagging: 'SWITCH' });
      expect(lagPolicies(stack)).toEqual([]);
    });

    test('the parameter says how to override it once', () => {
      const stack = homeStack();
      new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack) });

      template(stack).hasParameter('SwitchId', { Description: Match.stringLikeRegexp("begins with 'force-' switches whatever has not been replicated") });
    });
  });

  test('offers the Regions behind the access point only', () => {
    const stack = homeStack();
    new FailoverSwitch(stack, 'Switch', { bucket: mediaBucket(stack, { accessPointRegions: ['us-east-1', 'us-west-2'] }) });

    template(stack).hasParameter('ActiveRegion', { AllowedValues: ['unchanged', 'us-east-1', 'us-west-2'] });
  });

  test('takes routes that were made alone, and other names', () => {
    const stack = homeStack();
    new FailoverSwitch(stack, 'Switch', { routes: routes(stack, { routing: Routing.activePassive('us-east-1') }), parameterName: 'Active', switchIdParameterName: 'Again' });

    expect(routesOf(stack)).toMatchObject({ ActiveRegion: { Ref: 'Active' }, SwitchId: { Ref: 'Again' } });
  });

  test('its construct may be called like a parameter', () => {
    const stack = homeStack();
    new FailoverSwitch(stack, 'ActiveRegion', { bucket: mediaBucket(stack) });

    expect(template(stack).toJSON().Parameters).toHaveProperty('ActiveRegion');
  });

  test('two switches with different names share a stack', () => {
    const stack = homeStack();
    for (const prefix of ['alpha', 'beta']) {
      const bucket = new MultiRegionBucket(stack, prefix, { regions: REGIONS, bucketNamePrefix: prefix });
      new FailoverSwitch(stack, `${prefix}-switch`, { bucket, parameterName: `${prefix}Region`, switchIdParameterName: `${prefix}Id` });
    }

    expect(Object.keys(template(stack).toJSON().Parameters)).toEqual(expect.arrayContaining(['alphaRegion', 'alphaId', 'betaRegion', 'betaId']));
  });

  describe('refusals', () => {
    const switchOver = (stack: Stack, props: Partial<FailoverSwitchProps>, id = 'Switch') => new FailoverSwitch(stack, id, props);

    test('fails when it is over Routing.latency()', () => {
      const stack = homeStack();

      expect(() => switchOver(stack, { bucket: mediaBucket(stack, { routing: Routing.latency() }) })).toThrow(/'routing' of the bucket must have one active Region to be switched, got Routing\.latency\(\); use Routing\.activePassive\(\)/);
      expect(template(stack).toJSON().Parameters).not.toHaveProperty('ActiveRegion');
    });

    test('fails when there are two over one access point', () => {
      const stack = homeStack();
      const bucket = mediaBucket(stack);
      switchOver(stack, { bucket });

      expect(() => switchOver(stack, { bucket, parameterName: 'Other', switchIdParameterName: 'OtherId' }, 'Second')).toThrow(/the access point has a switch already, got a second one beside 'Media\/Switch'; remove one/);
    });

    test.each(['parameterName', 'switchIdParameterName'])('fails when %s is used twice in a stack', (property) => {
      const stack = homeStack();
      const [a, b] = ['alpha', 'beta'].map((prefix) => new MultiRegionBucket(stack, prefix, { regions: REGIONS, bucketNamePrefix: prefix }));
      switchOver(stack, { bucket: a }, 'First');
      const others = { parameterName: 'OtherRegion', switchIdParameterName: 'OtherId', [property]: undefined };

      expect(() => switchOver(stack, { bucket: b, ...others }, 'Second')).toThrow(new RegExp(`'${property}' must be a name that the stack has not yet, got '.*' as 'Media/First' has; give this switch names of its own`));
    });

    test('fails when a parameter of the stack has the name', () => {
      const stack = homeStack();
      new CfnParameter(stack, 'ActiveRegion');

      expect(() => switchOver(stack, { bucket: mediaBucket(stack) })).toThrow(/'parameterName' must be a name that the stack has not yet, got 'ActiveRegion' as 'Media\/ActiveRegion' has/);
    });

    test('fails when it is in another stack than its routes', () => {
      const app = new App();
      const bucket = mediaBucket(homeStack({}, app));

      expect(() => switchOver(new Stack(app, 'Other', { env: { region: 'us-east-1' } }), { bucket })).toThrow(/the switch must be in the stack of its routes 'Media', got 'Other'; .* make the switch there/);
    });

    test('fails when it is in a nested stack', () => {
      const nested = new NestedStack(homeStack(), 'Nested') as unknown as Stack;

      expect(() => switchOver(nested, { bucket: mediaBucket(nested) })).toThrow(/the switch may not be in a nested stack, got 'Media\/Nested'; .* top-level stack/);
    });

    test.each<[string, (stack: Stack) => Partial<FailoverSwitchProps>, RegExp]>([
      ['neither bucket nor routes are given', () => ({}), /'bucket' or 'routes' must be given, and not both, got neither/],
      ['both bucket and routes are given', (stack) => { const bucket = mediaBucket(stack); return { bucket, routes: bucket.routes }; }, /'bucket' or 'routes' must be given, and not both, got both/],
      ['a name is not what CloudFormation takes', (stack) => ({ bucket: mediaBucket(stack), parameterName: 'Active-Region' }), /'parameterName' must be letters and digits, as CloudFormation wants, got 'Active-Region'/],
      ['both names are the same', (stack) => ({ bucket: mediaBucket(stack), switchIdParameterName: 'ActiveRegion' }), /'switchIdParameterName' must differ from 'parameterName', got 'ActiveRegion' for both/],
    ])('fails when %s', (_, props, message) => {
      const stack = homeStack();

      expect(() => switchOver(stack, props(stack))).toThrow(message);
    });

    test('fails when the bucket was imported', () => {
      const stack = homeStack();
      const bucket = MultiRegionBucket.fromManifest(stack, 'Imported', { manifestParameterName: '/s3-failover/media', regions: REGIONS, bucketNamePrefix: 'media' });

      expect(() => switchOver(stack, { bucket: bucket as MultiRegionBucket })).toThrow(/'bucket' must be one that this stack makes, got 'Media\/Imported', which was imported/);
    });
  });
});
