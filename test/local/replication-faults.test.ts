import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, GetObjectTaggingCommand, PutBucketVersioningCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { FaultInput } from '../../local';
import { EAST, IRELAND, Lab, WEST } from './replication-lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 120_000);
afterEach(() => lab.aws.control.heal());
afterAll(() => lab.stop());

const HOUR = 3_600_000;
const REFUSED: FaultInput = { kind: 'refused' };

async function put(region: string, Bucket: string, Key: string): Promise<void> {
  await lab.s3(region).send(new PutObjectCommand({ Bucket, Key, Body: Key }));
}

async function directions(source: string): Promise<Record<string, { pending: number; heldBy?: string }>> {
  const report = await lab.queue({ source });
  return Object.fromEntries(report.directions.map(({ destination, counts, heldBy }) => [destination, { pending: counts.pending, heldBy }]));
}

describe('lag and pause', () => {
  test('each direction has a lag of its own', async () => {
    const [source, west, ireland] = await lab.estate([WEST, IRELAND]);
    await lab.aws.control.setReplication({ source, destination: ireland, lagMs: HOUR });
    await put(EAST, source, 'a');
    await lab.idle({ source, destination: west });
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
    expect(await lab.status(IRELAND, ireland, 'a')).toBe('absent');
    expect(await lab.status(EAST, source, 'a')).toBe('PENDING');
    expect(await directions(source)).toMatchObject({ [WEST]: { pending: 0 }, [IRELAND]: { pending: 1 } });
    await lab.aws.control.setReplication({ source, lagMs: 0 });
    await lab.aws.control.setReplication({ source, destination: ireland, lagMs: 0 });
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'a')).toBe('COMPLETED');
  });

  test('a replica does not arrive before the lag is over', async () => {
    const [source] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, lagMs: 300 });
    const before = Date.now();
    await put(EAST, source, 'a');
    await lab.idle({ source });
    expect(Date.now() - before).toBeGreaterThanOrEqual(300);
  });

  test('a shorter lag takes hold of what is pending already', async () => {
    const [source] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, lagMs: HOUR });
    await put(EAST, source, 'a');
    expect((await lab.queue({ source })).directions[0]).toMatchObject({ lagMs: HOUR, counts: { pending: 1 } });
    await lab.aws.control.setReplication({ source, lagMs: 0 });
    expect((await lab.idle({ source })).counts).toMatchObject({ pending: 0, completed: 1 });
  });

  test('a direction may be named by its Regions', async () => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: true });
    await put(EAST, east, 'from-east');
    await put(WEST, west, 'from-west');
    await lab.idle({ source: west });
    expect(await lab.status(EAST, east, 'from-west')).toBe('REPLICA');
    expect((await lab.queue({ source: east })).directions).toMatchObject([{ source: EAST, destination: WEST, paused: true, heldBy: 'paused', counts: { pending: 1 } }]);
    await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: false });
    await lab.idle();
    expect(await lab.status(WEST, west, 'from-east')).toBe('REPLICA');
  });

  test('fails when a direction is neither a Region nor a bucket, or nothing is to be set', async () => {
    await expect(lab.aws.control.setReplication({ source: 'us-east-9', paused: true })).rejects.toThrow(/'source' must be a Region or a bucket, got 'us-east-9'/);
    await expect(lab.aws.control.setReplication({ source: EAST })).rejects.toThrow(/needs one of 'lagMs', 'paused'/);
    await expect(lab.aws.control.setReplication({ lagMs: -1 })).rejects.toThrow(/lagMs/);
  });

  test('fails when waiting is not over in time, and says what holds it', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, paused: true });
    await put(EAST, source, 'a');
    await expect(lab.idle({ source, timeoutMs: 50 })).rejects.toThrow(`replication is not idle after 50 ms: 1 pending from ${source} to ${west} (paused)`);
    await lab.aws.control.setReplication({ source, paused: false });
    await lab.idle({ source });
  });
});

describe('a Region or bucket out of reach', () => {
  test.each<[string, FaultInput]>([
    ['refuses connections', REFUSED],
    ['accepts and never answers', { kind: 'blackhole' }],
    ['fails every request', { kind: 'failing', rate: 1 }],
  ])('a destination Region that %s leaves objects PENDING, and gets them when it is healed', async (_, fault) => {
    const [source, west, ireland] = await lab.estate([WEST, IRELAND]);
    await lab.aws.control.setRegion(WEST, fault);
    await put(EAST, source, 'a');
    await lab.idle({ source, destination: ireland });
    expect(await lab.status(IRELAND, ireland, 'a')).toBe('REPLICA');
    expect(await lab.status(EAST, source, 'a')).toBe('PENDING');
    expect(await directions(source)).toEqual({ [WEST]: { pending: 1, heldBy: `${west} in ${WEST} is out of reach` }, [IRELAND]: { pending: 0 } });
    await lab.aws.control.heal();
    expect((await lab.idle({ source })).counts).toEqual({ pending: 0, completed: 2, failed: 0 });
    expect(await lab.text(WEST, west, 'a')).toBe('a');
    expect(await lab.status(EAST, source, 'a')).toBe('COMPLETED');
  });

  test('what a source Region had acknowledged when it died leaves it when it is healed', async () => {
    const [source, west] = await lab.estate([WEST], { DeleteMarkerReplication: { Status: 'Enabled' } });
    await put(EAST, source, 'gone');
    await lab.idle({ source });
    await lab.aws.control.setReplication({ source, lagMs: HOUR });
    await Promise.all(Array.from({ length: 20 }, (_, index) => put(EAST, source, `k/${index}`)));
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'gone' }));
    await lab.aws.control.setRegion(EAST, REFUSED);
    await lab.aws.control.setReplication({ source, lagMs: 0 });
    await pause(200);
    expect(await directions(source)).toEqual({ [WEST]: { pending: 21, heldBy: `${source} in ${EAST} is out of reach` } });
    expect(await lab.status(WEST, west, 'k/0')).toBe('absent');
    await lab.aws.control.heal();
    await lab.idle({ source });
    for (let index = 0; index < 20; index += 1) expect(await lab.text(WEST, west, `k/${index}`)).toBe(`k/${index}`);
    expect(await lab.status(WEST, west, 'gone')).toBe('absent');
  });

  test('one bucket out of reach holds back its own replicas only', async () => {
    const [one, oneWest] = await lab.estate([WEST]);
    const [two, twoWest] = await lab.estate([WEST]);
    await lab.aws.control.setBucket(oneWest, REFUSED);
    await put(EAST, one, 'a');
    await put(EAST, two, 'a');
    await lab.idle({ source: two });
    expect(await lab.status(WEST, twoWest, 'a')).toBe('REPLICA');
    expect(await lab.status(EAST, one, 'a')).toBe('PENDING');
    await lab.aws.control.heal();
    await lab.idle({ source: one });
    expect(await lab.status(WEST, oneWest, 'a')).toBe('REPLICA');
  });

  test('a Region that fails some requests gets everything in the end', async () => {
    const [source] = await lab.estate([WEST]);
    for (let index = 0; index < 30; index += 1) await put(EAST, source, `k/${index}`);
    await lab.aws.control.setRegion(WEST, { kind: 'failing', rate: 0.7 });
    for (let index = 30; index < 60; index += 1) await put(EAST, source, `k/${index}`);
    expect((await lab.idle({ source })).counts).toEqual({ pending: 0, completed: 60, failed: 0 });
  });

  test('a failover and back loses nothing: each side gets what the other took while they were apart', async () => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    await lab.aws.control.setReplication({ source: east, lagMs: HOUR });
    await put(EAST, east, 'late');
    await put(EAST, east, 'both');
    await lab.aws.control.setRegion(EAST, { kind: 'blackhole' });
    await put(WEST, west, 'both');
    await put(WEST, west, 'only-west');
    await lab.aws.control.heal();
    await lab.aws.control.setReplication({ source: east, lagMs: 20 });
    await lab.idle();
    for (const key of ['late', 'both', 'only-west']) {
      const [here, there] = [await lab.stack(EAST, east, key), await lab.stack(WEST, west, key)];
      expect(there).toEqual(here);
      expect(here).toHaveLength(key === 'both' ? 2 : 1);
    }
    expect(await lab.status(EAST, east, 'both')).toBe('REPLICA');
  });
});

describe('a destination that cannot take replicas', () => {
  test('fails when its versioning is suspended', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.setVersioning(WEST, west, 'Suspended');
    await put(EAST, source, 'a');
    expect(await lab.failures(source)).toEqual(['DstBucketUnversioned']);
    expect(await lab.status(EAST, source, 'a')).toBe('FAILED');
    expect(await lab.status(WEST, west, 'a')).toBe('absent');
  });

  test('fails when it is gone', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.s3(WEST).send(new DeleteBucketCommand({ Bucket: west }));
    await put(EAST, source, 'a');
    expect(await lab.failures(source)).toEqual(['DstBucketNotFound']);
    expect(await lab.status(EAST, source, 'a')).toBe('FAILED');
  });

  test('fails when it belongs to another account', async () => {
    const [source, west] = await lab.estate([WEST]);
    const other = lab.aws.clients.s3(WEST, { credentials: { accessKeyId: '444455556666', secretAccessKey: 'local' } });
    await lab.s3(WEST).send(new DeleteBucketCommand({ Bucket: west }));
    await other.send(new CreateBucketCommand({ Bucket: west, CreateBucketConfiguration: { LocationConstraint: WEST } }));
    await other.send(new PutBucketVersioningCommand({ Bucket: west, VersioningConfiguration: { Status: 'Enabled' } }));
    await put(EAST, source, 'a');
    const { directions: [{ failed }] } = await lab.idle({ source }).then(() => lab.queue({ source }));
    expect(failed).toMatchObject([{ code: 'DstPutObjectNotPermitted', reason: `${west} belongs to account 444455556666; the local AWS replicates within an account only` }]);
  });

  test('a later write is not kept back by an earlier failure', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.setVersioning(WEST, west, 'Suspended');
    await put(EAST, source, 'a');
    await lab.idle({ source });
    await lab.setVersioning(WEST, west, 'Enabled');
    await put(EAST, source, 'b');
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'a')).toBe('FAILED');
    expect(await lab.status(WEST, west, 'b')).toBe('REPLICA');
  });

  test('a change of a replica waits for a version that another bucket has still to send', async () => {
    const [east, west, ireland] = await lab.mesh([EAST, WEST, IRELAND]);
    await lab.aws.control.setReplication({ source: east, destination: ireland, paused: true });
    await put(EAST, east, 'a');
    await lab.idle({ source: east, destination: west });
    await lab.s3(WEST).send(new PutObjectTaggingCommand({ Bucket: west, Key: 'a', Tagging: { TagSet: [{ Key: 'by', Value: 'west' }] } }));
    await lab.idle({ source: west, destination: east });
    expect((await lab.queue({ source: west, destination: ireland })).counts).toEqual({ pending: 1, completed: 0, failed: 0 });
    expect(await lab.status(WEST, west, 'a')).toBe('PENDING');
    await lab.aws.control.setReplication({ source: east, destination: ireland, paused: false });
    await lab.idle({ source: east });
    expect((await lab.idle({ source: west })).counts).toEqual({ pending: 0, completed: 2, failed: 0 });
    for (const [region, Bucket] of [[EAST, east], [IRELAND, ireland]]) {
      expect((await lab.s3(region).send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).TagSet).toEqual([{ Key: 'by', Value: 'west' }]);
    }
  });
});

test('the state of the local AWS counts what is pending, without listing it', async () => {
  const [source, west] = await lab.estate([WEST]);
  await lab.aws.control.setReplication({ source, paused: true });
  await put(EAST, source, 'a');
  await lab.queue();
  const { extensions } = await lab.aws.control.state();
  const { directions: all } = extensions.replication as { directions: { sourceBucket: string }[] };
  expect(all.filter(({ sourceBucket }) => sourceBucket === source)).toMatchObject([{ destinationBucket: west, counts: { pending: 1 }, heldBy: 'paused', pending: [], failed: [] }]);
  await lab.aws.control.setReplication({ source, paused: false });
  await lab.idle({ source });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
