import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand, DeleteBucketReplicationCommand, GetBucketReplicationCommand, GetObjectCommand, PutBucketReplicationCommand,
  PutBucketVersioningCommand, type ReplicationConfiguration,
} from '@aws-sdk/client-s3';
import { Estate, eventually, onlyActive } from './support/estate';
import type { MediaOptions } from './support/media-app';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const HOME = 'us-east-1';
const MEDIA: MediaOptions = { regions: REGIONS, home: HOME };

jest.setTimeout(180_000);

/** One estate, in the order in which an operator would live through it: each test goes on where the last one ended. */
describe('one construct, one deployment, one failover', () => {
  let estate: Estate;
  let arn: string;

  beforeAll(async () => {
    estate = await Estate.start(REGIONS);
  });

  afterAll(() => estate?.stop());

  test('deploys three Regions with one command', async () => {
    const { exitCode, output } = await estate.deployAll(MEDIA);

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    arn = await estate.arn(HOME);
    expect(await estate.routes(arn)).toEqual(onlyActive(REGIONS, 'us-east-1'));
  });

  test('writes the same manifest to every data Region', async () => {
    const copies = await Promise.all(REGIONS.map((region) => estate.manifest(region)));

    expect(copies[0].buckets).toEqual(Object.fromEntries(REGIONS.map((region) => [region, estate.bucket(region)])));
    for (const copy of copies) expect(copy).toEqual(copies[0]);
  });

  test('holds an object written through the access point in every Region', async () => {
    await estate.put(arn, 'first', 'written in the active Region');

    for (const region of REGIONS) {
      expect(await eventually(() => estate.read(region, 'first'), (body) => body !== undefined)).toBe('written in the active Region');
    }
    expect(await eventually(() => estate.replicationStatus('us-east-1', 'first'), (status) => status !== 'PENDING')).toBe('COMPLETED');
    expect(await estate.replicationStatus('eu-west-1', 'first')).toBe('REPLICA');
  });

  test.each(REGIONS)('replicates from %s to both others', async (source) => {
    await estate.moveByHand(arn, source);
    await estate.put(arn, `from-${source}`);

    for (const region of REGIONS) {
      expect(await eventually(() => estate.read(region, `from-${source}`), (body) => body !== undefined)).toBe(`from-${source}`);
    }
    expect(await estate.replicationStatus(source, `from-${source}`)).not.toBe('REPLICA');
    await estate.moveByHand(arn, 'us-east-1');
  });

  test('switches the active Region by a stack parameter', async () => {
    const { exitCode, output } = await estate.switchTo(MEDIA, 'us-west-2');

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    expect(await estate.routes(arn)).toEqual(onlyActive(REGIONS, 'us-west-2'));
    await estate.put(arn, 'after-the-switch');
    expect(await estate.replicationStatus('us-west-2', 'after-the-switch')).not.toBe('REPLICA');
  });

  test('fails to switch away from a dead Region, since nothing can be known, and says what to type', async () => {
    await estate.aws.control.setRegion('us-west-2', { kind: 'refused' });
    try {
      expect((await estate.switchTo(MEDIA, 'eu-west-1')).exitCode).not.toBe(0);

      expect(await estate.failureReason(HOME)).toMatch(/the replication rules of us-west-2 could not be read.*--parameters Media:ActiveRegion=eu-west-1 --parameters Media:SwitchId=force-<anything new>/);
      expect(await estate.routes(arn)).toEqual(onlyActive(REGIONS, 'us-west-2'));
    } finally {
      await estate.aws.control.heal();
    }
  });

  test.each([
    { dead: 'us-west-2', target: 'eu-west-1', id: 'force-1' },
    { dead: 'eu-west-1', target: 'us-west-2', id: 'force-2' },
  ])('switches to $target while $dead is dead, when it is forced', async ({ dead, target, id }) => {
    await estate.aws.control.setRegion(dead, { kind: 'blackhole' });
    try {
      const { exitCode, output } = await estate.switchTo(MEDIA, target, '--parameters', `Media:SwitchId=${id}`);

      expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
      expect(await estate.routes(arn)).toEqual(onlyActive(REGIONS, target));
    } finally {
      await estate.aws.control.heal();
    }
  });

  test('leaves traffic alone when it is deployed again without parameters', async () => {
    const { exitCode } = await estate.deployAll(MEDIA);

    expect(exitCode).toBe(0);
    expect(await estate.routes(arn)).toEqual(onlyActive(REGIONS, 'us-west-2'));
  });

  test('keeps a rule that someone else added to a bucket, and the rule still replicates', async () => {
    const s3 = estate.aws.clients.s3('us-east-1');
    const west = estate.aws.clients.s3('us-west-2');
    const archive = `archive-${estate.aws.account}`;
    await west.send(new CreateBucketCommand({ Bucket: archive, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }));
    await west.send(new PutBucketVersioningCommand({ Bucket: archive, VersioningConfiguration: { Status: 'Enabled' } }));
    const before = await replication(estate, 'us-east-1');
    const foreign = {
      ID: 'theirs', Priority: 500, Status: 'Enabled' as const, Filter: { Prefix: 'archived/' },
      DeleteMarkerReplication: { Status: 'Disabled' as const }, Destination: { Bucket: `arn:aws:s3:::${archive}` },
    };
    await s3.send(new PutBucketReplicationCommand({
      Bucket: estate.bucket('us-east-1'),
      ReplicationConfiguration: { Role: before.Role, Rules: [...before.Rules!, foreign] },
    }));
    await allowReplicationTo(estate, before.Role!, archive);

    // Something of ours changes, so that the handler writes the configuration again.
    const { exitCode, output } = await estate.deployAll({ ...MEDIA, timeControl: true });

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    const after = await replication(estate, 'us-east-1');
    expect(after.Rules!.find((rule) => rule.ID === 'theirs')).toEqual(foreign);
    expect(after.Rules!.filter((rule) => rule.Destination!.ReplicationTime?.Status === 'Enabled')).toHaveLength(2);
    await estate.moveByHand(arn, 'us-east-1');
    await estate.put(arn, 'archived/one');
    const copy = await eventually(async () => {
      try {
        return await (await west.send(new GetObjectCommand({ Bucket: archive, Key: 'archived/one' }))).Body!.transformToString();
      } catch {
        return undefined;
      }
    }, (body) => body !== undefined);
    expect(copy).toBe('archived/one');
  });

  test('leaves buckets, objects and the foreign rule behind when it is destroyed', async () => {
    const { exitCode, output } = await estate.destroyAll({ ...MEDIA, timeControl: true });

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    for (const region of REGIONS) expect(await estate.read(region, 'first')).toBe('written in the active Region');
    expect((await replication(estate, 'us-east-1')).Rules!.map((rule) => rule.ID)).toEqual(['theirs']);
    await expect(estate.manifest('us-west-2')).rejects.toThrow(/ParameterNotFound|not found/i);
    await expect(replication(estate, 'us-west-2')).rejects.toMatchObject({ name: 'ReplicationConfigurationNotFoundError' });
  });

  /** CloudFormation finds existing resources only by names that are plain text in the template, so the account must be known. */
  const known: MediaOptions = { ...MEDIA, account: '111122223333' };

  test('fails when a bucket that was left behind has rules under another role, names the role, and keeps the data', async () => {
    // On AWS this is so by itself: the role that the foreign rule was added under went with the stack, and the new one has another name.
    const { Role } = (await estate.aws.clients.iam().send(new CreateRoleCommand({
      RoleName: 'of-someone-else', AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    })));
    const { Rules } = await replication(estate, 'us-east-1');
    await estate.aws.clients.s3('us-east-1').send(new PutBucketReplicationCommand({
      Bucket: estate.bucket('us-east-1'), ReplicationConfiguration: { Role: Role!.Arn, Rules },
    }));

    const { exitCode } = await estate.deployAll(known, '--import-existing-resources');

    expect(exitCode).not.toBe(0);
    expect(await estate.failureReason(HOME)).toContain(Role!.Arn!);
    expect(await estate.read('us-east-1', 'first')).toBe('written in the active Region');
  });

  test('takes the same buckets over when it is deployed again', async () => {
    await estate.aws.clients.s3('us-east-1').send(new DeleteBucketReplicationCommand({ Bucket: estate.bucket('us-east-1') }));
    await estate.destroyAll(known);

    const { exitCode, output } = await estate.deployAll(known, '--import-existing-resources');

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    const again = await estate.arn('eu-west-1');
    expect(again).not.toBe(arn);
    await estate.put(again, 'written-again');
    for (const region of REGIONS) {
      expect(await estate.read(region, 'first')).toBe('written in the active Region');
      expect(await eventually(() => estate.read(region, 'written-again'), (body) => body !== undefined)).toBe('written-again');
    }
  });
});

async function replication(estate: Estate, region: string): Promise<ReplicationConfiguration> {
  const answer = await estate.aws.clients.s3(region).send(new GetBucketReplicationCommand({ Bucket: estate.bucket(region) }));
  return answer.ReplicationConfiguration!;
}

async function allowReplicationTo(estate: Estate, roleArn: string, bucket: string): Promise<void> {
  await estate.aws.clients.iam().send(new PutRolePolicyCommand({
    RoleName: roleArn.split('/').pop(),
    PolicyName: 'archive',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], Resource: `arn:aws:s3:::${bucket}/*` }],
    }),
  }));
}
