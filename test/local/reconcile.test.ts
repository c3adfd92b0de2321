import { AbortMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../lib/private/contract';
import type { Credentials } from '../../local';
import { bucketPort, type AwsBucket } from '../../runtime/aws/bucket';
import { systemClock, systemWallClock } from '../../runtime/aws/system';
import { estateOf } from '../../runtime/core/operate/estate';
import { historyOf } from '../../runtime/core/operate/history/store';
import { policyFor } from '../../runtime/core/operate/policy/document';
import { scopeOf } from '../../runtime/core/operate/policy/scope';
import { MemoryLog } from '../runtime/support/log';
import { manifest } from '../runtime/support/manifest';
import { EAST, Lab, WEST, type Statement } from './replication-lab';
import { documentOf, runCli, type RunCliOptions } from './run-cli';
import { createAccessPoint, submitRoutes } from './support';

/** Each run is a process of its own, and some wait for what is on its way. */
jest.setTimeout(180_000);

let lab: Lab;
let media: Manifest;
let folder: string;
let file: string;
let operator: Credentials;
let ports: { readonly [region: string]: AwsBucket };

/** What `s3-failover policy reconcile` prints; the manifest comes from a file. */
const statements = (): Statement[] => policyFor('reconcile', scopeOf(estateOf(media))).document.Statement.map((statement) => ({ ...statement }));

beforeAll(async () => {
  lab = await Lab.start();
  const names = await lab.mesh([EAST, WEST]);
  const buckets: { [region: string]: string } = { [EAST]: names[0], [WEST]: names[1] };
  const accessPoint = await createAccessPoint(lab.aws, 'reconcile', names);
  const made = manifest({ account: lab.aws.account, routing: { mode: 'failover-order', regions: [EAST, WEST] } }, accessPoint);
  media = { ...made, accessPoint: { ...made.accessPoint, buckets }, buckets };
  await lab.aws.control.setPropagation({ ms: 0 });
  folder = mkdtempSync(join(tmpdir(), 's3-failover-reconcile-'));
  file = join(folder, 'media.json');
  writeFileSync(file, JSON.stringify(media));
  operator = await lab.user(statements());
  const root = { accessKeyId: lab.aws.account, secretAccessKey: 'local' };
  ports = Object.fromEntries([EAST, WEST].map((region) => [region, bucketPort({ region, name: buckets[region], account: lab.aws.account, config: { endpoint: lab.aws.endpoint, forcePathStyle: true, credentials: root } })]));
});
afterAll(async () => {
  Object.values(ports ?? {}).forEach((port) => port.close());
  await lab?.stop();
});
afterEach(async () => {
  await lab.aws.control.heal();
  await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: false });
});

const run = (line: string, options: RunCliOptions = {}) => runCli(lab.aws, `reconcile --manifest ${file} ${line}`.trim().split(' '), { credentials: operator, cwd: folder, ...options });

const put = async (region: string, Key: string, Body = Key): Promise<string> => (await lab.s3(region).send(new PutObjectCommand({ Bucket: media.buckets[region], Key, Body }))).VersionId!;
const remove = async (region: string, Key: string): Promise<string> => (await lab.s3(region).send(new DeleteObjectCommand({ Bucket: media.buckets[region], Key }))).VersionId!;

async function putMany(region: string, keys: readonly string[]): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  const left = [...keys];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let key = left.shift(); key !== undefined; key = left.shift()) versions.set(key, await put(region, key));
  }));
  return versions;
}

/** The Region that clients leave, and the record that a forced failover leaves. */
async function failOver(from: string, to: string): Promise<void> {
  await submitRoutes(lab.aws, media.accessPoint.arn, { [from]: 0, [to]: 100 });
  const at = systemWallClock.iso(systemWallClock.now());
  const world = { clock: systemClock, wall: systemWallClock, log: new MemoryLog(), estate: estateOf(media), buckets: (region: string) => ports[region] };
  await historyOf(world).end({
    schema: 'cdk-s3-failover/act', version: 1, id: `act${Date.now()}`.padEnd(20, '0'), phase: 'ended', verb: 'failover', planned: false, at, endedAt: at,
    who: 'arn:aws:iam::111122223333:user/operator', from: [from], to: [to], lag: [], outcome: 'served', quarantines: [from], lifts: [],
  });
}

const rows = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n').slice(1, -1).map((line) => line.split(','));
const listings = async (since: number) => (await lab.aws.control.accessLog(since)).filter(({ operation }) => operation === 'ListObjectVersions').length;

test('a night: cut off, failed over, written again; every acknowledged write is accounted for, and the quarantine ends when all is there', async () => {
  const keys = ['cart', 'order', 'photos/a b+c.jpg', 'ä\u{1f600}', '"quotes", all of it'];
  for (const key of keys) await put(EAST, key, 'before');
  await lab.idle();
  await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: true });
  const lost = new Map<string, string>();
  for (const key of keys) lost.set(key, await put(EAST, key, 'cut off'));
  lost.set('alone', await put(EAST, 'alone'));
  const marker = await remove(EAST, 'photos/a b+c.jpg');
  const { UploadId } = await lab.s3(EAST).send(new CreateMultipartUploadCommand({ Bucket: media.buckets[EAST], Key: 'film.mov' }));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await failOver(EAST, WEST);
  const again = new Map([['cart', await put(WEST, 'cart', 'again')], ['order', await put(WEST, 'order', 'again')]]);
  await lab.idle({ source: WEST });

  const owing = await run('--json --csv owing.csv --batch-manifest owing.csv');
  expect([owing.code, owing.stderr]).toEqual([3, expect.stringContaining('list every version in us-east-1 and us-west-2')]);
  expect(documentOf(owing)).toMatchObject({ outcome: 'differences', quarantined: [{ region: EAST }], lifted: [], uploads: [{ region: EAST, count: 1 }, { region: WEST, count: 0 }] });
  const owed = rows('owing.csv');
  const encoded = new Map([...lost].map(([key, id]) => [encodeURIComponent(key).replace(/%2F/g, '/'), id]));
  expect(owed.filter(([kind, reason]) => kind === 'missing' && reason === 'pending').map(([, , key, region, id]) => [key, id, region]).sort()).toEqual([...encoded].map(([key, id]) => [key, id, EAST]).sort());
  expect(owed.filter(([kind, reason]) => kind === 'missing' && reason === 'delete marker').map(([, , , , id]) => id)).toEqual([marker]);
  const superseded = (found: string[][]) => found.filter(([kind]) => kind === 'superseded').map(([, , key, region, id, , , , other, newer]) => [key, region, id, other, newer]).sort();
  const both = ['cart', 'order'].map((key) => [key, EAST, lost.get(key), WEST, again.get(key)]);
  expect(superseded(owed)).toEqual(both);
  expect(readFileSync(join(folder, 'owing.us-east-1.csv'), 'utf8')).toBe(`${media.buckets[EAST]},photos/a%20b%2Bc.jpg,${marker}\n`);

  // It heals while somebody waits for it.
  setTimeout(() => void lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: false }), 2_000);
  const clean = await run('--wait --json --csv clean.csv');
  expect(documentOf(clean)).toMatchObject({ outcome: 'clean', lifted: [EAST], quarantined: [] });
  expect(clean.code).toBe(0);
  expect(superseded(rows('clean.csv'))).toEqual(both);
  expect(rows('clean.csv').filter(([kind]) => kind !== 'superseded')).toEqual([]);
  for (const [key, id] of lost) expect(await ports[WEST].headVersion(key, id, new AbortController().signal)).toBeDefined();

  const next = await run('--json');
  expect(documentOf(next)).toMatchObject({ outcome: 'clean', lifted: [], pairs: [{ since: { from: 'watermark' } }] });
  expect(readdirSync(folder).sort()).toEqual(['clean.csv', 'media.json', 'owing.csv', 'owing.us-east-1.csv']);
  await lab.s3(EAST).send(new AbortMultipartUploadCommand({ Bucket: media.buckets[EAST], Key: 'film.mov', UploadId }));
});

test('a process that is killed, in the listing and again in the second look, goes on and says what an undisturbed one says', async () => {
  await putMany(EAST, Array.from({ length: 1_100 }, (_, index) => `many/${String(index).padStart(5, '0')}`));
  await lab.idle({ timeoutMs: 60_000 });
  await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: true });
  await putMany(EAST, Array.from({ length: 60 }, (_, index) => `many/${String(index * 18).padStart(5, '0')}`));
  const undisturbed = await run('--full --json --csv undisturbed.csv --dry-run --state other');
  expect(undisturbed.code).toBe(3);

  let child: ChildProcess | undefined;
  const killedAt = async (line: string, operation: string, nth: number, before: (() => Promise<void>) = async () => undefined) => {
    const hold = await lab.aws.control.hold({ operation, caller: operator.accessKeyId, nth });
    const ran = run(line, { onOutput: (running) => (child = running) });
    await before();
    await hold.held();
    child!.kill('SIGKILL');
    expect((await ran).signal).toBe('SIGKILL');
    await hold.release({ kind: 'continue' });
  };

  // The third page is the second of one bucket: nothing was saved yet but what is compared.
  await killedAt('--full --dry-run', 'ListObjectVersions', 3);
  // A page that takes long, so that the next is saved after; then in the middle of the second look.
  await killedAt('--resume --dry-run', 'HeadObject', 40, async () => {
    const slow = await lab.aws.control.hold({ operation: 'ListObjectVersions', caller: operator.accessKeyId, nth: 3 });
    await slow.held();
    await slow.release({ kind: 'delay', ms: 5_500 });
  });
  expect(readdirSync(join(folder, 's3-failover-reconcile')).sort()).toEqual(['checkpoint.json', 'findings-0-0', 'lock', 'suspects-0-0']);

  const since = Date.now();
  const resumed = await run('--resume --json --csv resumed.csv --dry-run');
  expect(resumed.code).toBe(3);
  expect(readFileSync(join(folder, 'resumed.csv'), 'utf8')).toBe(readFileSync(join(folder, 'undisturbed.csv'), 'utf8'));
  const gist = (document: any) => ({ ...document, actId: 0, startedAt: 0, seconds: 0, versionsPerSecond: 0, resumed: 0, files: 0, pairs: document.pairs.map((pair: any) => ({ ...pair, noWatermark: 0 })) });
  expect(gist(documentOf(resumed))).toEqual(gist(documentOf(undisturbed)));
  expect(documentOf(resumed).pairs[0].missing).toMatchObject([{ reason: 'pending', count: 60 }]);
  // Listing was over when it was killed: only single keys were asked for.
  expect(await listings(since)).toBe(2 * 60);
  await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: false });
  await lab.idle();
});

test('a bucket that asks to slow down again and again is listed to its end', async () => {
  await lab.aws.control.setBucket(media.buckets[WEST], { kind: 'failing', rate: 0.4, status: 503, code: 'SlowDown' } as never);
  const { code, stdout } = await run('--full --json --dry-run');
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'clean' });
  expect(code).toBe(0);
});

test('a Region that is dead ends it at once, and what it holds is called unknown', async () => {
  await lab.aws.control.setRegion(EAST, { kind: 'refused' });
  const { code, stderr } = await run('');
  expect(code).toBe(1);
  expect(stderr).toMatch(/us-east-1 cannot be compared, as it does not answer .*what it holds is not known/);
});

test('a page that is none of S3\'s, answered well, makes it incomplete: it is no empty bucket, and no head of a version', async () => {
  await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: true });
  await put(EAST, 'behind a portal');
  await lab.aws.control.setBucket(media.buckets[WEST], { kind: 'garbage', body: '<html><body>Please sign in to use this network.</body></html>' });
  const { code, stdout } = await run('--full --json --dry-run');
  expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ outcome: 'incomplete', sentence: expect.stringMatching(/s3 ListObjectVersions in us-west-2 .*is no list/) })]);
});

test('keys of any bytes are found missing by their own names, and then found there', async () => {
  await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: true });
  // Not a line feed: the local AWS's IAM does not let a wildcard stand for it.
  const keys = ['odd/a+b', 'odd/a%2Bb', 'odd/a b', 'odd/\u0001', 'odd/é\u{1F600}', 'odd/\uffee', 'odd/"<&>\'', `odd/${'é'.repeat(510)}`];
  expect(Buffer.byteLength(keys[keys.length - 1])).toBe(1_024);
  const written = await putMany(EAST, keys);
  await run('--prefix odd/ --full --json --dry-run --csv odd.csv');
  expect(rows('odd.csv').filter(([kind]) => kind === 'missing').map(([, reason, key, region, id]) => [reason, decodeURIComponent(key), region, id].join()).sort()).toEqual(
    keys.map((key) => ['pending', key, EAST, written.get(key)].join()).sort(),
  );
  await lab.aws.control.setReplication({ source: EAST, destination: WEST, paused: false });
  await lab.idle();
  expect(JSON.parse((await run('--prefix odd/ --full --json --dry-run')).stdout)).toMatchObject({ outcome: 'clean', pairs: [{ keys: keys.length }] });
});
