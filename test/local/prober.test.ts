import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { startLocalAws, type Credentials, type LocalAws } from '../../local';
import { prober, type AwsProber } from '../../runtime/aws/prober';
import { systemClock } from '../../runtime/aws/system';
import { createBucket, createUser } from './support';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const KEY = '.s3-failover/heartbeat';
let aws: LocalAws;
let observer: Credentials;
const probers: AwsProber[] = [];

beforeAll(async () => {
  aws = await startLocalAws();
  for (const region of [EAST, WEST]) for (const kind of ['probe', 'data']) await createBucket(aws, region, `${kind}-${region}`);
  observer = await createUser(aws, 'observer', [
    { Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::probe-*/probe/*'] },
    { Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::data-*/${KEY}`] },
    { Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::data-*'] },
  ]);
});

afterEach(async () => aws.control.heal());

afterAll(async () => {
  for (const one of probers) one.close();
  await aws?.stop();
});

function look(region = EAST, credentials = observer, changed: { dataBucket?: string; slowMs?: number } = {}) {
  const one = prober({
    regions: { [region]: { probeBucket: `probe-${region}`, dataBucket: changed.dataBucket ?? `data-${region}`, readKey: KEY } },
    observer: WEST,
    slowMs: changed.slowMs ?? 5_000,
    clock: systemClock,
    config: { endpoint: aws.endpoint, forcePathStyle: true, credentials, requestHandler: { connectionTimeout: 400, requestTimeout: 400, throwOnRequestTimeout: true } },
  });
  probers.push(one);
  return one.probe(region, new AbortController().signal);
}

test('a Region that takes writes and reads is well, whether or not there is anything to read', async () => {
  await expect(look()).resolves.toMatchObject({ kind: 'ok' });
});

test('a Region that is dead is down, and the others are not', async () => {
  for (const fault of [{ kind: 'refused' }, { kind: 'blackhole' }, { kind: 'failing', status: 500 }] as const) {
    await aws.control.setRegion(EAST, fault);
    await expect(look()).resolves.toMatchObject({ kind: 'down' });
  }
  await expect(look(WEST)).resolves.toMatchObject({ kind: 'ok' });
});

test('a connection that was closed while it was kept is no dead Region: a fresh one is tried, once', async () => {
  await aws.control.setRegion(EAST, { kind: 'refused', times: 2 });
  await expect(look()).resolves.toMatchObject({ kind: 'ok' });
  await aws.control.setRegion(EAST, { kind: 'refused', times: 3 });
  await expect(look()).resolves.toMatchObject({ kind: 'down' });
});

test('a network that answers in place of S3 makes blind, not well', async () => {
  await aws.control.setRegion(EAST, { kind: 'garbage' });
  await expect(look()).resolves.toMatchObject({ kind: 'blind' });
});

test('an answer that is late is slow', async () => {
  await aws.control.setBucket(`data-${EAST}`, { kind: 'slow', ms: 150 });
  await expect(look(EAST, observer, { slowMs: 100 })).resolves.toMatchObject({ kind: 'slow' });
});

test.each([
  ['s3:PutObject', [{ Action: ['s3:GetObject', 's3:ListBucket'], Resource: ['*'] }]],
  ['s3:GetObject', [{ Action: ['s3:PutObject', 's3:ListBucket'], Resource: ['*'] }]],
])('without %s a Region is misconfigured, never down', async (action, statements) => {
  const user = await createUser(aws, `without-${action.slice(3)}`, statements);
  await expect(look(EAST, user)).resolves.toMatchObject({ kind: 'misconfigured', reason: expect.stringContaining('403') });
});

test('a policy that denies, and a bucket that is gone, are misconfigured', async () => {
  const s3 = aws.clients.s3(EAST);
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::data-${EAST}/*` }] });
  await s3.send(new PutBucketPolicyCommand({ Bucket: `data-${EAST}`, Policy }));
  await expect(look()).resolves.toMatchObject({ kind: 'misconfigured' });
  await s3.send(new DeleteBucketPolicyCommand({ Bucket: `data-${EAST}` }));

  await expect(look(EAST, observer, { dataBucket: 'data-gone' })).resolves.toMatchObject({ kind: 'misconfigured' });
});

test('an observer whose credentials nobody knows is blind', async () => {
  await expect(look(EAST, { accessKeyId: 'AKIAUNKNOWN000000000', secretAccessKey: 'x' })).resolves.toMatchObject({ kind: 'blind' });
});
