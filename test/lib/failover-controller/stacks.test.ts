import { Stack } from 'aws-cdk-lib';
import { FailoverSwitch, type MultiRegionBucket, Routing } from '../../../lib';
import { ALL_17, artifact, homeStack, only, resources, synth, template } from '../support';
import { controlled, controlStack, observerParts, settingsOf, textOf } from './support';

const VOTERS = ['us-east-2', 'us-west-2', 'us-east-1'];

describe('stacks', () => {
  const controller = controlled();
  const stack = Stack.of(controller);

  test('there is one in each control Region and in each Region of the order', () => {
    const names = synth(stack).stacksRecursively.map(({ stackName }) => stackName).filter((name) => name.includes('controller'));
    expect(names.sort()).toEqual(['eu-west-1', 'us-east-1', 'us-east-2', 'us-west-2'].map(controlStack));
  });

  test('they are deployed after the home stack, and all after the one with the table', () => {
    const dependencies = (name: string) => artifact(stack, name).dependencies.filter(({ manifest }) => manifest.type === 'aws:cloudformation:stack').map(({ id }) => id).sort();
    const home = artifact(stack, 'Media').id;
    const first = artifact(stack, controlStack('us-east-1')).id;

    expect(dependencies(controlStack('us-east-1'))).toEqual([home]);
    for (const region of ['eu-west-1', 'us-east-2', 'us-west-2']) expect(dependencies(controlStack(region))).toEqual([home, first].sort());
  });

  test('a control Region that holds no data has a voter and nothing else', () => {
    expect(Object.values(resources(template(stack, controlStack('us-east-2')), 'AWS::Lambda::Function'))).toHaveLength(1);
    expect(resources(template(stack, controlStack('us-east-2')), 'AWS::S3::Bucket')).toEqual({});
  });

  test('a data Region that is no control Region has an observer of its own, its probe bucket and nothing else', () => {
    const from = template(stack, controlStack('eu-west-1'));
    expect(Object.values(resources(from, 'AWS::Lambda::Function'))).toHaveLength(1);
    for (const type of ['AWS::SNS::Topic', 'AWS::CloudWatch::Alarm', 'AWS::DynamoDB::GlobalTable']) expect(resources(from, type)).toEqual({});
  });
});

describe('the table', () => {
  test('is strongly consistent over the three control Regions, in a stack that does not move with the order', () => {
    for (const order of [['us-east-1', 'us-west-2', 'eu-west-1'], ['us-west-2', 'eu-west-1', 'us-east-1']]) {
      const stack = Stack.of(controlled({}, { routing: Routing.failoverOrder(order) }));
      const table = only(template(stack, controlStack('us-east-1')), 'AWS::DynamoDB::GlobalTable');
      expect(table).toMatchObject({
        DeletionPolicy: 'Delete',
        Properties: {
          TableName: 'media-controller',
          MultiRegionConsistency: 'STRONG',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'partition', KeyType: 'HASH' }, { AttributeName: 'key', KeyType: 'RANGE' }],
        },
      });
      expect(table.Properties.Replicas.map(({ Region }: { Region: string }) => Region)).toEqual(['us-east-1', 'us-east-2', 'us-west-2']);
      expect(table.Properties.SSESpecification).toBeUndefined();
    }
  });

  test.each([true, false])('is protected from deletion as the home stack is from termination: %s', (value) => {
    const stack = homeStack();
    controlled({}, {}, stack);
    stack.terminationProtection = value;

    const { Replicas } = only(template(stack, controlStack('us-east-1')), 'AWS::DynamoDB::GlobalTable').Properties;
    expect(Replicas.map(({ DeletionProtectionEnabled }: { DeletionProtectionEnabled: boolean }) => DeletionProtectionEnabled)).toEqual([value, value, value]);
  });
});

describe.each([['us-east-2', 'voter'], ['eu-west-1', 'self']] as const)('the observer of %s, %s', (region, role) => {
  const stack = Stack.of(controlled({ reservedConcurrency: 3 }));
  const parts = observerParts(stack, region, role);

  test('is a small arm64 function that ends after its run, with logs that do not stay for ever', () => {
    expect(parts.handler).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x', Handler: 'index.handler', MemorySize: 256, Timeout: 160, ReservedConcurrentExecutions: 3 });
    expect(parts.logs.RetentionInDays).toBe(90);
  });

  test('is started each minute, and never again for the same minute', () => {
    expect(parts.schedule).toMatchObject({ ScheduleExpression: 'rate(1 minute)', FlexibleTimeWindow: { Mode: 'OFF' }, Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } } });
    expect(parts.invoke).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  test('is all that its schedule may start', () => {
    const [{ PolicyDocument }] = parts.scheduler.Policies;
    expect(PolicyDocument.Statement).toEqual([{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: parts.schedule.Target.Arn }]);
    expect(parts.scheduler.AssumeRolePolicyDocument.Statement).toMatchObject([{ Principal: { Service: 'scheduler.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }]);
  });
});

describe('what an observer is told', () => {
  const stack = Stack.of(controlled({}, { replication: { prefix: 'media/' } }));

  test('needs to be looked up nowhere: names, Regions, policy and the access point', () => {
    const settings = settingsOf(observerParts(stack, 'us-east-2', 'voter').handler.Environment);

    expect(settings).toEqual({
      name: 'media',
      role: 'voter',
      accessPointArn: expect.stringMatching(/^<SsmParameterValues3failovermediaarn.*>$/),
      table: 'media-controller',
      policy: { order: ['us-east-1', 'us-west-2', 'eu-west-1'], voters: VOTERS },
      regions: Object.fromEntries(['us-east-1', 'us-west-2', 'eu-west-1'].map((region) => [region, { data: `media-111122223333-${region}-an`, probe: `media-probe-111122223333-${region}-an` }])),
      keyPrefix: 'media/',
      topicArn: expect.stringMatching(/^<ControlTopic.*>$/),
    });
  });

  test('is the same for the observer inside a Region, without a topic', () => {
    const settings = settingsOf(observerParts(stack, 'eu-west-1', 'self').handler.Environment);

    expect(settings).toMatchObject({ role: 'self', table: 'media-controller' });
    expect(settings).not.toHaveProperty('topicArn');
  });

  test('comes from the parameter beside the manifest, in its own Region', () => {
    expect(template(stack, controlStack('us-east-2')).toJSON().Parameters).toMatchObject({ SsmParameterValues3failovermediaarnC96584B6F00A464EAD1953AFF4B05118Parameter: { Default: '/s3-failover/media/arn', Type: 'AWS::SSM::Parameter::Value<String>' } });
    expect(only(template(stack), 'Custom::S3FailoverManifest').Properties.Regions).toEqual(['eu-west-1', 'us-east-1', 'us-east-2', 'us-west-2']);
  });

  test('fits into a function\'s environment with 17 Regions, and its permissions into a role', () => {
    const regions = ALL_17;
    const { handler, statements } = observerParts(Stack.of(controlled({}, { regions, routing: Routing.failoverOrder(regions) })), 'us-east-2', 'voter');

    expect(textOf(handler.Environment.Variables.S3_FAILOVER_OBSERVER).length).toBeLessThan(4000);
    const size = JSON.stringify(statements.map(({ Resource, ...rest }) => ({ ...rest, Resource: [Resource].flat().map(textOf) }))).length;
    expect(size).toBeLessThan(10_240);
  });
});

describe('the probe bucket', () => {
  const stack = Stack.of(controlled());

  test('is unversioned, unreplicated and closed, and keeps nothing for long', () => {
    const { Properties, DeletionPolicy } = only(template(stack, controlStack('us-west-2')), 'AWS::S3::Bucket');

    expect(textOf(Properties.BucketName)).toBe('media-probe-111122223333-us-west-2-an');
    expect(Properties).toMatchObject({
      BucketNamespace: 'account-regional',
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 1, Status: 'Enabled' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
    expect(Properties).not.toHaveProperty('VersioningConfiguration');
    expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(only(template(stack, controlStack('us-west-2')), 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement).toMatchObject([{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }]);
  });

  test('has a name that fits where the data bucket\'s fits hardly', () => {
    const prefix = 'x'.repeat(37);
    const { regions } = settingsOf(Object.values(resources(template(controlled({}, { bucketNamePrefix: prefix }), `${prefix}-controller-us-east-2`), 'AWS::Lambda::Function'))[0].Properties.Environment);

    for (const [region, { data, probe }] of Object.entries(regions)) {
      expect(probe).not.toBe(data);
      expect(probe.length).toBeLessThanOrEqual(63);
      expect(probe).toMatch(new RegExp(`^x+-[0-9a-f]{8}-probe-111122223333-${region}-an$|^x+-probe-111122223333-${region}-an$`));
    }
  });
});

describe('the home stack', () => {
  const stack = Stack.of(controlled({ maxDataLoss: undefined }));

  test('tells guard, deployments and the manifest of the controller, in the same words', () => {
    const controller = { table: 'media-controller', policy: { voters: VOTERS } };
    for (const type of ['Custom::S3FailoverAccessPointGuard', 'Custom::S3FailoverRoutes', 'Custom::S3FailoverManifest']) expect(JSON.parse(only(template(stack), type).Properties.Controller)).toEqual(controller);
  });

  test('may take the epoch, in whichever control Region lives', () => {
    const policies = Object.entries(resources(template(stack), 'AWS::IAM::ManagedPolicy')).filter(([id]) => id.includes('RegisterPolicy'));
    expect(policies).toHaveLength(1);
    const [[id, { Properties }]] = policies;
    const table = (region: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:dynamodb:${region}:\${AWS::AccountId}:table/media-controller` });
    expect(Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: table('*') },
      { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: VOTERS.map(table) },
    ]);
    for (const type of ['Custom::S3FailoverAccessPointGuard', 'Custom::S3FailoverRoutes']) expect(only(template(stack), type).DependsOn).toContain(id);
  });

  test('needs no switch, and takes one', () => {
    const controller = controlled();
    const home = Stack.of(controller);
    new FailoverSwitch(home, 'Switch', { bucket: home.node.findChild('Bucket') as MultiRegionBucket });

    expect(only(template(home), 'Custom::S3FailoverRoutes').Properties).toMatchObject({ Controller: expect.any(String), ActiveRegion: { Ref: 'ActiveRegion' } });
  });
});

test('heartbeats leave a day of versions in every bucket, and draw no warning of buckets that expire different objects', () => {
  const stack = Stack.of(controlled({}, { regions: ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-north-1'], replication: { prefix: 'a/' } }));

  for (const region of ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-north-1']) {
    expect(only(template(stack, `media-${region}`), 'AWS::S3::Bucket').Properties.LifecycleConfiguration.Rules).toEqual([
      { Id: 's3-failover-heartbeats', NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Prefix: 'a/.s3-failover/heartbeat/', Status: 'Enabled' },
    ]);
  }
  expect(synth(stack).stacksRecursively.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data))).filter((text) => text.includes('lifecycleExpiresOnOneSide'))).toEqual([]);
});

describe('where it acts from', () => {
  const controlRegions = (order: string[], more: string[] = []) => controlled({}, { regions: [...order, ...more], routing: Routing.failoverOrder(order) }).controlRegions;

  test('follows from where most data lies, whoever acts first lying without data or late in the order', () => {
    expect(controlRegions(['us-east-1', 'us-west-2', 'eu-west-1'])).toEqual(['us-east-2', 'us-west-2', 'us-east-1']);
    expect(controlRegions(['eu-west-1', 'eu-central-1', 'us-east-1'])).toEqual(['eu-west-2', 'eu-west-3', 'eu-west-1']);
    expect(controlRegions(['ap-northeast-1', 'ap-southeast-2'])).toEqual(['ap-northeast-2', 'ap-northeast-3', 'ap-northeast-1']);
    expect(controlRegions(['sa-east-1', 'ca-central-1'])).toEqual(['us-east-1', 'us-east-2', 'us-west-2']);
  });

  test('does not change when the order does', () => {
    const regions = ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'];
    const sets = [regions, [...regions].reverse()].map((order) => [...controlRegions(order)].sort());
    expect(sets[0]).toEqual(sets[1]);
  });

  test('can be said, with whom acts first', () => {
    expect(controlled({ controlRegions: ['us-west-2', 'us-east-1', 'us-east-2'] }).controlRegions).toEqual(['us-west-2', 'us-east-1', 'us-east-2']);
  });

  test('is to be written down, for it cannot change', () => {
    const text = (controller: ReturnType<typeof controlled>) => synth(controller).stacksRecursively.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data))).filter((data) => data.includes('noControlRegions'));

    expect(text(controlled())).toEqual([expect.stringContaining('set controlRegions: ["us-east-2", "us-west-2", "us-east-1"]')]);
    expect(text(controlled({ controlRegions: VOTERS }))).toEqual([]);
  });
});

describe('topics', () => {
  test('are in each control Region, and let alarms of this controller publish over TLS and nobody else', () => {
    const stack = Stack.of(controlled({ notifications: { emailAddresses: ['night@example.com'] } }));
    for (const region of VOTERS) {
      const from = template(stack, controlStack(region));
      expect(only(from, 'AWS::SNS::Topic').Properties.TopicName).toBe('media-controller');
      expect(only(from, 'AWS::SNS::Subscription').Properties).toMatchObject({ Protocol: 'email', Endpoint: 'night@example.com' });
      const statements = only(from, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement;
      expect(statements).toMatchObject([
        { Effect: 'Deny', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        { Effect: 'Allow', Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } },
      ]);
      expect(textOf(statements[1].Condition.ArnLike['aws:SourceArn'])).toBe(`arn:aws:cloudwatch:${region}:111122223333:alarm:media-*`);
    }
  });

  test('may be of the user\'s own in some Regions; addresses are told of those, too', () => {
    const own = 'arn:aws:sns:us-east-2:111122223333:pager';
    const controller = controlled({ notifications: { topicArns: { 'us-east-2': own }, emailAddresses: ['night@example.com'] } });
    const from = template(controller, controlStack('us-east-2'));

    expect(resources(from, 'AWS::SNS::Topic')).toEqual({});
    expect(settingsOf(observerParts(Stack.of(controller), 'us-east-2', 'voter').handler.Environment).topicArn).toBe(own);
    expect(only(from, 'AWS::SNS::Subscription').Properties.TopicArn).toBe(own);
    expect(Object.values(resources(from, 'AWS::CloudWatch::Alarm')).every(({ Properties }) => Properties.AlarmActions[0] === own)).toBe(true);
    expect(controller.topicArn('us-east-2')).toBe(own);
    expect(textOf(Stack.of(controller).resolve(controller.topicArn('us-west-2')))).toBe('arn:aws:sns:us-west-2:111122223333:media-controller');
  });
});

test('a dashboard is made in the first control Region, unless it is not wanted', () => {
  const dashboards = (props: object) => VOTERS.filter((region) => Object.keys(resources(template(controlled(props), controlStack(region)), 'AWS::CloudWatch::Dashboard')).length > 0);

  expect(dashboards({})).toEqual(['us-east-2']);
  expect(dashboards({ dashboard: false })).toEqual([]);
});

test('the dashboard shows requests where the buckets count them', () => {
  const body = (requestMetrics: boolean) => textOf(only(template(controlled({}, { requestMetrics }), controlStack('us-east-2')), 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);

  expect(body(false)).not.toContain('AllRequests');
  expect(JSON.stringify(JSON.parse(body(true)))).toContain('AllRequests');
});
