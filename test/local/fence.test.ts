import { PutBucketPolicyCommand, GetBucketPolicyCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand, PutObjectTaggingCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { bucketPort, type AwsBucket } from '../../runtime/aws/bucket';
import { systemClock, systemWallClock } from '../../runtime/aws/system';
import { Fence } from '../../runtime/core/operate/fence/fence';
import { FENCE_TIMES } from '../../runtime/core/operate/fence/times';
import type { Credentials } from '../../local';
import { MemoryLog } from '../runtime/support/log';
import { arn, EAST, Lab, policy, WEST } from './replication-lab';
import { createAccessPoint, outcome } from './support';

jest.setTimeout(60_000);

/** Shorter than in use: a policy is known at once here, or when the test says. */
const TIMES = { ...FENCE_TIMES, see: { everyMs: 50, abreast: 2, inARow: 3, quietMs: 200, mostMs: 10_000 } };

let lab: Lab;
let east: string;
let west: string;
let accessPoint: string;
let client: Credentials;
let bucket: AwsBucket;

beforeAll(async () => {
  lab = await Lab.start();
  [east, west] = await lab.mesh([EAST, WEST]);
  accessPoint = await createAccessPoint(lab.aws, 'fenced', [east, west]);
  await lab.aws.control.setClientLocation(EAST);
  client = await lab.user([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
  const operator = await lab.user([
    { Effect: 'Allow', Action: ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'], Resource: arn(east) },
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:DeleteObjectVersion'], Resource: `${arn(east)}/.s3-failover/*` },
  ]);
  const config = { endpoint: lab.aws.endpoint, forcePathStyle: true, credentials: operator };
  bucket = bucketPort({ region: EAST, name: east, account: lab.aws.account, config });
});

afterAll(async () => {
  bucket?.close();
  await lab?.stop();
});

const limits = () => ({ deadline: systemClock.now() + 30_000 });
const made = (actId: string) => new Fence({ clock: systemClock, wall: systemWallClock, log: new MemoryLog() }, { actId, bucket, partition: 'aws', aheadMs: 0 }, TIMES);
const direct = (): S3Client => lab.aws.clients.s3(EAST, { credentials: client, maxAttempts: 1 });
const through = (): S3Client => lab.aws.clients.dataPlane({ credentials: client, maxAttempts: 1 });

test('clients are refused every kind of write, directly and through the access point, and everything else works', async () => {
  const s3 = direct();
  await s3.send(new PutObjectCommand({ Bucket: east, Key: 'old', Body: '1' }));
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: east, Key: 'up' }));
  const part = await s3.send(new UploadPartCommand({ Bucket: east, Key: 'up', UploadId, PartNumber: 1, Body: 'x' }));

  const fence = made('everywrite1');
  expect(await fence.check.tryWrite()).toEqual({ kind: 'accepted' });
  expect(await fence.put(limits())).toEqual({ kind: 'up' });
  expect(await fence.seeRefused(limits())).toMatchObject({ kind: 'refused' });

  const refused = [
    s3.send(new PutObjectCommand({ Bucket: east, Key: 'a', Body: '1' })),
    s3.send(new DeleteObjectCommand({ Bucket: east, Key: 'old' })),
    s3.send(new PutObjectTaggingCommand({ Bucket: east, Key: 'old', Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } })),
    s3.send(new CompleteMultipartUploadCommand({ Bucket: east, Key: 'up', UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag }] } })),
    through().send(new PutObjectCommand({ Bucket: accessPoint, Key: 'b', Body: '1' })),
    through().send(new DeleteObjectCommand({ Bucket: accessPoint, Key: 'old' })),
    // Not even the account's root may.
    lab.s3(EAST).send(new PutObjectCommand({ Bucket: east, Key: 'root', Body: '1' })),
  ];
  expect(await Promise.all(refused.map(outcome))).toEqual(refused.map(() => 'AccessDenied'));

  expect(await lab.text(EAST, east, 'old')).toBe('1');
  await through().send(new PutObjectCommand({ Bucket: accessPoint, Key: '.s3-failover/probe/1', Body: '1' }));
  await lab.s3(WEST).send(new PutObjectCommand({ Bucket: west, Key: 'from the west', Body: '1' }));
  await lab.idle();
  expect(await lab.status(EAST, east, 'from the west')).toBe('REPLICA');

  expect(await fence.lift(limits())).toEqual({ kind: 'lifted' });
  expect(await fence.check.remove([], 5_000)).toEqual([]);
  expect(await outcome(s3.send(new PutObjectCommand({ Bucket: east, Key: 'a', Body: '1' })))).toBe('ok');
  expect(await bucket.readPolicy(new AbortController().signal)).toBeUndefined();
  expect(await lab.stack(EAST, east, '.s3-failover/fence-check/')).toEqual([]);
});

test('a policy that was there comes back as its owner wrote it', async () => {
  const text = policy([{ Sid: 'Never', Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `${arn(east)}/never` }]).replace(/,/g, ' ,\n  ');
  await lab.s3(EAST).send(new PutBucketPolicyCommand({ Bucket: east, Policy: text }));
  const before = (await lab.s3(EAST).send(new GetBucketPolicyCommand({ Bucket: east }))).Policy;
  const fence = made('theirpolicy');
  await fence.put(limits());
  expect(JSON.parse((await lab.s3(EAST).send(new GetBucketPolicyCommand({ Bucket: east }))).Policy!).Statement).toHaveLength(2);
  await fence.lift(limits());
  expect((await lab.s3(EAST).send(new GetBucketPolicyCommand({ Bucket: east }))).Policy).toBe(before);
  await bucket.removePolicy(new AbortController().signal);
});

test('writes are seen refused only when a policy that takes effect late has done so', async () => {
  await lab.aws.control.setPolicyDelay({ ms: 1_500 });
  const fence = made('latepolicy1');
  await fence.check.tryWrite();
  const began = systemClock.now();
  await fence.put(limits());
  const seen = await fence.seeRefused(limits());
  expect(seen).toMatchObject({ kind: 'refused' });
  expect((seen as { firstAt: number }).firstAt - began).toBeGreaterThanOrEqual(1_400);
  expect(await outcome(direct().send(new PutObjectCommand({ Bucket: east, Key: 'late', Body: '1' })))).toBe('AccessDenied');
  await lab.aws.control.setPolicyDelay({ ms: 0 });
  await fence.lift(limits());
  await fence.check.remove([], 5_000);
});

test('a fence that nobody extends lapses', async () => {
  const fence = new Fence({ clock: systemClock, wall: systemWallClock, log: new MemoryLog() }, { actId: 'nobodyext1', bucket, partition: 'aws', aheadMs: 0 }, { ...TIMES, lifetimeMs: 2_000 });
  await fence.put(limits());
  expect(await outcome(direct().send(new PutObjectCommand({ Bucket: east, Key: 'c', Body: '1' })))).toBe('AccessDenied');
  while (fence.left > 0) await systemClock.sleep(100);
  expect(await outcome(direct().send(new PutObjectCommand({ Bucket: east, Key: 'c', Body: '1' })))).toBe('ok');
  await fence.lift(limits());
});
