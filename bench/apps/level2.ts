// The same resources as a user writes them by hand today, with aws-cdk-lib's L2 constructs where there is one.
import { dirname, join } from 'node:path';
import { App, Aws, CfnParameter, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { regionsOfCommandLine } from './regions';

const PREFIX = 'media';
const HANDLER_CODE = join(dirname(require.resolve('cdk-s3-failover/package.json')), 'assets', 'deployment');
const PUBLIC_ACCESS = { BlockPublicAcls: 'true', BlockPublicPolicy: 'true', IgnorePublicAcls: 'true', RestrictPublicBuckets: 'true' };

const regions = regionsOfCommandLine();
const [home] = regions;
const nameOf = (region: string) => `${PREFIX}-${Aws.ACCOUNT_ID}-${region}-an`;
const arnOf = (region: string) => `arn:${Aws.PARTITION}:s3:::${nameOf(region)}`;
const names = Object.fromEntries(regions.map((region) => [region, nameOf(region)]));

const app = new App();
const stack = new Stack(app, 'Media', { env: { region: home } });

const buckets = regions.map((region) => {
  const scope = region === home ? stack : new Stack(app, `Media-${region}`, { env: { region } });
  if (scope !== stack) stack.addDependency(scope);
  const bucket = new s3.Bucket(scope, 'Bucket', {
    bucketName: nameOf(region),
    versioned: true,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  // The L2 takes a namespace only without a name, and other stacks must know the name.
  (bucket.node.defaultChild as s3.CfnBucket).bucketNamespace = 'account-regional';
  return bucket;
});

const handlerLogs = new logs.LogGroup(stack, 'HandlerLogs', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
const handlerRole = new iam.Role(stack, 'HandlerRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
handlerLogs.grantWrite(handlerRole);
handlerRole.addToPolicy(new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack.stackId] }));
const handler = new lambda.Function(stack, 'Handler', {
  code: lambda.Code.fromAsset(HANDLER_CODE),
  handler: 'index.handler',
  runtime: lambda.Runtime.NODEJS_24_X,
  architecture: lambda.Architecture.ARM_64,
  memorySize: 512,
  timeout: Duration.minutes(14),
  role: handlerRole,
  logGroup: handlerLogs,
  environment: { S3_FAILOVER_TIMEOUT_SECONDS: '840' },
});
const frameworkLogs = new logs.LogGroup(stack, 'FrameworkLogs', { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY });
const frameworkRole = new iam.Role(stack, 'FrameworkRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
frameworkLogs.grantWrite(frameworkRole);
const provider = new Provider(stack, 'Provider', { onEventHandler: handler, logGroup: frameworkLogs, frameworkOnEventRole: frameworkRole });
const custom = (id: string, type: string, properties: { [key: string]: unknown }) =>
  new CustomResource(stack, id, { resourceType: `Custom::${type}`, serviceToken: provider.serviceToken, serviceTimeout: Duration.minutes(16), properties });

const parameterArn = (suffix: string) => stack.formatArn({ service: 'ssm', region: '*', resource: 'parameter', resourceName: `s3-failover/${PREFIX}${suffix}` });
const parameters = new iam.Policy(stack, 'Parameters', {
  roles: [handlerRole],
  statements: [new iam.PolicyStatement({ actions: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'], resources: ['', '/arn', '/alias'].map(parameterArn) })],
});

const guard = custom('Guard', 'S3FailoverAccessPointGuard', { ManifestParameterName: `/s3-failover/${PREFIX}`, ManifestRegions: regions, Buckets: names, PublicAccessBlock: PUBLIC_ACCESS });
guard.node.addDependency(parameters);
buckets[0].node.addDependency(guard);

const accessPoint = new s3.CfnMultiRegionAccessPoint(stack, 'AccessPoint', {
  regions: regions.map((region) => ({ bucket: nameOf(region) })),
  publicAccessBlockConfiguration: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
});
accessPoint.node.addDependency(guard, buckets[0]);
const accessPointArn = stack.formatArn({ service: 's3', region: '', resource: 'accesspoint', resourceName: accessPoint.attrAlias });

const roles = regions.map(
  (region) =>
    new iam.Role(stack, `Role-${region}`, {
      assumedBy: new iam.ServicePrincipal('s3.amazonaws.com'),
      description: `Replicates objects out of ${region}`,
      inlinePolicies: {
        Replicate: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({ actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], resources: [arnOf(region)] }),
            new iam.PolicyStatement({ actions: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'], resources: [`${arnOf(region)}/*`] }),
            new iam.PolicyStatement({
              actions: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
              resources: regions.filter((other) => other !== region).map((other) => `${arnOf(other)}/*`),
            }),
          ],
        }),
      },
    }),
);
const rules = regions.map((region, i) => {
  const replication = new iam.Policy(stack, `RulesPolicy-${region}`, {
    roles: [handlerRole],
    statements: [
      new iam.PolicyStatement({ actions: ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'], resources: [arnOf(region)] }),
      new iam.PolicyStatement({ actions: ['iam:PassRole'], resources: [roles[i].roleArn], conditions: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } } }),
    ],
  });
  const resource = custom(`Rules-${region}`, 'S3FailoverReplication', {
    Bucket: nameOf(region),
    Region: region,
    RoleArn: roles[i].roleArn,
    RulePrefix: 's3-failover-721c9525-',
    Destinations: regions.filter((other) => other !== region).map((other) => ({ Region: other, Bucket: nameOf(other) })),
    KeyPrefix: '',
    DeleteMarkers: 'true',
    ReplicaModifications: 'true',
    TimeControl: 'false',
    Metrics: 'true',
  });
  resource.node.addDependency(guard, buckets[0], replication);
  return resource;
});

const activeRegion = new CfnParameter(stack, 'ActiveRegion', { allowedValues: ['unchanged', ...regions], default: 'unchanged' });
const switchId = new CfnParameter(stack, 'SwitchId', { default: '' });
const routesPolicy = new iam.Policy(stack, 'RoutesPolicy', {
  roles: [handlerRole],
  statements: [
    new iam.PolicyStatement({ actions: ['s3:GetMultiRegionAccessPointRoutes'], resources: [accessPointArn, guard.getAttString('LiveAccessPointArn')] }),
    new iam.PolicyStatement({ actions: ['s3:SubmitMultiRegionAccessPointRoutes'], resources: [accessPointArn] }),
  ],
});
const markers = '/*.s3-failover/marker/*';
const switchPolicy = new iam.ManagedPolicy(stack, 'SwitchPolicy', {
  roles: [handlerRole],
  statements: [
    new iam.PolicyStatement({ actions: ['s3:GetReplicationConfiguration'], resources: regions.map(arnOf) }),
    new iam.PolicyStatement({ actions: ['s3:PutObject', 's3:DeleteObjectVersion'], resources: regions.map((region) => `${arnOf(region)}${markers}`) }),
    new iam.PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: regions.map(arnOf), conditions: { StringLike: { 's3:prefix': '*.s3-failover/marker/*' } } }),
    new iam.PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'], conditions: { StringEquals: { 'aws:RequestedRegion': regions } } }),
  ],
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
routes.node.addDependency(accessPoint, routesPolicy, switchPolicy);

const manifest = custom('Manifest', 'S3FailoverManifest', {
  ManifestParameterName: `/s3-failover/${PREFIX}`,
  Regions: regions,
  Account: stack.account,
  Partition: stack.partition,
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
manifest.node.addDependency(parameters, routes, ...rules);

app.synth();
