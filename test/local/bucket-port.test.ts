import { CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { bucketPort, type AwsBucket } from '../../runtime/aws/bucket';
import type { Credentials } from '../../local';
import { arn, EAST, Lab, policy, rule, replicationStatements, WEST } from './replication-lab';

jest.setTimeout(60_000);

let lab: Lab;
let name: string;
let west: string;
let operator: Credentials;
let bucket: AwsBucket;
const signal = new AbortController().signal;

const open = (credentials: Credentials, bucketName = name) =>
  bucketPort({ region: EAST, name: bucketName, account: lab.aws.account, config: { endpoint: lab.aws.endpoint, forcePathStyle: true, credentials } });

beforeAll(async () => {
  lab = await Lab.start();
  [name, west] = [await lab.bucket(EAST), await lab.bucket(WEST)];
  operator = await lab.user([
    { Effect: 'Allow', Action: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'], Resource: arn(name) },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'], Resource: `${arn(name)}/*` },
  ]);
  bucket = open(operator);
});

afterAll(async () => {
  bucket?.close();
  await lab?.stop();
});
afterEach(() => lab.aws.control.heal());

const root = (): S3Client => lab.s3(EAST);

test('a probe tells the time of day of the service', async () => {
  const { serverTime } = await bucket.probe(signal);
  expect(Math.abs(serverTime! - Date.now())).toBeLessThan(60_000);
});

test('a text that is put is got, and a key that is taken is left alone when it must be absent', async () => {
  await bucket.putText('.s3-failover/a', 'one', signal, { ifAbsent: true });
  await expect(bucket.putText('.s3-failover/a', 'two', signal, { ifAbsent: true })).rejects.toMatchObject({ code: 'PreconditionFailed', status: 412 });
  expect(await bucket.getText('.s3-failover/a', signal)).toBe('one');
  expect(await bucket.getText('.s3-failover/none', signal)).toBeUndefined();
});

test('keys are listed in their order, from after a key on', async () => {
  for (const key of ['list/b c+d', 'list/a', 'list/ü']) await bucket.putText(key, key, signal);
  expect(await bucket.listKeys('list/', signal)).toEqual({ keys: ['list/a', 'list/b c+d', 'list/ü'], more: false });
  expect((await bucket.listKeys('list/', signal, 'list/a')).keys).toEqual(['list/b c+d', 'list/ü']);
});

test('versions and delete markers are listed as one, over pages, whatever the keys hold', async () => {
  const keys = ['v/a', 'v/a b+c%20', 'v/\u0001', 'v/ä\u{1f600}'];
  for (const Key of keys) for (const Body of ['1', '2']) await root().send(new PutObjectCommand({ Bucket: name, Key, Body }));
  await root().send(new DeleteObjectCommand({ Bucket: name, Key: 'v/a' }));

  const seen: string[] = [];
  const ids = new Set<string>();
  let after: Parameters<AwsBucket['listVersions']>[1] = { prefix: 'v/', most: 2 };
  for (let page = 0; page < 20 && after; page++) {
    const { versions, next } = await bucket.listVersions(signal, after);
    for (const { key, versionId, deleteMarker, current } of versions) {
      seen.push(`${deleteMarker ? '-' : ''}${key}${current ? ' *' : ''}`);
      ids.add(versionId);
    }
    after = next && { prefix: 'v/', most: 2, after: next };
  }
  expect(seen).toEqual(['v/\u0001 *', 'v/\u0001', '-v/a *', 'v/a', 'v/a', 'v/a b+c%20 *', 'v/a b+c%20', 'v/ä\u{1f600} *', 'v/ä\u{1f600}']);
  expect(ids.size).toBe(9);
});

test('the head of a version tells its replication, of a delete marker that it is one, of none nothing', async () => {
  const role = await lab.role(replicationStatements(name, [west]));
  await lab.putRules(EAST, name, role, [rule(west, { DeleteMarkerReplication: { Status: 'Enabled' } })]);
  const { versionId } = await bucket.putText('head/a', 'x', signal);
  await lab.idle();
  expect(await bucket.headVersion('head/a', versionId!, signal)).toEqual({ replicationStatus: 'COMPLETED', deleteMarker: false });

  const { VersionId } = await root().send(new DeleteObjectCommand({ Bucket: name, Key: 'head/a' }));
  expect(await bucket.headVersion('head/a', VersionId!, signal)).toEqual({ deleteMarker: true });

  await bucket.removeVersion('head/a', versionId!, signal);
  expect(await bucket.headVersion('head/a', versionId!, signal)).toBeUndefined();
});

test('a policy is put, read and removed', async () => {
  expect(await bucket.readPolicy(signal)).toBeUndefined();
  await bucket.putPolicy(policy([{ Sid: 'Deny', Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `${arn(name)}/never` }]), signal);
  expect(JSON.parse((await bucket.readPolicy(signal))!).Statement).toHaveLength(1);
  await bucket.removePolicy(signal);
  expect(await bucket.readPolicy(signal)).toBeUndefined();
});

test('uploads that are open are listed', async () => {
  const { UploadId } = await root().send(new CreateMultipartUploadCommand({ Bucket: name, Key: 'up load' }));
  const { uploads, more } = await bucket.listUploads(signal);
  expect(uploads).toEqual([{ key: 'up load', uploadId: UploadId, initiatedAt: expect.any(Number) }]);
  expect(more).toBe(false);
});

test('a missing bucket is not an absent text', async () => {
  const gone = open({ accessKeyId: lab.aws.account, secretAccessKey: 'x' }, 'no-such-bucket-at-all');
  await expect(gone.getText('a', signal)).rejects.toMatchObject({ code: 'NoSuchBucket' });
  gone.close();
});

test('a dead Region rejects with its name and what was asked, and a caller can stop waiting', async () => {
  await lab.aws.control.setRegion(EAST, { kind: 'refused' });
  await expect(bucket.probe(signal)).rejects.toMatchObject({ region: EAST, call: 's3 HeadBucket', status: undefined });
  await lab.aws.control.setRegion(EAST, { kind: 'blackhole' });
  const giveUp = new AbortController();
  const waiting = bucket.readPolicy(giveUp.signal);
  giveUp.abort();
  await expect(waiting).rejects.toMatchObject({ region: EAST, status: undefined });
});
