import { App, CfnParameter, Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { FailoverSwitch, MultiRegionAccessPoint, MultiRegionBucket, OnRedeploy, Routing } from '../../lib';
import { ALL_17, artifact, homeStack, logicalId, mediaBucket, named, only, REGIONS, resources, synth, template } from './support';

const STACK_OF: { [region: string]: string } = { 'us-east-1': 'Media', 'us-west-2': 'media-us-west-2', 'eu-west-1': 'media-eu-west-1' };

describe('buckets', () => {
  test.each(REGIONS)('the one of %s is versioned, encrypted, private, TLS-only and kept', (region) => {
    const stack = homeStack();
    mediaBucket(stack);

    const regional = template(stack, STACK_OF[region]);
    regional.hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketName: named('media', region),
        BucketNamespace: 'account-regional',
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        ReplicationConfiguration: Match.absent(),
        LifecycleConfiguration: Match.absent(),
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    regional.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
  });

  test('names lie in the global namespace by choice', () => {
    const stack = homeStack();
    mediaBucket(stack, { bucketNamespace: s3.BucketNamespace.GLOBAL });

    template(stack, 'media-us-west-2').hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Sub': 'media-${AWS::AccountId}-us-west-2' },
      BucketNamespace: Match.absent(),
    });
  });

  test('a known account is written into the names', () => {
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } });
    mediaBucket(stack);

    template(stack, 'media-us-west-2').hasResourceProperties('AWS::S3::Bucket', { BucketName: 'media-111122223333-us-west-2-an' });
    template(stack).hasResourceProperties('AWS::S3::MultiRegionAccessPoint', {
      Regions: [{ Bucket: 'media-111122223333-eu-west-1-an' }, { Bucket: 'media-111122223333-us-east-1-an' }, { Bucket: 'media-111122223333-us-west-2-an' }],
    });
  });

  test('settings that mean the same everywhere reach every Region', () => {
    const stack = homeStack();
    mediaBucket(stack, {
      removalPolicy: RemovalPolicy.DESTROY,
      lifecycleRules: [{ id: 'old', noncurrentVersionExpiration: Duration.days(30) }],
      cors: [{ allowedMethods: [s3.HttpMethods.GET], allowedOrigins: ['https://example.com'] }],
      intelligentTieringConfigurations: [{ name: 'archive', prefix: 'old/' }],
      requestMetrics: true,
    });

    for (const region of REGIONS) {
      template(stack, STACK_OF[region]).hasResource('AWS::S3::Bucket', {
        Properties: {
          LifecycleConfiguration: { Rules: [Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } })] },
          CorsConfiguration: { CorsRules: [Match.objectLike({ AllowedOrigins: ['https://example.com'] })] },
          IntelligentTieringConfigurations: [Match.objectLike({ Id: 'archive' })],
          MetricsConfigurations: [{ Id: 'EntireBucket' }],
        },
        DeletionPolicy: 'Delete',
      });
    }
  });

  test('bucket() hands out the bucket of a Region, in its own stack', () => {
    const media = mediaBucket(homeStack());

    expect(media.bucket('us-west-2')).toBeInstanceOf(s3.Bucket);
    expect(Stack.of(media.bucket('us-west-2')).stackName).toBe('media-us-west-2');
    expect(Stack.of(media.bucket('us-east-1'))).toBe(Stack.of(media));
  });

  test('the home stack may lie in a Region without data', () => {
    const stack = homeStack({ env: { region: 'eu-central-1' } });
    mediaBucket(stack);

    const home = template(stack);
    home.resourceCountIs('AWS::S3::Bucket', 0);
    expect(only(home, 'AWS::S3::MultiRegionAccessPoint').Properties.Regions).toHaveLength(3);
    expect(synth(stack).stacks.map(({ stackName }) => stackName).sort()).toEqual(['Media', 'media-eu-west-1', 'media-us-east-1', 'media-us-west-2']);
  });

  test('17 Regions give 17 buckets, 17 roles and 272 rules, in two waves', () => {
    const stack = homeStack();
    mediaBucket(stack, { regions: ALL_17 });

    const assembly = synth(stack);
    const home = template(stack);
    expect(assembly.stacks).toHaveLength(17);
    for (const { stackName, dependencies } of assembly.stacks) {
      const waitsFor = dependencies.filter(({ manifest }) => manifest.type === 'aws:cloudformation:stack');
      expect([stackName, waitsFor.length]).toEqual([stackName, stackName === 'Media' ? 16 : 0]);
    }
    const rules = Object.values(resources(home, 'Custom::S3FailoverReplication'));
    expect(rules).toHaveLength(17);
    expect(rules.flatMap(({ Properties }) => Properties.Destinations)).toHaveLength(272);
    expect(Object.values(resources(home, 'AWS::IAM::Role')).filter(({ Properties }) => Properties.Description?.startsWith('Replicates'))).toHaveLength(17);
  });
});

describe('order in the home stack', () => {
  const stack = homeStack();
  mediaBucket(stack);
  const home = template(stack);
  const waitsFor = (type: string) => Object.values(resources(home, type)).map(({ DependsOn }) => [DependsOn ?? []].flat());
  const guard = logicalId(home, 'Custom::S3FailoverAccessPointGuard');
  const bucket = logicalId(home, 'AWS::S3::Bucket');
  const accessPoint = logicalId(home, 'AWS::S3::MultiRegionAccessPoint');
  const rules = Object.keys(resources(home, 'Custom::S3FailoverReplication'));
  const routes = logicalId(home, 'Custom::S3FailoverRoutes');

  test('nothing is touched before the guard has passed', () => {
    expect(waitsFor('AWS::S3::Bucket')[0]).toContain(guard);
    expect(waitsFor('AWS::S3::MultiRegionAccessPoint')[0]).toEqual(expect.arrayContaining([guard, bucket]));
    for (const dependencies of waitsFor('Custom::S3FailoverReplication')) expect(dependencies).toEqual(expect.arrayContaining([guard, bucket]));
  });

  test('routes wait for the access point, and the manifest is written last', () => {
    expect(waitsFor('Custom::S3FailoverRoutes')[0]).toContain(accessPoint);
    expect(waitsFor('Custom::S3FailoverManifest')[0]).toEqual(expect.arrayContaining([routes, ...rules]));
  });

  test('each custom resource waits for the policy that it needs', () => {
    const policies = resources(home, 'AWS::IAM::Policy');
    const allows = (id: string, action: string) => JSON.stringify(policies[id]?.Properties.PolicyDocument ?? '').includes(action);
    const needs = {
      'Custom::S3FailoverAccessPointGuard': 'ssm:GetParameter',
      'Custom::S3FailoverManifest': 'ssm:PutParameter',
      'Custom::S3FailoverReplication': 's3:PutReplicationConfiguration',
      'Custom::S3FailoverRoutes': 's3:SubmitMultiRegionAccessPointRoutes',
    };
    for (const [type, action] of Object.entries(needs)) {
      for (const dependencies of waitsFor(type)) expect(dependencies.some((id) => allows(id, action))).toBe(true);
    }
  });

  test('the home stack waits for every other Region, and none waits for it', () => {
    const names = (stackName: string) => artifact(stack, stackName).dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets'));
    expect(names('Media')).toHaveLength(2);
    expect(names('media-us-west-2')).toEqual([]);
    expect(names('media-eu-west-1')).toEqual([]);
  });
});

describe('identity', () => {
  const ids = (id: string, prefix?: string) => {
    const stack = homeStack();
    const media = new MultiRegionBucket(stack, id, { regions: REGIONS, bucketNamePrefix: prefix });
    new FailoverSwitch(stack, `${id}Switch`, { bucket: media });
    const assembly = synth(stack);
    return { media, ids: assembly.stacksRecursively.map(({ stackName, template: json }) => [stackName, Object.keys(json.Resources).sort()]) };
  };

  test('a renamed construct with a prefix keeps every logical id', () => {
    expect(ids('Before', 'media').ids).toEqual(ids('After', 'media').ids);
  });

  test('a renamed construct without a prefix gets new stacks and names', () => {
    const [before, after] = [ids('Before'), ids('After')];
    expect(before.media.bucketNamePrefix).not.toBe(after.media.bucketNamePrefix);
    const names = ({ ids: all }: typeof before) => all.map(([stackName]) => stackName).filter((name) => name !== 'Media');
    expect(names(before).filter((name) => names(after).includes(name))).toEqual([]);
  });

  test('giving the prefix that was derived changes nothing, and then a rename is safe', () => {
    const before = ids('Before');
    expect(ids('After', before.media.bucketNamePrefix).ids).toEqual(before.ids);
  });

  test('two constructs in one stack share the function and nothing else', () => {
    const stack = homeStack();
    const [a, b] = ['alpha', 'beta'].map((prefix) => new MultiRegionBucket(stack, prefix, { regions: REGIONS, bucketNamePrefix: prefix }));

    const home = template(stack);
    expect(a.manifestParameterName).not.toBe(b.manifestParameterName);
    home.resourceCountIs('AWS::Lambda::Function', 2);
    home.resourceCountIs('AWS::S3::MultiRegionAccessPoint', 2);
    home.resourceCountIs('AWS::S3::Bucket', 2);
    expect(synth(stack).stacks).toHaveLength(5);
  });

  test('each Stage gets stacks of its own', () => {
    const app = new App();
    for (const [name, account] of [['Beta', '111122223333'], ['Prod', '444455556666']]) {
      const stage = new Stage(app, name, { env: { region: 'us-east-1', account } });
      mediaBucket(new Stack(stage, 'Media'));
    }

    const beta = synth(app).getNestedAssembly('assembly-Beta');
    expect(beta.stacks.map(({ stackName, environment }) => `${stackName} ${environment.account}`).sort()).toEqual([
      'Beta-Media 111122223333', 'media-eu-west-1 111122223333', 'media-us-west-2 111122223333',
    ]);
  });

  test('the order of Regions changes no resource', () => {
    const of = (regions: string[]) => {
      const stack = homeStack();
      mediaBucket(stack, { regions, routing: Routing.activePassive('us-east-1') });
      return template(stack).toJSON();
    };
    expect(of([...REGIONS].reverse())).toEqual(of(REGIONS));
  });
});

describe('access point and routes', () => {
  test('all Regions are behind the access point, the first is active', () => {
    const stack = homeStack();
    const media = mediaBucket(stack);

    const home = template(stack);
    expect(only(home, 'Custom::S3FailoverRoutes').Properties).toMatchObject({ ActiveRegions: ['us-east-1'], OnRedeploy: 'PRESERVE' });
    expect(media.accessPoint.regions).toEqual([...REGIONS].sort());
    expect(stack.resolve(media.arn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3::', { Ref: 'AWS::AccountId' }, ':accesspoint/', { 'Fn::GetAtt': [logicalId(home, 'AWS::S3::MultiRegionAccessPoint'), 'Alias'] }]],
    });
    expect(stack.resolve(media.domainName)['Fn::Join'][1][1]).toBe('.accesspoint.s3-global.amazonaws.com');
  });

  test('a Region can be in sync before it is behind the access point', () => {
    const stack = homeStack();
    mediaBucket(stack, { regions: [...REGIONS, 'eu-central-1'], accessPointRegions: REGIONS });

    const home = template(stack);
    expect(only(home, 'AWS::S3::MultiRegionAccessPoint').Properties.Regions).toHaveLength(3);
    expect(only(home, 'Custom::S3FailoverAccessPointGuard').Properties).toMatchObject({ ManifestRegions: [...REGIONS, 'eu-central-1'].sort() });
    expect(Object.keys(only(home, 'Custom::S3FailoverAccessPointGuard').Properties.Buckets)).toEqual([...REGIONS].sort());
    const manifest = only(home, 'Custom::S3FailoverManifest').Properties;
    expect(Object.keys(manifest.Buckets)).toContain('eu-central-1');
    expect(Object.keys(manifest.AccessPointBuckets)).not.toContain('eu-central-1');
    expect(Object.keys(resources(home, 'Custom::S3FailoverReplication'))).toHaveLength(4);
  });

  test('the default active Region is behind the access point', () => {
    const stack = homeStack();
    mediaBucket(stack, { accessPointRegions: ['us-west-2', 'eu-west-1'] });

    expect(only(template(stack), 'Custom::S3FailoverRoutes').Properties.ActiveRegions).toEqual(['us-west-2']);
  });

  test('a second access point over all Regions can be added beside the first', () => {
    const stack = homeStack();
    const media = mediaBucket(stack, { regions: [...REGIONS, 'eu-central-1'], accessPointRegions: REGIONS });
    new MultiRegionAccessPoint(stack, 'Wide', { buckets: Object.fromEntries(media.regions.map((region) => [region, media.bucket(region)])) });

    const points = Object.values(resources(template(stack), 'AWS::S3::MultiRegionAccessPoint'));
    expect(points.map(({ Properties }) => Properties.Regions.length).sort()).toEqual([3, 4]);
  });

  test('settings reach access point, guard and routes', () => {
    const stack = homeStack();
    mediaBucket(stack, {
      accessPointPublicAccess: new s3.BlockPublicAccess({ blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: false, restrictPublicBuckets: false }),
      acknowledgeReplacement: '0123456789abcdef',
      onRedeploy: OnRedeploy.PRESERVE,
      routing: Routing.failoverOrder(['eu-west-1', 'us-east-1']),
    });

    const home = template(stack);
    const block = { BlockPublicAcls: 'true', BlockPublicPolicy: 'false', IgnorePublicAcls: 'true', RestrictPublicBuckets: 'false' };
    expect(only(home, 'AWS::S3::MultiRegionAccessPoint').Properties.PublicAccessBlockConfiguration).toMatchObject({ BlockPublicAcls: true, BlockPublicPolicy: false });
    expect(only(home, 'Custom::S3FailoverAccessPointGuard').Properties).toMatchObject({ PublicAccessBlock: block, AcknowledgeReplacement: '0123456789abcdef' });
    expect(only(home, 'Custom::S3FailoverManifest').Properties).toMatchObject({
      PublicAccessBlock: block, RoutingMode: 'failover-order', RoutingRegions: ['eu-west-1', 'us-east-1'], BucketNamePrefix: 'media',
    });
  });
});

describe('stacks of the caller', () => {
  test('a bucket goes into the stack that is given for its Region', () => {
    const app = new App();
    const stack = homeStack({}, app);
    const west = new Stack(app, 'West', { env: { region: 'us-west-2' } });
    const media = mediaBucket(stack, { regionalStacks: { 'us-west-2': west } });

    expect(Stack.of(media.bucket('us-west-2'))).toBe(west);
    template(stack, 'West').hasResourceProperties('AWS::S3::Bucket', { BucketName: named('media', 'us-west-2'), BucketNamespace: 'account-regional' });
    expect(artifact(stack, 'Media').dependencies.map(({ id }) => id)).toContain('West');
    expect(synth(stack).stacks.map(({ stackName }) => stackName).sort()).toEqual(['Media', 'West', 'media-eu-west-1']);
  });

  test('the bucket of the home Region may lie in another stack', () => {
    const app = new App();
    const stack = homeStack({}, app);
    const data = new Stack(app, 'Data', { env: { region: 'us-east-1' } });
    mediaBucket(stack, { regionalStacks: { 'us-east-1': data } });

    template(stack).resourceCountIs('AWS::S3::Bucket', 0);
    template(stack, 'Data').resourceCountIs('AWS::S3::Bucket', 1);
    expect(artifact(stack, 'Media').dependencies.map(({ id }) => id)).toContain('Data');
  });

  test('the home stack itself is taken for its own Region', () => {
    const stack = homeStack();
    const media = mediaBucket(stack, { regionalStacks: { 'us-east-1': stack } });

    template(stack).resourceCountIs('AWS::S3::Bucket', 1);
    expect(media.bucket('us-east-1').node.scope).toBe(media);
  });

  test('a resource of the caller beside a bucket keeps its own name', () => {
    const stack = homeStack();
    const media = mediaBucket(stack);
    new CfnParameter(Stack.of(media.bucket('us-west-2')), 'Mine');

    expect(template(stack, 'media-us-west-2').toJSON().Parameters).toHaveProperty('Mine');
  });
});
