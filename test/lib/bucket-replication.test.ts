import { App, CfnResource, NestedStack, PhysicalName, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketReplication, type BucketReplicationProps } from '../../lib';
import { ALL_17, arnOf, homeStack, mediaBucket, named, REGIONS, resources, synth, template } from './support';

const imported = (stack: Stack, names = ['east', 'west']): { [region: string]: s3.IBucket } => ({
  'us-east-1': s3.Bucket.fromBucketName(stack, `From-${names[0]}`, names[0]),
  'us-west-2': s3.Bucket.fromBucketName(stack, `From-${names[1]}`, names[1]),
});

function replicate(stack: Stack, props: Partial<BucketReplicationProps> = {}, id = 'Replication'): BucketReplication {
  return new BucketReplication(stack, id, { buckets: props.buckets ?? imported(stack), ...props });
}

function rulesOf(home: Template, region: string) {
  return Object.values(resources(home, 'Custom::S3FailoverReplication')).find(({ Properties }) => Properties.Region === region)!;
}

function handlerStatements(home: Template): { Action: string | string[]; Resource: unknown; Condition?: object }[] {
  return Object.values(resources(home, 'AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('HandlerRole'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

describe('rules', () => {
  test('every Region replicates to every other one', () => {
    const stack = homeStack();
    mediaBucket(stack);

    const home = template(stack);
    for (const region of REGIONS) {
      const others = REGIONS.filter((other) => other !== region).sort();
      expect(rulesOf(home, region).Properties).toMatchObject({
        Bucket: named('media', region),
        Destinations: others.map((other) => ({ Region: other, Bucket: named('media', other) })),
        KeyPrefix: '', DeleteMarkers: 'true', ReplicaModifications: 'true', TimeControl: 'false', Metrics: 'true',
      });
    }
  });

  test('each option reaches the rules', () => {
    const stack = homeStack();
    replicate(stack, { deleteMarkers: false, replicaModificationSync: false, timeControl: true, prefix: 'media/', ruleIdPrefix: 'mine-' });

    expect(rulesOf(template(stack), 'us-west-2').Properties).toMatchObject({
      Bucket: 'west', Destinations: [{ Region: 'us-east-1', Bucket: 'east' }], RulePrefix: 'mine-', KeyPrefix: 'media/',
      DeleteMarkers: 'false', ReplicaModifications: 'false', TimeControl: 'true', Metrics: 'true',
    });
  });

  test('metrics can be turned off', () => {
    const stack = homeStack();
    replicate(stack, { metrics: false });

    expect(rulesOf(template(stack), 'us-west-2').Properties.Metrics).toBe('false');
  });

  test('ids of two constructs differ, and stay when a construct with a prefix is renamed', () => {
    const prefixOf = (id: string, ruleIdPrefix?: string) => replicate(homeStack(), { ruleIdPrefix }, id).ruleIdPrefix;

    expect(prefixOf('A')).not.toBe(prefixOf('B'));
    expect(prefixOf('A')).toMatch(/^s3-failover-[0-9a-f]{8}-$/);
    const ids = (id: string) => {
      const stack = homeStack();
      replicate(stack, { ruleIdPrefix: 'mine-' }, id);
      return Object.keys(template(stack).toJSON().Resources);
    };
    expect(ids('A')).toEqual(ids('B'));
  });
});

describe('roles', () => {
  test('each may read its own bucket and write to the others, and nothing else', () => {
    const stack = homeStack();
    mediaBucket(stack);

    const roles = Object.values(resources(template(stack), 'AWS::IAM::Role')).filter(({ Properties }) => Properties.Description?.startsWith('Replicates'));
    expect(roles).toHaveLength(3);
    for (const { Properties } of roles) {
      const region = Properties.Description.split(' ').at(-1);
      expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' } }]);
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.Policies).toEqual([expect.objectContaining({
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: arnOf('media', region) },
            {
              Effect: 'Allow',
              Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
              Resource: arnOf('media', region, '/*'),
            },
            {
              Effect: 'Allow',
              Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
              Resource: REGIONS.filter((other) => other !== region).sort().map((other) => arnOf('media', other, '/*')),
            },
          ],
        },
      })]);
    }
  });

  test('a prefix limits them to its keys', () => {
    const stack = homeStack();
    replicate(stack, { prefix: 'media/' });

    const home = JSON.stringify(resources(template(stack), 'AWS::IAM::Role'));
    expect(home).toContain(':s3:::east/media/*');
    expect(home).not.toContain(':s3:::east/*');
  });

  test('the handler may change these buckets only, and pass these roles to S3 only', () => {
    const stack = homeStack();
    mediaBucket(stack);

    const home = template(stack);
    const statements = handlerStatements(home);
    const of = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action));
    expect(of('s3:PutReplicationConfiguration')).toEqual([...REGIONS].sort().map((region) => ({
      Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'], Resource: arnOf('media', region),
    })));
    const roles = Object.entries(resources(home, 'AWS::IAM::Role')).filter(([, { Properties }]) => Properties.Description?.startsWith('Replicates'));
    expect(of('iam:PassRole')).toEqual(roles.map(([id]) => ({
      Effect: 'Allow', Action: 'iam:PassRole', Resource: { 'Fn::GetAtt': [id, 'Arn'] }, Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
    })));
  });

  test('alone, it lets the handler do nothing else', () => {
    const stack = homeStack();
    replicate(stack);

    const actions = new Set(handlerStatements(template(stack)).flatMap(({ Action }) => Action));
    expect([...actions].sort()).toEqual(['iam:PassRole', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetReplicationConfiguration', 's3:PutReplicationConfiguration']);
  });

  test('the rules of each bucket have a policy of their own, which outlives them when their Region leaves', () => {
    const stack = homeStack();
    mediaBucket(stack);

    const home = template(stack);
    for (const region of REGIONS) {
      const needed = Object.entries(resources(home, 'AWS::IAM::Policy'))
        .filter(([, { Properties }]) => JSON.stringify(Properties.PolicyDocument).includes('s3:PutReplicationConfiguration'))
        .filter(([id]) => rulesOf(home, region).DependsOn!.includes(id));
      expect(needed.map(([, { Properties }]) => Properties.PolicyDocument.Statement[0].Resource)).toEqual([arnOf('media', region)]);
    }
  });

  test('what the handler may do fits into one role, for 17 Regions and a long prefix', () => {
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } });
    mediaBucket(stack, { regions: ALL_17, bucketNamePrefix: 'x'.repeat(32) });

    const policies = Object.values(resources(template(stack), 'AWS::IAM::Policy')).filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('HandlerRole'));
    const longestRoleArn = `arn:aws:iam::111122223333:role/${'r'.repeat(64)}`;
    const size = policies.map(({ Properties }) => JSON.stringify(Properties.PolicyDocument, (_, value) => (value?.['Fn::GetAtt'] ? longestRoleArn : value)).length);
    expect(size.reduce((sum, each) => sum + each)).toBeLessThan(10240);
  });

  test('roleArn() tells the role of a Region', () => {
    const stack = homeStack();
    const { replication } = mediaBucket(stack);

    const id = stack.resolve(replication.roleArn('us-west-2'))['Fn::GetAtt'][0];
    expect(resources(template(stack), 'AWS::IAM::Role')[id].Properties.Description).toBe('Replicates objects out of us-west-2');
  });

  test('a role that a bucket has for other rules is used, and extended', () => {
    const stack = homeStack();
    const role = iam.Role.fromRoleName(stack, 'Theirs', 'their-role');
    replicate(stack, { roles: { 'us-east-1': role } });

    const home = template(stack);
    expect(JSON.stringify(rulesOf(home, 'us-east-1').Properties.RoleArn)).toContain(':role/their-role');
    home.hasResourceProperties('AWS::IAM::Policy', {
      Roles: ['their-role'],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'] })]) },
    });
    expect(JSON.stringify(handlerStatements(home).find(({ Action }) => Action === 'iam:PassRole'))).toContain(':role/their-role');
    const [policy] = Object.entries(resources(home, 'AWS::IAM::Policy')).find(([, { Properties }]) => Properties.Roles.includes('their-role'))!;
    expect(rulesOf(home, 'us-east-1').DependsOn).toContain(policy);
    expect(rulesOf(home, 'us-west-2').DependsOn).not.toContain(policy);
  });

  test('a role that may not be changed is used as it is', () => {
    const stack = homeStack();
    const role = new iam.Role(stack, 'Mine', { assumedBy: new iam.ServicePrincipal('s3.amazonaws.com') });
    replicate(stack, { roles: { 'us-east-1': role.withoutPolicyUpdates() } });

    const home = template(stack);
    expect(rulesOf(home, 'us-east-1').Properties.RoleArn).toEqual({ 'Fn::GetAtt': [stack.getLogicalId(role.node.defaultChild as CfnResource), 'Arn'] });
    expect(JSON.stringify(resources(home, 'AWS::IAM::Policy'))).not.toContain('s3:ReplicateObject');
  });
});

describe('buckets of others', () => {
  const owned = (stack: Stack, props: s3.BucketProps = {}) => new s3.Bucket(stack, 'Own', { versioned: true, ...props });
  const west = (app: App, props: s3.BucketProps = {}) => owned(new Stack(app, 'West', { env: { region: 'us-west-2' } }), props);

  test('the Region of an imported bucket is its key, whatever its own environment says', () => {
    const stack = homeStack();
    replicate(stack);

    expect(Object.values(resources(template(stack), 'Custom::S3FailoverReplication')).map(({ Properties }) => [Properties.Region, Properties.Bucket])).toEqual([
      ['us-east-1', 'east'], ['us-west-2', 'west'],
    ]);
  });

  test('a bucket of the same stack needs no name, and is waited for', () => {
    const stack = homeStack();
    const bucket = owned(stack);
    replicate(stack, { buckets: { ...imported(stack), 'us-east-1': bucket } });

    const home = template(stack);
    const [id] = Object.keys(resources(home, 'AWS::S3::Bucket'));
    expect(rulesOf(home, 'us-east-1').Properties.Bucket).toEqual({ Ref: id });
    expect(rulesOf(home, 'us-west-2').DependsOn).toContain(id);
  });

  test('a bucket of another stack is taken by its name, and its stack is waited for', () => {
    const app = new App();
    const stack = homeStack({}, app);
    replicate(stack, { buckets: { ...imported(stack), 'us-west-2': west(app, { bucketName: 'mine-in-the-west' }) } });

    expect(rulesOf(template(stack), 'us-west-2').Properties.Bucket).toBe('mine-in-the-west');
    expect(stack.dependencies.map(({ stackName }) => stackName)).toContain('West');
  });

  test('works in a nested stack', () => {
    const stack = homeStack();
    replicate(new NestedStack(stack, 'Nested') as unknown as Stack);

    expect(() => synth(stack)).not.toThrow();
  });

  test.each<[string, s3.BucketProps, RegExp]>([
    ['has no name of its own', {}, /'buckets\.us-west-2' lies in another stack and needs a name that is known at synthesis, .*; set 'bucketName' on it/],
    ['is named when needed only', { bucketName: PhysicalName.GENERATE_IF_NEEDED }, /'buckets\.us-west-2' lies in another stack and needs a name/],
    ['is not versioned', { bucketName: 'west', versioned: false }, /'buckets\.us-west-2' must be versioned, .*; set 'versioned: true' on it/],
    ['is encrypted with KMS', { bucketName: 'west', encryption: s3.BucketEncryption.KMS_MANAGED }, /'buckets\.us-west-2' must be encrypted with keys that S3 manages, got KMS; KMS keys are not there yet/],
    ['has Object Lock', { bucketName: 'west', objectLockEnabled: true }, /'buckets\.us-west-2' may not have Object Lock, .* Object Lock is not there yet/],
  ])('fails when a bucket of another stack %s', (_, props, message) => {
    const app = new App();
    const stack = homeStack({}, app);

    expect(() => replicate(stack, { buckets: { ...imported(stack), 'us-west-2': west(app, props) } })).toThrow(message);
    expect(stack.node.findAll().filter((child) => CfnResource.isCfnResource(child))).toEqual([]);
  });

  test('fails when a bucket has a KMS key', () => {
    const stack = homeStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:key/1');
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'East', { bucketName: 'east', encryptionKey });

    expect(() => replicate(stack, { buckets: { ...imported(stack), 'us-east-1': bucket } })).toThrow(/'buckets\.us-east-1' must be encrypted with keys that S3 manages, got a KMS key/);
  });

  test('fails when a bucket has replication rules in its template', () => {
    const stack = homeStack();
    const bucket = owned(stack, { replicationRules: [{ destination: s3.Bucket.fromBucketName(stack, 'Other', 'other') }] });

    expect(() => replicate(stack, { buckets: { ...imported(stack), 'us-east-1': bucket } })).toThrow(/'buckets\.us-east-1' may not have replication rules in its template/);
  });

  test('fails when a bucket lies in another Region than its key says', () => {
    const stack = homeStack();
    const bucket = owned(stack);

    expect(() => replicate(stack, { buckets: { 'us-west-2': bucket, 'eu-west-1': s3.Bucket.fromBucketName(stack, 'EU', 'europe') } }))
      .toThrow(/'buckets\.us-west-2' must be a bucket in a stack of that Region, got one in 'us-east-1'/);
  });

  test('fails when the Region of a bucket\'s stack is not known', () => {
    const app = new App();
    const stack = homeStack({}, app);
    const bucket = owned(new Stack(app, 'Anywhere'), { bucketName: 'west' });

    expect(() => replicate(stack, { buckets: { ...imported(stack), 'us-west-2': bucket } })).toThrow(/'buckets\.us-west-2' must be a bucket in a stack of that Region, got one in a stack whose Region is not known/);
  });

  test.each(['made', 'imported'])('fails when a bucket that was %s belongs to another account', (how) => {
    const app = new App();
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } }, app);
    const other = new Stack(app, 'West', { env: { region: 'us-west-2', account: '444455556666' } });
    const bucket = how === 'made'
      ? owned(other, { bucketName: 'west' })
      : s3.Bucket.fromBucketAttributes(stack, 'West', { bucketName: 'west', account: '444455556666' });

    expect(() => replicate(stack, { buckets: { ...imported(stack), 'us-west-2': bucket } }))
      .toThrow(/'buckets\.us-west-2' must belong to the stack's account '111122223333', got '444455556666'; buckets of other accounts are not there yet/);
  });
});

describe('refusals', () => {
  test('fails when two constructs replicate one bucket', () => {
    const stack = homeStack();
    replicate(stack, { buckets: imported(stack, ['one', 'shared']) }, 'A');

    expect(() => replicate(stack, { buckets: imported(stack, ['two', 'shared-too']) }, 'B')).not.toThrow();
    expect(() => replicate(stack, { buckets: { ...imported(stack, ['three', 'four']), 'us-west-2': s3.Bucket.fromBucketName(stack, 'Again', 'shared') } }, 'C'))
      .toThrow(/Media\/C: 'buckets\.us-west-2' is replicated by 'Media\/A' already; let one construct replicate it/);
  });

  test('fails when two constructs of a stack have one rule prefix', () => {
    const stack = homeStack();
    replicate(stack, { ruleIdPrefix: 'mine-' }, 'A');

    expect(() => replicate(stack, { buckets: imported(stack, ['one', 'two']), ruleIdPrefix: 'mine-' }, 'B'))
      .toThrow(/Media\/B: 'ruleIdPrefix' must differ between constructs of a stack, got 'mine-' as 'Media\/A' has/);
  });

  test('fails when a bucket of a MultiRegionBucket is replicated again', () => {
    const stack = homeStack();
    const media = mediaBucket(stack);

    expect(() => replicate(stack, { buckets: { ...imported(stack), 'us-east-1': media.bucket('us-east-1') } })).toThrow(/is replicated by 'Media\/Bucket\/Replication' already/);
  });

  test('fails when a bucket of a MultiRegionBucket is replicated again from another stack', () => {
    const app = new App();
    const media = mediaBucket(homeStack({ env: { region: 'us-east-1', account: '111122223333' } }, app));
    const other = new Stack(app, 'Other', { env: { region: 'us-east-1', account: '111122223333' } });

    expect(() => replicate(other, { buckets: { ...imported(other), 'eu-west-1': media.bucket('eu-west-1') } })).toThrow(/is replicated by 'Media\/Bucket\/Replication' already/);
  });

  test.each<[string, Partial<BucketReplicationProps>, RegExp]>([
    ['time control is on without metrics', { timeControl: true, metrics: false }, /'metrics' must be on with 'timeControl', .*; leave 'metrics' out/],
    ['the key prefix is too long', { prefix: 'x'.repeat(1025) }, /'prefix' may have 1024 bytes, as a key has no more, got 1025; shorten it/],
    ['the key prefix looks like a variable of IAM', { prefix: 'a/${b}/' }, /'prefix' may not hold '\$\{', '\*' or '\?', .*, got 'a\/\$\{b\}\/'/],
    ['the key prefix holds a wildcard of IAM', { prefix: 'a*/' }, /'prefix' may not hold .*, got 'a\*\/'/],
    ['the rule prefix is not valid', { ruleIdPrefix: 'a b' }, /'ruleIdPrefix' must be 1 to 200 letters, digits and '_\.-', got 'a b'/],
  ])('fails when %s', (_, props, message) => {
    expect(() => replicate(homeStack(), props)).toThrow(message);
  });

  test('fails when a role is given for a Region without a bucket', () => {
    const stack = homeStack();

    expect(() => replicate(stack, { roles: { 'eu-west-1': iam.Role.fromRoleName(stack, 'R', 'r') } })).toThrow(/'roles' may not name 'eu-west-1', which is not one of 'buckets'; choose from \["us-east-1", "us-west-2"\]/);
  });

  test('fails when a role belongs to another account', () => {
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } });

    expect(() => replicate(stack, { roles: { 'us-east-1': iam.Role.fromRoleArn(stack, 'R', 'arn:aws:iam::444455556666:role/r') } }))
      .toThrow(/'roles\.us-east-1' must be a role of account '111122223333', got one of '444455556666'/);
  });

  test('fails when a role lies in another stack', () => {
    const app = new App();
    const stack = homeStack({}, app);
    const role = new iam.Role(new Stack(app, 'Other', { env: { region: 'us-west-2' } }), 'R', { assumedBy: new iam.ServicePrincipal('s3.amazonaws.com') });

    expect(() => replicate(stack, { roles: { 'us-west-2': role } })).toThrow(/'roles\.us-west-2' must be a role of this stack, got 'Other\/R'; import it here/);
  });

  test('fails when roleArn() is asked for a Region that is not replicated', () => {
    expect(() => replicate(homeStack()).roleArn('eu-west-1')).toThrow(/'region' must be one of the replicated Regions, got 'eu-west-1'; choose from/);
  });

  test.each<[string, (stack: Stack) => { [region: string]: s3.IBucket }, RegExp]>([
    ['there is one bucket only', (stack) => ({ 'us-east-1': imported(stack)['us-east-1'] }), /'buckets' needs at least 2 different Regions, got \["us-east-1"\]/],
    ['a Region cannot hold a member', (stack) => ({ 'us-east-1': imported(stack)['us-east-1'], 'cn-north-1': s3.Bucket.fromBucketName(stack, 'CN', 'china') }), /'buckets' may not name 'cn-north-1'/],
  ])('fails when %s', (_, buckets, message) => {
    const stack = homeStack();
    expect(() => new BucketReplication(stack, 'R', { buckets: buckets(stack) })).toThrow(message);
  });
});

test('one function serves all constructs of a stack', () => {
  const stack = homeStack();
  replicate(stack, { buckets: imported(stack, ['one', 'two']) }, 'A');
  replicate(stack, { buckets: imported(stack, ['three', 'four']) }, 'B');

  const handlers = Object.values(resources(template(stack), 'AWS::Lambda::Function')).filter(({ Properties }) => Properties.Handler === 'index.handler');
  expect(handlers).toHaveLength(1);
});
