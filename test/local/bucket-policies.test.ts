import { setTimeout as sleep } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketCommand, DeleteBucketPolicyCommand, DeleteObjectCommand, DeleteObjectsCommand, GetBucketPolicyCommand,
  GetObjectCommand, PutBucketPolicyCommand, PutObjectCommand, PutObjectTaggingCommand, UploadPartCommand, type S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Credentials } from '../../local';
import { arn, EAST, Lab, policy, WEST, type Statement } from './replication-lab';
import { createAccessPoint, outcome } from './support';

const ONCE = { maxAttempts: 1 };
let lab: Lab;
let source: string;
let west: string;
let accessPoint: string;
let writer: Credentials;

beforeAll(async () => {
  lab = await Lab.start();
  [source, west] = await lab.estate([WEST]);
  accessPoint = await createAccessPoint(lab.aws, 'fenced', [source]);
  writer = await lab.user([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
  await put(as(writer), 'there').then(() => lab.idle({ source }));
}, 120_000);
afterEach(async () => {
  await lab.aws.control.setPolicyDelay({ ms: 0 });
  await lab.s3(EAST).send(new DeleteBucketPolicyCommand({ Bucket: source }));
});
afterAll(() => lab.stop());

const as = (credentials?: Credentials) => lab.aws.clients.s3(EAST, { ...ONCE, credentials });
const through = (credentials?: Credentials) => lab.aws.clients.dataPlane({ ...ONCE, credentials });

const put = (client: S3Client, Key: string, Bucket = source) => outcome(client.send(new PutObjectCommand({ Bucket, Key, Body: 'v' })));

async function deny(statement: Statement, client = lab.s3(EAST)): Promise<void> {
  const Policy = policy([{ Sid: 'Fence', Effect: 'Deny', Principal: '*', Action: ['s3:PutObject', 's3:DeleteObject', 's3:PutObjectTagging'], Resource: `${arn(source)}/*`, ...statement }]);
  await client.send(new PutBucketPolicyCommand({ Bucket: source, Policy }));
}

const until = (ms: number): Statement => ({ Condition: { DateLessThan: { 'aws:CurrentTime': new Date(Date.now() + ms).toISOString() } } });

describe('a Deny in a bucket policy', () => {
  test('hits every kind of write, and no read', async () => {
    const s3 = as(writer);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: source, Key: 'parts' }));
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket: source, Key: 'parts', UploadId, PartNumber: 1, Body: 'v' }));
    await deny({});

    const writes = {
      put: s3.send(new PutObjectCommand({ Bucket: source, Key: 'k', Body: 'v' })),
      copy: s3.send(new CopyObjectCommand({ Bucket: source, Key: 'k', CopySource: `${source}/there` })),
      remove: s3.send(new DeleteObjectCommand({ Bucket: source, Key: 'there' })),
      removeMany: s3.send(new DeleteObjectsCommand({ Bucket: source, Delete: { Objects: [{ Key: 'there' }] } })),
      tag: s3.send(new PutObjectTaggingCommand({ Bucket: source, Key: 'there', Tagging: { TagSet: [] } })),
      begin: s3.send(new CreateMultipartUploadCommand({ Bucket: source, Key: 'k' })),
      part: s3.send(new UploadPartCommand({ Bucket: source, Key: 'parts', UploadId, PartNumber: 2, Body: 'v' })),
      complete: s3.send(new CompleteMultipartUploadCommand({ Bucket: source, Key: 'parts', UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } })),
    };
    for (const [name, call] of Object.entries(writes)) expect([name, await outcome(call)]).toEqual([name, 'AccessDenied']);
    expect(await outcome(s3.send(new GetObjectCommand({ Bucket: source, Key: 'there' })))).toBe('ok');
  });

  test('hits writes through an access point as well as direct ones', async () => {
    expect(await put(through(writer), 'k', accessPoint)).toBe('ok');
    await deny({});

    expect([await put(as(writer), 'k'), await put(through(writer), 'k', accessPoint)]).toEqual(['AccessDenied', 'AccessDenied']);
    expect(await outcome(through(writer).send(new GetObjectCommand({ Bucket: accessPoint, Key: 'there' })))).toBe('ok');
  });

  test('hits root, which can still read, put and delete the policy', async () => {
    await deny({ Action: 's3:*', Resource: [arn(source), `${arn(source)}/*`] });

    expect([await put(as(), 'k'), await put(through(), 'k', accessPoint)]).toEqual(['AccessDenied', 'AccessDenied']);
    expect(await outcome(as().send(new GetBucketPolicyCommand({ Bucket: source })))).toBe('ok');
    await deny({});
    expect(await outcome(as(writer).send(new GetBucketPolicyCommand({ Bucket: source })))).toBe('ok');
    await as().send(new DeleteBucketPolicyCommand({ Bucket: source }));
    expect(await put(as(), 'k')).toBe('ok');
  });

  test('does not hit replication, in either bucket: S3 writes replicas as the replication role', async () => {
    await lab.aws.control.setReplication({ source, paused: true });
    expect(await put(as(writer), 'replicated')).toBe('ok');
    await deny({});
    const Policy = policy([{ Effect: 'Deny', Principal: '*', Action: ['s3:PutObject', 's3:DeleteObject'], Resource: `${arn(west)}/*` }]);
    await lab.s3(WEST).send(new PutBucketPolicyCommand({ Bucket: west, Policy }));
    await lab.aws.control.setReplication({ source, paused: false });

    await lab.idle({ source });
    expect([await lab.status(EAST, source, 'replicated'), await lab.status(WEST, west, 'replicated')]).toEqual(['COMPLETED', 'REPLICA']);
    await lab.s3(WEST).send(new DeleteBucketPolicyCommand({ Bucket: west }));
  });

  test('lapses by itself at the time it names', async () => {
    await deny(until(1200));
    const fenced = await put(as(writer), 'k');
    await sleep(1300);

    expect([fenced, await put(as(writer), 'k')]).toEqual(['AccessDenied', 'ok']);
    await deny(until(-1000));
    expect(await put(as(writer), 'k')).toBe('ok');
  });

  test('spares what NotResource names', async () => {
    await deny({ Resource: undefined, NotResource: [`${arn(source)}/heartbeat/*`, arn(source)] });

    expect([await put(as(writer), 'k'), await put(as(writer), 'heartbeat/k')]).toEqual(['AccessDenied', 'ok']);
    expect(await put(through(writer), 'heartbeat/k', accessPoint)).toBe('ok');
  });

  test('spares those whom StringNotLike names', async () => {
    const operator = await lab.user([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    const { Arn } = await lab.aws.clients.sts(EAST, { credentials: operator }).send(new GetCallerIdentityCommand({}));
    await deny({ Condition: { StringNotLike: { 'aws:PrincipalArn': [Arn, 'arn:aws:iam::*:role/break-glass-*'] } } });

    expect([await put(as(writer), 'k'), await put(as(operator), 'k')]).toEqual(['AccessDenied', 'ok']);
  });

  test('needs all of its conditions', async () => {
    await deny({ Condition: { StringNotLike: { 'aws:PrincipalArn': 'nobody' }, DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } });

    expect(await put(as(writer), 'k')).toBe('ok');
  });
});

describe('with a delay', () => {
  test('a policy can be read at once, and counts later', async () => {
    await lab.aws.control.setPolicyDelay({ ms: 1500 });
    const began = Date.now();
    await deny({});

    const { Policy } = await lab.s3(EAST).send(new GetBucketPolicyCommand({ Bucket: source }));
    expect(JSON.parse(Policy!).Statement[0].Sid).toBe('Fence');
    const early = await put(as(writer), 'k');
    // Only if the machine was quick enough does the early write say anything.
    if (Date.now() - began < 1500) expect(early).toBe('ok');
    await sleep(1600);
    expect(await put(as(writer), 'k')).toBe('AccessDenied');
  });

  test('the old policy counts until its removal does', async () => {
    await deny({});
    await lab.aws.control.setPolicyDelay({ ms: 1500 });
    const began = Date.now();
    await lab.s3(EAST).send(new DeleteBucketPolicyCommand({ Bucket: source }));

    expect(await outcome(lab.s3(EAST).send(new GetBucketPolicyCommand({ Bucket: source })))).toBe('NoSuchBucketPolicy');
    const early = await put(through(writer), 'k', accessPoint);
    if (Date.now() - began < 1500) expect(early).toBe('AccessDenied');
    await sleep(1600);
    expect(await put(through(writer), 'k', accessPoint)).toBe('ok');
  });

  test('the last policy wins, be it without a delay', async () => {
    await lab.aws.control.setPolicyDelay({ ms: 300 });
    await deny({});
    await lab.aws.control.setPolicyDelay({ ms: 0 });
    await lab.s3(EAST).send(new DeleteBucketPolicyCommand({ Bucket: source }));
    expect(await put(as(writer), 'k')).toBe('ok');
    await sleep(400);

    expect(await put(as(writer), 'k')).toBe('ok');
  });

  test('a bucket made anew has nothing of the policy of its namesake', async () => {
    const Bucket = 'short-lived';
    await lab.s3(EAST).send(new CreateBucketCommand({ Bucket }));
    await lab.aws.control.setPolicyDelay({ ms: 300 });
    const Policy = policy([{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `${arn(Bucket)}/*` }]);
    await lab.s3(EAST).send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await lab.s3(EAST).send(new DeleteBucketCommand({ Bucket }));
    await lab.s3(EAST).send(new CreateBucketCommand({ Bucket }));
    await sleep(400);

    expect(await put(as(writer), 'k', Bucket)).toBe('ok');
  });

  test('is told in the state, and is none at first', async () => {
    await lab.aws.control.setPolicyDelay({ ms: 5 });
    expect((await lab.aws.control.state()).extensions).toMatchObject({ bucketPolicies: { delayMs: 5 } });
  });
});

test('fails when a delay is negative', async () => {
  await expect(lab.aws.control.setPolicyDelay({ ms: -1 })).rejects.toThrow(/'setPolicyDelay'.*ms/);
});
