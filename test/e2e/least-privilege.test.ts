import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { Environment } from '../../lib/private/contract';
import { Estate, eventually, onlyActive } from './support/estate';
import { type MediaOptions, synthesizeMedia } from './support/media-app';
import { permissionsOf, type Permission, without } from './support/permissions';

const REGIONS = ['us-east-1', 'us-west-2'];
const HOME = 'us-east-1';
const MEDIA: MediaOptions = { regions: REGIONS, home: HOME };

jest.setTimeout(300_000);

/** What the local AWS does not ask for; docs/limits.md says so to users. */
const NOT_PROVABLE_HERE = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** What aws-cdk-lib's provider framework gives itself beyond what it uses here; docs/limits.md says so, too. */
const OF_THE_FRAMEWORK = ['lambda:GetFunction', 'lambda:InvokeFunction'];

describe('least privilege', () => {
  let estate: Estate;
  const permissions = deploymentPermissions();

  beforeAll(async () => {
    estate = await Estate.start(REGIONS);
  });

  afterAll(() => estate?.stop());

  test('lists every permission that it cannot prove in the limits', () => {
    const limits = readFileSync(join(__dirname, '../../docs/limits.md'), 'utf8');

    for (const action of [...NOT_PROVABLE_HERE, ...OF_THE_FRAMEWORK]) expect(limits).toContain(`\`${action}\``);
  });

  describe('of what runs at deployment', () => {
    const isFrameworks = ({ action, resource }: Permission) => OF_THE_FRAMEWORK.includes(action) && !(action === 'lambda:InvokeFunction' && resource === 0);
    const provable = permissions.filter((one) => !NOT_PROVABLE_HERE.includes(one.action) && !isFrameworks(one) && !ofSwitch(one));

    test.each(provable.map((permission, number) => ({ permission, number, title: permission.title })))(
      'fails when $title is missing', async ({ permission, number }) => {
        const failure = await firstFailure(estate, { ...MEDIA, stack: `Media${number}`, prefix: `least-${number}` }, permission);

        expect(failure).toMatch(/deploy|switch|replace|destroy/);
      });
  });

  describe('of what looks at the lag before a switch', () => {
    const full: MediaOptions = { ...MEDIA, stack: 'MediaSwitch', prefix: 'least-switch' };
    let arn: string;

    beforeAll(async () => {
      const { exitCode, output } = await estate.deployAll(full);
      if (exitCode !== 0) throw new Error(output);
      arn = await estate.arn(HOME, '/s3-failover/least-switch');
    });

    /** A switch away from one Region in a deployment that has lost one permission; answers with why it failed, or what it left. */
    async function switchWithout(missing: Permission | undefined, source: string, id: string): Promise<string> {
      const target = REGIONS.find((region) => region !== source)!;
      await estate.moveByHand(arn, source);
      const edit = (template: any): void => {
        if (missing) without(template, missing);
        // The policy of the replication rules, which stays as it is at a switch, allows this as well.
        if (missing?.action === 's3:GetReplicationConfiguration') permissions.filter((one) => one.action === missing.action && !ofSwitch(one)).forEach((one) => without(template, one));
        giveUpSoon(template, 20);
      };
      const before = await markers(estate, 'least-switch');
      const { exitCode } = await estate.switchTo({ ...full, edit }, target, '--parameters', `${full.stack}:SwitchId=${id}`);
      if (exitCode !== 0) return estate.failureReason(HOME, full.stack);
      expect(await estate.routes(arn)).toEqual(onlyActive(REGIONS, target));
      const left = (await markers(estate, 'least-switch')).length - before.length;
      return left > 0 ? `${left} markers were left` : 'nothing noticed';
    }

    test.each(REGIONS)('is enough to switch away from %s and to leave nothing behind', async (source) => {
      expect(await switchWithout(undefined, source, `whole-${source}`)).toBe('nothing noticed');
    });

    const noticed: { readonly [action: string]: RegExp } = {
      's3:GetReplicationConfiguration': /s3 GetBucketReplication in .* was answered 403/,
      's3:PutObject': /s3 PutObject in .* was answered 403/,
      's3:ListBucketVersions': /markers were left/,
      's3:DeleteObjectVersion': /markers were left/,
      'cloudwatch:GetMetricData': /cloudwatch GetMetricData in .* was answered 403/,
    };

    test('is these permissions and no others', () => {
      expect(new Set(permissions.filter(ofSwitch).map(({ action }) => action))).toEqual(new Set(Object.keys(noticed)));
    });

    test.each(permissions.filter(ofSwitch).map((permission, number) => ({ permission, number, title: permission.title })))(
      'fails when $title is missing', async ({ permission, number }) => {
        expect(await switchWithout(permission, REGIONS[permission.resource], `least-${number}`)).toMatch(noticed[permission.action]);
      });
  });

  describe('of the replication roles', () => {
    const full: MediaOptions = { ...MEDIA, stack: 'MediaFull', prefix: 'least-full' };

    beforeAll(async () => {
      const { exitCode, output } = await estate.deployAll(full);
      if (exitCode !== 0) throw new Error(output);
    });

    const actions = [
      's3:GetReplicationConfiguration', 's3:ListBucket', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl',
      's3:GetObjectVersionTagging', 's3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags',
    ];

    test('are these and no others', async () => {
      const policy = await replicationPolicy(estate, REGIONS[0]);

      expect(policy.document.Statement.flatMap((statement: any) => statement.Action)).toEqual(actions);
    });

    test.each(REGIONS.flatMap((source) => actions.map((action) => ({ source, action }))))(
      'fails to replicate out of $source when $action is missing', async ({ source, action }) => {
        const policy = await replicationPolicy(estate, source);
        const target = REGIONS.find((region) => region !== source)!;
        await policy.put(withoutAction(policy.document, action));
        try {
          const key = `${action}-${source}`.replace(':', '-');
          await write(estate, source, key);
          if (action === 's3:ReplicateDelete') {
            await eventually(() => estate.read(target, key, full.prefix), (body) => body !== undefined);
            await estate.aws.clients.s3(source).send(new DeleteObjectCommand({ Bucket: estate.bucket(source, full.prefix), Key: key }));
            const failed = () => estate.aws.control.replicationQueue({ source }).then((queue) => JSON.stringify(queue.directions.flatMap((direction) => direction.failed)));
            expect(await eventually(failed, (entries) => entries.includes(key))).toContain(key);
            expect(await estate.read(target, key, full.prefix)).toBe(key);
          } else {
            expect(await eventually(() => estate.replicationStatus(source, key, full.prefix), (status) => status !== 'PENDING')).toBe('FAILED');
            expect(await estate.read(target, key, full.prefix)).toBeUndefined();
          }
        } finally {
          await policy.put(policy.document);
        }
      });

    test('replicate again with every permission back', async () => {
      await write(estate, REGIONS[0], 'whole-again');

      expect(await eventually(() => estate.read(REGIONS[1], 'whole-again', full.prefix), (body) => body !== undefined)).toBe('whole-again');
    });
  });
});

/** The life of a deployment without one permission, up to what fails first. */
async function firstFailure(estate: Estate, base: MediaOptions, missing: Permission): Promise<string> {
  const options: MediaOptions = {
    ...base,
    edit: (template) => {
      without(template, missing);
      giveUpSoon(template);
    },
  };
  if ((await estate.deployAll(options)).exitCode !== 0) return 'deploy';
  if ((await estate.switchTo(options, REGIONS[1])).exitCode !== 0) return 'switch';
  const grown = { ...options, regions: [...REGIONS, 'eu-west-1'] };
  await estate.aws.bootstrap(['eu-west-1']);
  await estate.deployAll(grown);
  const digest = await estate.refusedDigest(HOME, base.stack);
  if ((await estate.deployAll({ ...grown, acknowledgeReplacement: digest })).exitCode !== 0) return 'replace';
  if ((await estate.destroyAll({ ...grown, acknowledgeReplacement: digest })).exitCode !== 0) return 'destroy';
  return 'nothing noticed';
}

/** Those of the policy that comes with a switch. */
function ofSwitch({ policy }: Permission): boolean {
  return policy.includes('SwitchPolicy');
}

/** Markers that are in the buckets. */
async function markers(estate: Estate, prefix: string): Promise<string[]> {
  const found = REGIONS.map(async (region) => {
    const { Versions = [] } = await estate.aws.clients.s3(region).send(new ListObjectVersionsCommand({ Bucket: estate.bucket(region, prefix), Prefix: '.s3-failover/marker/' }));
    return Versions.map(({ Key }) => `${region}: ${Key}`);
  });
  return (await Promise.all(found)).flat();
}

/** New permissions take a while to work on AWS, so the handler waits for them; here they work at once, and a missing one stays missing. */
function giveUpSoon(template: any, seconds = 6): void {
  for (const resource of Object.values<any>(template.Resources)) {
    const variables = resource.Properties?.Environment?.Variables;
    if (variables?.[Environment.TIMEOUT_SECONDS]) variables[Environment.TIMEOUT_SECONDS] = String(seconds);
  }
}

/** Every action on every resource that the template gives to the functions that run at deployment. */
function deploymentPermissions(): Permission[] {
  const assembly = synthesizeMedia(MEDIA);
  const template = JSON.parse(readFileSync(join(assembly, 'Media.template.json'), 'utf8'));
  rmSync(assembly, { recursive: true, force: true });
  return permissionsOf(template);
}

async function write(estate: Estate, region: string, key: string): Promise<void> {
  await estate.aws.clients.s3(region).send(new PutObjectCommand({
    Bucket: estate.bucket(region, 'least-full'), Key: key, Body: key, Tagging: 'kind=test',
  }));
}

async function replicationPolicy(estate: Estate, region: string) {
  const iam = estate.aws.clients.iam();
  const { StackResources } = await estate.aws.clients.cloudFormation(HOME).send(new DescribeStackResourcesCommand({ StackName: 'MediaFull' }));
  const role = StackResources!.find((resource) => resource.ResourceType === 'AWS::IAM::Role'
    && resource.LogicalResourceId!.includes(`Role${region.replace(/-/g, '')}`))!.PhysicalResourceId!;
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: 'Replicate' }));
  return {
    document: JSON.parse(decodeURIComponent(PolicyDocument!)),
    put: async (document: object) => {
      await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: 'Replicate', PolicyDocument: JSON.stringify(document) }));
    },
  };
}

function withoutAction(document: any, action: string): object {
  return { ...document, Statement: document.Statement.map((statement: any) => ({ ...statement, Action: statement.Action.filter((one: string) => one !== action) })) };
}
