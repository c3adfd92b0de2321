import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { GetBucketReplicationCommand, PutBucketReplicationCommand, type ReplicationRule } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { Environment, ResourceType } from '../../lib/private/contract';
import type { Credentials } from '../../local';
import { makeEvent, type MakeEventOptions } from '../runtime/support/custom-resource-event';
import { guardProperties, manifestProperties, NAME, REGIONS } from '../runtime/support/manifest';
import { EAST, IRELAND, Lab, replicationStatements, WEST } from './replication-lab';
import { createUser } from './support';

const BUNDLE = join(__dirname, '..', '..', 'assets', 'deployment', 'index.js');
const PREFIX = 's3-failover-0a1b2c3d-';
/** A bucket that somebody has deleted. */
const GONE = 'deleted-bucket';

/** Runs the bundled handler as Lambda would: one event in, its answer or its reason out. */
const INVOKE = `
  const { handler } = require(process.argv[1]);
  const context = { awsRequestId: 'r', functionName: 'f', invokedFunctionArn: 'a', memoryLimitInMB: '512', getRemainingTimeInMillis: () => 60000 };
  handler(JSON.parse(process.argv[2]), context)
    .then((answer) => ({ answer }), (error) => ({ reason: error.message }))
    .then((outcome) => process.stderr.write('OUTCOME' + JSON.stringify(outcome)));
`;

interface Invocation {
  readonly answer?: { readonly PhysicalResourceId: string; readonly Data: Record<string, string> };
  readonly reason?: string;
}

jest.setTimeout(120_000);

describe('the bundled handler, with no permission beyond what it needs', () => {
  let lab: Lab;
  let as: Credentials;
  let buckets: Record<string, string>;
  let role: string;
  let otherRole: string;

  beforeAll(async () => {
    lab = await Lab.start();
    buckets = Object.fromEntries(await Promise.all([EAST, WEST, IRELAND].map(async (region) => [region, await lab.bucket(region)])));
    role = await lab.role(replicationStatements(buckets[EAST], [buckets[WEST], buckets[IRELAND]]));
    otherRole = await lab.role(replicationStatements(buckets[EAST], [buckets[WEST]]));
    as = await createUser(lab.aws, 'deployment', [
      { Action: ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'], Resource: [...Object.values(buckets), GONE].map((name) => `arn:aws:s3:::${name}`) },
      { Action: ['iam:PassRole'], Resource: [role] },
      { Action: ['ssm:GetParameter', 'ssm:PutParameter', 'ssm:DeleteParameter'], Resource: ['', '/arn', '/alias'].map((end) => `arn:aws:ssm:*:111122223333:parameter${NAME}${end}`) },
    ]);
  });

  afterAll(() => lab?.aws.stop());

  function invoke(type: 'Create' | 'Update' | 'Delete', resource: string, properties: object, options: MakeEventOptions = {}, seconds = 8): Promise<Invocation> {
    const env = {
      ...process.env,
      ...lab.aws.env,
      AWS_ACCESS_KEY_ID: as.accessKeyId,
      AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
      [Environment.TIMEOUT_SECONDS]: String(seconds),
    };
    return new Promise((resolve, reject) => {
      const event = JSON.stringify(makeEvent(type, resource, properties, options));
      execFile(process.execPath, ['-e', INVOKE, BUNDLE, event], { env, timeout: 60_000 }, (error, _, stderr) => {
        const at = stderr.lastIndexOf('OUTCOME');
        if (error || at < 0) reject(new Error(stderr || String(error)));
        else resolve(JSON.parse(stderr.slice(at + 'OUTCOME'.length)) as Invocation);
      });
    });
  }

  const replication = (changed: object = {}) => ({
    Bucket: buckets[EAST],
    Region: EAST,
    RoleArn: role,
    RulePrefix: PREFIX,
    Destinations: [WEST, IRELAND].map((Region) => ({ Region, Bucket: buckets[Region] })),
    KeyPrefix: '',
    DeleteMarkers: 'true',
    ReplicaModifications: 'true',
    TimeControl: 'true',
    Metrics: 'true',
    ...changed,
  });

  const rules = async (): Promise<ReplicationRule[]> => {
    const answer = await lab.s3(EAST).send(new GetBucketReplicationCommand({ Bucket: buckets[EAST] })).catch(() => undefined);
    return answer?.ReplicationConfiguration?.Rules ?? [];
  };

  describe('replication', () => {
    const foreign = (): ReplicationRule => ({
      ID: 'archive',
      Priority: 2,
      Status: 'Enabled',
      Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'keep', Value: 'yes' }] } },
      DeleteMarkerReplication: { Status: 'Disabled' },
      Destination: { Bucket: `arn:aws:s3:::${buckets[WEST]}`, StorageClass: 'GLACIER_IR' },
    });

    test('sets rules beside one that was there, changes them, and takes them away again', async () => {
      await lab.s3(EAST).send(new PutBucketReplicationCommand({ Bucket: buckets[EAST], ReplicationConfiguration: { Role: role, Rules: [foreign()] } }));

      expect(await invoke('Create', ResourceType.REPLICATION, replication())).toEqual({ answer: { PhysicalResourceId: `replication/${buckets[EAST]}`, Data: {} } });
      const created = await rules();
      expect(created.map(({ ID, Priority }) => [ID, Priority])).toEqual([['archive', 2], [`${PREFIX}us-west-2`, 1], [`${PREFIX}eu-west-1`, 3]]);
      expect(created[0]).toEqual(foreign());

      const one = replication({ Destinations: [{ Region: IRELAND, Bucket: buckets[IRELAND] }], TimeControl: 'false' });
      expect(await invoke('Update', ResourceType.REPLICATION, one)).toMatchObject({ answer: {} });
      expect((await rules()).map(({ ID, Priority }) => [ID, Priority])).toEqual([['archive', 2], [`${PREFIX}eu-west-1`, 3]]);

      expect(await invoke('Delete', ResourceType.REPLICATION, one, { physicalId: 'p' })).toEqual({ answer: { PhysicalResourceId: 'p', Data: {} } });
      expect(await rules()).toEqual([foreign()]);
    });

    test('fails when rules of others are under another role, and leaves them', async () => {
      await lab.s3(EAST).send(new PutBucketReplicationCommand({ Bucket: buckets[EAST], ReplicationConfiguration: { Role: otherRole, Rules: [foreign()] } }));

      const { reason } = await invoke('Create', ResourceType.REPLICATION, replication());

      expect(reason).toMatch(new RegExp(`got 'archive' under ${otherRole}, .*pass that role in 'roles'`));
      expect(await rules()).toEqual([foreign()]);
    });

    test('fails when a destination does not exist, having waited as long as it may', async () => {
      const nowhere = replication({ Bucket: buckets[WEST], Region: WEST, Destinations: [{ Region: IRELAND, Bucket: 'nowhere-at-all' }] });
      const since = Date.now();

      const { reason } = await invoke('Create', ResourceType.REPLICATION, nowhere);

      expect(reason).toMatch(/InvalidRequest: Destination bucket must exist\., for \d s; check that .* and each of nowhere-at-all \(eu-west-1\) exists and is versioned$/);
      const puts = (await lab.aws.control.accessLog(since)).filter(({ operation, bucket }) => operation === 'PutBucketReplication' && bucket === buckets[WEST]);
      expect(puts.length).toBeGreaterThan(1);
    });

    test('a delete of the rules of a bucket that is gone succeeds', async () => {
      expect(await invoke('Delete', ResourceType.REPLICATION, replication({ Bucket: GONE }), { physicalId: 'p' })).toMatchObject({ answer: {} });
    });

    test('fails when the Region of the bucket is dead, soon, and says how to go on', async () => {
      await lab.aws.control.setRegion(WEST, { kind: 'refused' });
      try {
        const western = replication({ Bucket: buckets[WEST], Region: WEST, Destinations: [{ Region: IRELAND, Bucket: buckets[IRELAND] }] });
        const { reason } = await invoke('Delete', ResourceType.REPLICATION, western, { physicalId: 'p' });

        expect(reason).toMatch(/rules 's3-failover-0a1b2c3d-\*' of bucket .* in us-west-2 could not be removed: s3 GetBucketReplication in us-west-2 got no answer/);
      } finally {
        await lab.aws.control.heal();
      }
    });
  });

  describe('guard and manifest', () => {
    const manifestIn = async (region: string) => {
      const answer = await lab.aws.clients.ssm(region).send(new GetParameterCommand({ Name: NAME })).catch(() => undefined);
      return answer?.Parameter?.Value === undefined ? undefined : JSON.parse(answer.Parameter.Value);
    };

    test('go through a first deployment, an outage, a refusal and a delete', async () => {
      expect(await invoke('Create', ResourceType.GUARD, guardProperties())).toMatchObject({ answer: { Data: { LiveAccessPointArn: expect.stringMatching(/none\.mrap$/) } } });
      expect(await invoke('Create', ResourceType.MANIFEST, manifestProperties())).toMatchObject({ answer: { Data: { UnreachableRegions: '' } } });
      const [first] = await Promise.all(REGIONS.map(manifestIn));

      await lab.aws.control.setRegion('us-west-2', { kind: 'refused' });
      try {
        expect(await invoke('Update', ResourceType.GUARD, guardProperties())).toMatchObject({ answer: { Data: { LiveAccessPointArn: first.accessPoint.arn } } });
        expect(await invoke('Update', ResourceType.MANIFEST, manifestProperties({ RoutingRegions: ['eu-west-1'] }))).toMatchObject({ answer: { Data: { UnreachableRegions: 'us-west-2' } } });
      } finally {
        await lab.aws.control.heal();
      }
      expect((await manifestIn('us-west-2')).revision).toBe(first.revision);
      expect((await manifestIn('us-east-1')).revision).toBeGreaterThan(first.revision);

      const { 'us-west-2': _, ...fewer } = guardProperties().Buckets;
      const { reason } = await invoke('Update', ResourceType.GUARD, guardProperties({ Buckets: fewer }));
      expect(reason).toMatch(/us-west-2 leaves with .*nor could the stack's status be read/);

      expect(await invoke('Delete', ResourceType.MANIFEST, manifestProperties(), { physicalId: 'p' })).toMatchObject({ answer: {} });
      expect(await Promise.all(REGIONS.map(manifestIn))).toEqual([undefined, undefined, undefined]);
    });

    test('fails when a first manifest cannot be in every Region, and leaves none', async () => {
      await lab.aws.control.setRegion('us-west-2', { kind: 'blackhole' });
      try {
        const { reason } = await invoke('Create', ResourceType.MANIFEST, manifestProperties(), {}, 40);

        expect(reason).toMatch(/must be in every one of 'Regions' .*: us-west-2 failed \(/);
      } finally {
        await lab.aws.control.heal();
      }
      expect(await Promise.all(REGIONS.map(manifestIn))).toEqual([undefined, undefined, undefined]);
    });
  });
});
