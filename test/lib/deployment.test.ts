import * as fs from 'node:fs';
import { App, CfnElement, Stack } from 'aws-cdk-lib';
import { MultiRegionBucket } from '../../lib';
import { homeStack, logicalId, mediaBucket, REGIONS, resources, template } from './support';

jest.mock('node:fs', () => ({ ...jest.requireActual('node:fs'), existsSync: jest.fn(jest.requireActual('node:fs').existsSync) }));

const handlerOf = (from: ReturnType<typeof template>) =>
  Object.entries(resources(from, 'AWS::Lambda::Function')).find(([, { Properties }]) => Properties.Handler === 'index.handler')!;

describe('the function that runs at deployment', () => {
  const stack = homeStack();
  mediaBucket(stack);
  const home = template(stack);
  const [id, handler] = handlerOf(home);

  test('has a fixed runtime and ends before the framework does', () => {
    expect(handler.Properties).toMatchObject({
      Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 840, Environment: { Variables: { S3_FAILOVER_TIMEOUT_SECONDS: '840' } },
    });
  });

  test('has a stable logical id, as its provider is every custom resource\'s service token', () => {
    expect(id).toBe('S3FailoverDeploymentHandlerD0555E48');
    const tokens = ['Custom::S3FailoverAccessPointGuard', 'Custom::S3FailoverReplication', 'Custom::S3FailoverRoutes', 'Custom::S3FailoverManifest']
      .flatMap((type) => Object.values(resources(home, type)).map(({ Properties }) => Properties.ServiceToken));
    expect(new Set(tokens.map((token) => JSON.stringify(token)))).toEqual(new Set(['{"Fn::GetAtt":["S3FailoverDeploymentProviderframeworkonEventB298EEC8","Arn"]}']));
  });

  test('CloudFormation waits no longer for it than it can run', () => {
    for (const { Properties } of Object.values(resources(home, 'Custom::S3FailoverReplication'))) expect(Properties.ServiceTimeout).toBe(960);
  });

  test('both functions log into groups that are kept for a while and go with the stack', () => {
    const groups = resources(home, 'AWS::Logs::LogGroup');
    expect(Object.values(groups)).toEqual([0, 1].map(() => expect.objectContaining({ Properties: { RetentionInDays: 90 }, DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' })));
    const used = Object.values(resources(home, 'AWS::Lambda::Function')).map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref);
    expect(used.sort()).toEqual(Object.keys(groups).sort());
  });

  test('neither role has a managed policy, and no statement of theirs is for every resource', () => {
    for (const { Properties } of Object.values(resources(home, 'AWS::IAM::Role'))) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    const statements = Object.values(resources(home, 'AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    for (const { Resource, Action } of statements) {
      expect([Resource].flat()).not.toContain('*');
      expect([Action].flat().filter((action) => String(action).includes('*'))).toEqual([]);
    }
  });

  test('its role allows exactly what the function calls', () => {
    const actions = Object.values(resources(home, 'AWS::IAM::Policy'))
      .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('HandlerRole'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action));
    expect([...new Set(actions)].sort()).toEqual([
      'cloudformation:DescribeStacks',
      'iam:PassRole',
      'logs:CreateLogStream', 'logs:PutLogEvents',
      's3:GetMultiRegionAccessPointRoutes', 's3:GetReplicationConfiguration', 's3:PutReplicationConfiguration', 's3:SubmitMultiRegionAccessPointRoutes',
      'ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter',
    ]);
  });

  test('it may look at its own stack only', () => {
    const statements = Object.values(resources(home, 'AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(statements.filter(({ Action }) => Action === 'cloudformation:DescribeStacks').map(({ Resource }) => Resource)).toEqual([{ Ref: 'AWS::StackId' }]);
  });
});

test('each stack has a function of its own', () => {
  const app = new App();
  for (const region of ['us-east-1', 'eu-west-1']) {
    new MultiRegionBucket(new Stack(app, region, { env: { region } }), 'Bucket', { regions: REGIONS, bucketNamePrefix: `media-${region}` });
  }

  for (const region of ['us-east-1', 'eu-west-1']) expect(handlerOf(template(app, region))[0]).toBe('S3FailoverDeploymentHandlerD0555E48');
  expect(logicalId(template(app, 'us-east-1'), 'Custom::S3FailoverRoutes')).not.toBe(logicalId(template(app, 'eu-west-1'), 'Custom::S3FailoverRoutes'));
});

test('fails when the code that runs at deployment was not built', () => {
  const stack = homeStack();
  jest.mocked(fs.existsSync).mockReturnValueOnce(false);

  expect(() => mediaBucket(stack)).toThrow(/the code that runs at deployment is not at '.*assets.deployment'; in a source checkout run 'node scripts\/bundle\.mjs', else install the package again/);
  expect(stack.node.findAll().filter((child) => CfnElement.isCfnElement(child))).toEqual([]);
});
