import { setTimeout as sleep } from 'node:timers/promises';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { startLocalAws, type Credentials, type LocalAws } from '../../../local';
import { createAccessPoint, createBucket, createUser, isPending, outcome, submitRoutes } from '../support';

const ONCE = { maxAttempts: 1 };
const EAST = 'us-east-1';
const IRELAND = 'eu-west-1';
const EVERYTHING = [{ Action: ['*'], Resource: ['*'] }];
let aws: LocalAws;
let arn: string;
let operator: Credentials;

beforeAll(async () => {
  aws = await startLocalAws();
  for (const region of [EAST, IRELAND]) await createBucket(aws, region, `holds-${region}`);
  arn = await createAccessPoint(aws, 'holds', [`holds-${EAST}`, `holds-${IRELAND}`]);
  operator = await createUser(aws, 'operator', EVERYTHING);
}, 60_000);
afterEach(async () => {
  await aws.control.heal();
  await submitRoutes(aws, arn, { [EAST]: 100, [IRELAND]: 100 });
});
afterAll(() => aws.stop());

const put = (Key: string, credentials?: Credentials) => outcome(aws.clients.s3(EAST, { ...ONCE, credentials }).send(new PutObjectCommand({ Bucket: `holds-${EAST}`, Key, Body: 'v' })));
const has = (Key: string) => outcome(aws.clients.s3(EAST, ONCE).send(new GetObjectCommand({ Bucket: `holds-${EAST}`, Key })));
async function passive(): Promise<string[]> {
  const { Routes } = await aws.clients.s3Control('us-west-2', ONCE).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn }));
  return Routes!.filter(({ TrafficDialPercentage }) => TrafficDialPercentage === 0).map(({ Region }) => Region!);
}

test('a request is held until it is released, and whoever waits is told what it is', async () => {
  const hold = await aws.control.hold({ operation: 'PutObject' });
  const waiting = put('held');

  expect(await hold.held()).toMatchObject({ service: 's3', operation: 'PutObject', method: 'PUT', region: EAST, bucket: `holds-${EAST}`, key: 'held', accessKeyId: aws.account });
  expect([await isPending(waiting, 50), await has('held')]).toEqual([true, 'NoSuchKey']);
  expect(await hold.release()).toBe(true);
  expect([await waiting, await has('held')]).toEqual(['ok', 'ok']);
});

test.each<[string, { kind: 'dropBefore' } | { kind: 'dropAfter' }, string]>([
  ['before it is done', { kind: 'dropBefore' }, 'NoSuchKey'],
  ['after it is done', { kind: 'dropAfter' }, 'ok'],
])('a held write may be dropped %s', async (_, release, there) => {
  const key = release.kind;
  const hold = await aws.control.hold({ operation: 'PutObject' });
  const waiting = put(key);
  await hold.held();
  await hold.release(release);

  expect([await waiting, await has(key)]).toEqual(['ECONNRESET', there]);
});

test('the answer of a held read or submit may be lost too', async () => {
  await put('there');
  const reading = await aws.control.hold({ operation: 'GetObject' });
  const read = has('there');
  await reading.held();
  await reading.release({ kind: 'dropAfter' });
  const submitting = await aws.control.hold({ operation: 'Submit*' });
  const submit = outcome(submitRoutes(aws, arn, { [EAST]: 0 }));
  await submitting.held();
  await submitting.release({ kind: 'dropAfter' });

  expect([await read, await submit, await passive()]).toEqual(['ECONNRESET', 'ECONNRESET', [EAST]]);
});

test('a held request may go on after a time, even if its client has left', async () => {
  const hold = await aws.control.hold({ operation: 'PutObject' });
  const client = aws.clients.s3(EAST, ONCE);
  const leaving = new AbortController();
  const waiting = outcome(client.send(new PutObjectCommand({ Bucket: `holds-${EAST}`, Key: 'left', Body: 'v' }), { abortSignal: leaving.signal }));
  await hold.held();
  leaving.abort();
  expect(await waiting).toBe('AbortError');
  await hold.release({ kind: 'delay', ms: 50 });

  while (await has('left') !== 'ok') await sleep(20);
});

test('the n-th of those that fit is held: by service, Region, bucket, operation and caller', async () => {
  const hold = await aws.control.hold({ service: 's3', operation: 'Put*', region: EAST, bucket: 'holds-*', caller: operator.accessKeyId, nth: 2 });
  await outcome(aws.clients.s3(EAST, { credentials: operator }).send(new ListBucketsCommand({})));
  expect([await put('root'), await put('first', operator)]).toEqual(['ok', 'ok']);
  const second = put('second', operator);

  expect(await hold.held()).toMatchObject({ key: 'second', accessKeyId: operator.accessKeyId, principal: `arn:aws:iam::${aws.account}:user/operator` });
  expect(await put('third', operator)).toBe('ok');
  expect((await aws.control.state()).holds).toMatchObject([{ seen: 2, held: { key: 'second' } }]);
  await hold.release();
  expect(await second).toBe('ok');
});

test('a caller may be named by the ARN of a role', async () => {
  const iam = aws.clients.iam();
  const Trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: aws.account }, Action: 'sts:AssumeRole' }] };
  const May = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'Voter', AssumeRolePolicyDocument: JSON.stringify(Trust) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'Voter', PolicyName: 'may', PolicyDocument: JSON.stringify(May) }));
  const { Credentials: given } = await aws.clients.sts(EAST, { credentials: operator }).send(new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: 's' }));
  const credentials = { accessKeyId: given!.AccessKeyId!, secretAccessKey: given!.SecretAccessKey!, sessionToken: given!.SessionToken };
  const hold = await aws.control.hold({ caller: 'arn:aws:sts::*:assumed-role/Voter/*' });
  expect(await put('by-root')).toBe('ok');
  const waiting = put('by-role', credentials);

  expect(await hold.held()).toMatchObject({ key: 'by-role', principal: `arn:aws:sts::${aws.account}:assumed-role/Voter/s` });
  await hold.release({ kind: 'dropBefore' });
  expect(await waiting).toBe('ECONNRESET');
});

test('an operation of the query protocol is known by its name', async () => {
  const hold = await aws.control.hold({ service: 'sts', operation: 'GetCallerIdentity' });
  const waiting = outcome(aws.clients.sts(IRELAND, ONCE).send(new GetCallerIdentityCommand({})));

  expect(await hold.held()).toMatchObject({ operation: 'GetCallerIdentity', region: IRELAND });
  await hold.release();
  expect(await waiting).toBe('ok');
});

test('a fault that is set meanwhile meets the held request', async () => {
  const hold = await aws.control.hold({ operation: 'PutObject' });
  const waiting = put('late');
  await hold.held();
  await aws.control.setRegion(EAST, { kind: 'refused' });
  expect(await isPending(waiting, 50)).toBe(true);
  await hold.release();

  expect(await waiting).toBe('ECONNRESET');
});

test('a second operator acts while the first one\'s submit is held', async () => {
  const hold = await aws.control.hold({ operation: 'SubmitMultiRegionAccessPointRoutes', caller: operator.accessKeyId });
  const control = aws.clients.s3Control('us-west-2', { ...ONCE, credentials: operator });
  expect(await outcome(control.send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn })))).toBe('ok');
  const mine = outcome(submitRoutes(aws, arn, { [EAST]: 0, [IRELAND]: 100 }, 'us-west-2', operator));
  await hold.held();
  await submitRoutes(aws, arn, { [EAST]: 100, [IRELAND]: 0 });
  expect(await passive()).toEqual([IRELAND]);
  await hold.release();

  expect([await mine, await passive()]).toEqual(['ok', [EAST]]);
});

test('healing lets go on what is held, and forgets those that wait', async () => {
  const taken = await aws.control.hold({ operation: 'PutObject' });
  const idle = await aws.control.hold({ operation: 'DeleteObject' });
  const waiting = put('healed');
  await taken.held();
  await aws.control.heal();

  expect(await waiting).toBe('ok');
  await expect(idle.release()).rejects.toThrow(/there is no hold \d+; it was released, or all were healed/);
});

test('a hold that took nothing can be ended', async () => {
  const hold = await aws.control.hold({ operation: 'PutObject' });
  expect(await hold.release()).toBe(false);
  expect(await put('free')).toBe('ok');
});

test('fails when no request came that fits', async () => {
  const hold = await aws.control.hold({ operation: 'PutObject', nth: 2 });
  await put('only');

  await expect(hold.held(20)).rejects.toThrow(/hold \d+ has taken no request after 20 ms; 1 of 2 that fit came by/);
});

test('fails when a hold is for no request', async () => {
  await expect(aws.control.hold({ nth: 0 })).rejects.toThrow(/'hold'.*nth/);
});
