// The same resources with L1 constructs alone: the least that aws-cdk-lib can be asked to do, and what nobody writes.
import { dirname, join } from 'node:path';
import { App, Aws, CfnDeletionPolicy, CfnParameter, CfnResource, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { regionsOfCommandLine } from './regions';

const PREFIX = 'media';
const HANDLER_CODE = join(dirname(require.resolve('cdk-s3-failover/package.json')), 'assets', 'deployment');
const FRAMEWORK_CODE = join(dirname(require.resolve('aws-cdk-lib/package.json')), 'custom-resources', 'lib', 'provider-framework', 'runtime');
const PUBLIC_ACCESS = { BlockPublicAcls: 'true', BlockPublicPolicy: 'true', IgnorePublicAcls: 'true', RestrictPublicBuckets: 'true' };
const BLOCKED = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

const regions = regionsOfCommandLine();
const [home] = regions;
const nameOf = (region: string) => Fn.sub(`${PREFIX}-\${AWS::AccountId}-${region}-an`);
const arnOf = (region: string, keys = '') => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${PREFIX}-\${AWS::AccountId}-${region}-an${keys}` });
const names = Object.fromEntries(regions.map((region) => [region, nameOf(region)]));

const app = new App();
const stack = new Stack(app, 'Media', { env: { region: home } });

const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
const allow = (Action: string | string[], Resource: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });
const trust = (Service: string) => policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } });

const buckets = regions.map((region) => {
  const scope = region === home ? stack : new Stack(app, `Media-${region}`, { env: { region } });
  if (scope !== stack) stack.addDependency(scope);
  const bucket = new s3.CfnBucket(scope, 'Bucket', {
    bucketName: nameOf(region),
    bucketNamespace: 'account-regional',
    versioningConfiguration: { status: 'Enabled' },
    bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
    publicAccessBlockConfiguration: BLOCKED,
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
  });
  bucket.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  bucket.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  const everything = [bucket.attrArn, Fn.join('', [bucket.attrArn, '/*'])];
  new s3.CfnBucketPolicy(scope, 'BucketPolicy', {
    bucket: bucket.ref,
    policyDocument: policy({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Resource: everything, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
  });
  return bucket;
});

/** A function with its log group, its role and the role's policy. */
function functionOf(id: string, code: string, statements: object[], props: Omit<lambda.CfnFunctionProps, 'code' | 'role'>): { fn: lambda.CfnFunction; role: iam.CfnRole } {
  const group = new logs.CfnLogGroup(stack, `${id}Logs`, { retentionInDays: 90 });
  const role = new iam.CfnRole(stack, `${id}Role`, { assumeRolePolicyDocument: trust('lambda.amazonaws.com') });
  const writes = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], group.attrArn);
  const rights = new iam.CfnPolicy(stack, `${id}Policy`, { policyName: `${id}Policy`, roles: [role.ref], policyDocument: policy(writes, ...statements) });
  const asset = new Asset(stack, `${id}Code`, { path: code });
  const fn = new lambda.CfnFunction(stack, id, {
    ...props,
    code: { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey },
    role: role.attrArn,
    loggingConfig: { logGroup: group.ref },
  });
  fn.addDependency(rights);
  return { fn, role };
}

const handler = functionOf('Handler', HANDLER_CODE, [allow('cloudformation:DescribeStacks', stack.stackId)], {
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  architectures: ['arm64'],
  memorySize: 512,
  timeout: 840,
  environment: { variables: { S3_FAILOVER_TIMEOUT_SECONDS: '840' } },
});
const calls = [allow('lambda:InvokeFunction', [handler.fn.attrArn, Fn.join('', [handler.fn.attrArn, ':*'])]), allow('lambda:GetFunction', handler.fn.attrArn)];
const framework = functionOf('Framework', FRAMEWORK_CODE, calls, {
  handler: 'framework.onEvent',
  runtime: 'nodejs22.x',
  timeout: 900,
  environment: { variables: { USER_ON_EVENT_FUNCTION_ARN: handler.fn.attrArn } },
});
const custom = (id: string, type: string, properties: { [key: string]: unknown }) =>
  new CfnResource(stack, id, { type: `Custom::${type}`, properties: { ServiceToken: framework.fn.attrArn, ServiceTimeout: 960, ...properties } });
const grant = (id: string, ...statements: object[]) =>
  new iam.CfnPolicy(stack, id, { policyName: id, roles: [handler.role.ref], policyDocument: policy(...statements) });

const parameterArn = (suffix: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:ssm:*:\${AWS::AccountId}:parameter/s3-failover/${PREFIX}${suffix}` });
const parameters = grant('Parameters', allow(['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'], ['', '/arn', '/alias'].map(parameterArn)));

const guard = custom('Guard', 'S3FailoverAccessPointGuard', { ManifestParameterName: `/s3-failover/${PREFIX}`, ManifestRegions: regions, Buckets: names, PublicAccessBlock: PUBLIC_ACCESS });
guard.addDependency(parameters);
buckets[0].addDependency(guard);

const accessPoint = new s3.CfnMultiRegionAccessPoint(stack, 'AccessPoint', { regions: regions.map((region) => ({ bucket: nameOf(region) })), publicAccessBlockConfiguration: BLOCKED });
accessPoint.addDependency(guard);
accessPoint.addDependency(buckets[0]);
const accessPointArn = { 'Fn::Sub': `arn:\${AWS::Partition}:s3::\${AWS::AccountId}:accesspoint/\${AccessPoint.Alias}` };

const roles = regions.map(
  (region) =>
    new iam.CfnRole(stack, `Role-${region}`, {
      assumeRolePolicyDocument: trust('s3.amazonaws.com'),
      description: `Replicates objects out of ${region}`,
      policies: [
        {
          policyName: 'Replicate',
          policyDocument: policy(
            allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], arnOf(region)),
            allow(['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'], arnOf(region, '/*')),
            allow(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], regions.filter((other) => other !== region).map((other) => arnOf(other, '/*'))),
          ),
        },
      ],
    }),
);
const rules = regions.map((region, i) => {
  const replication = grant(
    `RulesPolicy-${region}`,
    allow(['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'], arnOf(region)),
    allow('iam:PassRole', roles[i].attrArn, { Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } } }),
  );
  const resource = custom(`Rules-${region}`, 'S3FailoverReplication', {
    Bucket: nameOf(region),
    Region: region,
    RoleArn: roles[i].attrArn,
    RulePrefix: 's3-failover-721c9525-',
    Destinations: regions.filter((other) => other !== region).map((other) => ({ Region: other, Bucket: nameOf(other) })),
    KeyPrefix: '',
    DeleteMarkers: 'true',
    ReplicaModifications: 'true',
    TimeControl: 'false',
    Metrics: 'true',
  });
  for (const before of [guard, buckets[0], replication]) resource.addDependency(before);
  return resource;
});

const activeRegion = new CfnParameter(stack, 'ActiveRegion', { allowedValues: ['unchanged', ...regions], default: 'unchanged' });
const switchId = new CfnParameter(stack, 'SwitchId', { default: '' });
const routesPolicy = grant(
  'RoutesPolicy',
  allow('s3:GetMultiRegionAccessPointRoutes', [accessPointArn, guard.getAtt('LiveAccessPointArn')]),
  allow('s3:SubmitMultiRegionAccessPointRoutes', accessPointArn),
);
const switchPolicy = new iam.CfnManagedPolicy(stack, 'SwitchPolicy', {
  roles: [handler.role.ref],
  policyDocument: policy(
    allow('s3:GetReplicationConfiguration', regions.map((region) => arnOf(region))),
    allow(['s3:PutObject', 's3:DeleteObjectVersion'], regions.map((region) => arnOf(region, '/*.s3-failover/marker/*'))),
    allow('s3:ListBucketVersions', regions.map((region) => arnOf(region)), { Condition: { StringLike: { 's3:prefix': '*.s3-failover/marker/*' } } }),
    allow('cloudwatch:GetMetricData', '*', { Condition: { StringEquals: { 'aws:RequestedRegion': regions } } }),
  ),
});
const routes = custom('Routes', 'S3FailoverRoutes', {
  AccessPointArn: accessPointArn,
  Buckets: names,
  ActiveRegions: [home],
  OnRedeploy: 'PRESERVE',
  ActiveRegion: activeRegion.valueAsString,
  SwitchId: switchId.valueAsString,
  WhenLagging: 'REFUSE',
  ActiveRegionParameter: 'ActiveRegion',
  SwitchIdParameter: 'SwitchId',
});
routes.addDependency(accessPoint);
routes.addDependency(switchPolicy);
routes.addDependency(routesPolicy);

const manifest = custom('Manifest', 'S3FailoverManifest', {
  ManifestParameterName: `/s3-failover/${PREFIX}`,
  Regions: regions,
  Account: Aws.ACCOUNT_ID,
  Partition: Aws.PARTITION,
  HomeRegion: home,
  BucketNamePrefix: PREFIX,
  AccessPointArn: accessPointArn,
  AccessPointAlias: accessPoint.attrAlias,
  AccessPointName: accessPoint.ref,
  AccessPointBuckets: names,
  PublicAccessBlock: PUBLIC_ACCESS,
  Buckets: names,
  RoutingMode: 'active-passive',
  RoutingRegions: [home],
});
for (const before of [parameters, routes, ...rules]) manifest.addDependency(before);

app.synth();
