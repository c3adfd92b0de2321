import { setTimeout as sleep } from 'node:timers/promises';
import { ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { startLocalAws, type AccessLogEntry, type ControlFaultInput, type FaultInput, type LocalAws } from '../../../local';
import { createAccessPoint, createBucket, createUser, isPending, outcome, raw, submitRoutes } from '../support';

jest.setTimeout(20_000);
const ONCE = { maxAttempts: 1 };
const EAST = 'us-east-1';
const IRELAND = 'eu-west-1';
/** The endpoint at fault, and one that is well. */
const SICK = 'ap-northeast-1';
const SOUND = 'us-west-2';
let aws: LocalAws;
let arn: string;

beforeAll(async () => {
  aws = await startLocalAws();
  for (const region of [EAST, IRELAND]) await createBucket(aws, region, `routes-${region}`);
  arn = await createAccessPoint(aws, 'routes', [`routes-${EAST}`, `routes-${IRELAND}`]);
}, 60_000);
beforeEach(() => both());
afterEach(() => aws.control.heal());
afterAll(() => aws.stop());

/** Region to dial, as an endpoint tells it. */
async function read(endpoint: string): Promise<Record<string, number>> {
  const { Routes } = await aws.clients.s3Control(endpoint, ONCE).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn }));
  return Object.fromEntries((Routes ?? []).map(({ Region, TrafficDialPercentage }) => [Region!, TrafficDialPercentage!]));
}

const submit = (active: string, endpoint: string) => submitRoutes(aws, arn, { [EAST]: active === EAST ? 100 : 0, [IRELAND]: active === IRELAND ? 100 : 0 }, endpoint);
const both = () => submitRoutes(aws, arn, { [EAST]: 100, [IRELAND]: 100 }, SOUND);
const BOTH = { [EAST]: 100, [IRELAND]: 100 };
const ONLY_EAST = { [EAST]: 100, [IRELAND]: 0 };
const ONLY_IRELAND = { [EAST]: 0, [IRELAND]: 100 };

async function landed(since: number, count: number): Promise<AccessLogEntry[]> {
  for (;;) {
    const entries = (await aws.control.accessLog(since)).filter((entry) => entry.outcome === 'landed');
    if (entries.length >= count) return entries;
    await sleep(10);
  }
}

describe('a control endpoint that is stale', () => {
  test('reads the routes of the moment it was set, and takes submits', async () => {
    await aws.control.setControlEndpoint(SICK, { kind: 'stale' });
    await submit(IRELAND, SICK);

    expect([await read(SICK), await read(SOUND)]).toEqual([BOTH, ONLY_IRELAND]);
    await aws.control.heal();
    expect(await read(SICK)).toEqual(ONLY_IRELAND);
  });

  test('reads the routes of some time ago', async () => {
    await aws.control.setControlEndpoint(SICK, { kind: 'stale', ms: 500 });
    const began = Date.now();
    await submit(EAST, SOUND);

    const early = await read(SICK);
    // Only if the machine was quick enough does the read say anything.
    if (Date.now() - began < 500) expect(early).toEqual(BOTH);
    await sleep(600);
    expect(await read(SICK)).toEqual(ONLY_EAST);
  });

  test('still refuses those who may not read', async () => {
    const nobody = await createUser(aws, 'nobody', []);
    await aws.control.setControlEndpoint(SICK, { kind: 'stale' });

    const call = aws.clients.s3Control(SICK, { ...ONCE, credentials: nobody }).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn }));
    expect(await outcome(call)).toBe('AccessDenied');
  });
});

describe('a control endpoint that answers garbage', () => {
  test('gives a reader no routes, and a submitter a success that is none', async () => {
    await aws.control.setControlEndpoint(SICK, { kind: 'garbage' });

    expect([await outcome(read(SICK)), await outcome(submit(IRELAND, SICK))]).toEqual(['Error', 'ok']);
    expect(await read(SOUND)).toEqual(BOTH);
  });

  test('says what it is told to say', async () => {
    await aws.control.setControlEndpoint(SICK, { kind: 'garbage', body: '<GetMultiRegionAccessPointRoutesResult><Mrap>' });
    const path = `/v20180820/mrap/instances/${encodeURIComponent(arn).replace(/%2F/g, '/')}/routes`;

    expect(await raw(aws, { region: SICK, path, headers: { 'x-amz-account-id': aws.account } })).toMatchObject({ status: 200, body: '<GetMultiRegionAccessPointRoutesResult><Mrap>' });
  });
});

describe('a submit that lands late', () => {
  test('is not answered, is not there, and then undoes a later one', async () => {
    const since = Date.now();
    await aws.control.setControlEndpoint(SICK, { kind: 'late', ms: 1500 });
    const waiting = outcome(submit(IRELAND, SICK));
    expect(await isPending(waiting)).toBe(true);
    await submit(EAST, SOUND);
    expect(await read(SOUND)).toEqual(ONLY_EAST);

    expect(await landed(since, 1)).toMatchObject([{ operation: 'SubmitMultiRegionAccessPointRoutes', region: SICK, status: 200, principal: `arn:aws:iam::${aws.account}:root` }]);
    expect(await read(SOUND)).toEqual(ONLY_IRELAND);
    expect(await isPending(waiting, 20)).toBe(true);
    await aws.control.heal();
    expect(await waiting).toBe('ECONNRESET');
  });

  test('may have its connection cut, and lands even if the fault is healed', async () => {
    const since = Date.now();
    await aws.control.setControlEndpoint(SICK, { kind: 'late', ms: 1500, cut: true });
    expect(await outcome(submit(IRELAND, SICK))).toBe('ECONNRESET');
    await aws.control.heal();
    expect(await read(SICK)).toEqual(BOTH);

    await landed(since, 1);
    expect(await read(SICK)).toEqual(ONLY_IRELAND);
    const [sent, arrived] = (await aws.control.accessLog(since)).filter(({ operation, region }) => operation.startsWith('Submit') && region === SICK);
    expect([sent.outcome, arrived.outcome, arrived.id]).toEqual(['unanswered', 'landed', sent.id]);
  });

  test('lands in nothing when its endpoint is dead by then', async () => {
    await aws.control.setControlEndpoint(SICK, { kind: 'late', ms: 200, cut: true });
    await outcome(submit(IRELAND, SICK));
    await aws.control.setControlEndpoint(SICK, { kind: 'refused' });
    await sleep(400);

    expect(await read(SOUND)).toEqual(BOTH);
  });

  test('keeps no read back', async () => {
    await aws.control.setControlEndpoint(SICK, { kind: 'late', ms: 60_000 });

    expect(await read(SICK)).toEqual(BOTH);
  });
});

test('a submit that lands twice is answered, and undoes a later one', async () => {
  const since = Date.now();
  await aws.control.setControlEndpoint(SICK, { kind: 'twice', ms: 1500 });
  await submit(IRELAND, SICK);
  expect(await read(SOUND)).toEqual(ONLY_IRELAND);
  await submit(EAST, SOUND);
  expect(await read(SOUND)).toEqual(ONLY_EAST);

  await landed(since, 1);
  expect(await read(SOUND)).toEqual(ONLY_IRELAND);
});

test('a submit whose answer is lost is applied, and its connection may be cut', async () => {
  await aws.control.setControlEndpoint(SICK, { kind: 'mute', cut: true });

  expect(await outcome(submit(IRELAND, SICK))).toBe('ECONNRESET');
  expect(await read(SOUND)).toEqual(ONLY_IRELAND);
});

describe('a fault for some requests only', () => {
  test.each<[string, ControlFaultInput, string]>([
    ['refused', { kind: 'refused', times: 1 }, 'ECONNRESET'],
    ['failing', { kind: 'failing', times: 1 }, 'ServiceUnavailable'],
    ['mute', { kind: 'mute', cut: true, times: 1 }, 'ECONNRESET'],
    ['late', { kind: 'late', ms: 600_000, cut: true, times: 1 }, 'ECONNRESET'],
  ])('that is %s once meets the next submit, and not the one after it', async (_, fault, expected) => {
    await aws.control.setControlEndpoint(SICK, fault);

    expect([await outcome(submit(IRELAND, SICK)), await outcome(submit(IRELAND, SICK))]).toEqual([expected, 'ok']);
    expect((await aws.control.state()).faults.controlEndpoints[SICK]).toMatchObject({ kind: fault.kind, times: 0 });
  });

  test('keeps the one that met it waiting until it is healed', async () => {
    await aws.control.setControlEndpoint(SICK, { kind: 'blackhole', times: 1 });
    const waiting = outcome(submit(IRELAND, SICK));
    expect(await isPending(waiting)).toBe(true);

    expect(await outcome(submit(EAST, SICK))).toBe('ok');
    await aws.control.setControlEndpoint(SOUND, { kind: 'slow', ms: 1 });
    expect(await isPending(waiting, 20)).toBe(true);
    await aws.control.heal();
    expect(await waiting).toBe('ECONNRESET');
  });

  test('counts those that it took hold of, not those that it let pass', async () => {
    const since = Date.now();
    await aws.control.setControlEndpoint(SICK, { kind: 'twice', ms: 1, times: 1 });
    await read(SICK);
    await submit(IRELAND, SICK);

    expect(await landed(since, 1)).toHaveLength(1);
  });

  test.each<[FaultInput & { only: 'reads' | 'writes' }, string, string]>([
    [{ kind: 'failing', only: 'reads' }, 'ServiceUnavailable', 'ok'],
    [{ kind: 'failing', only: 'writes' }, 'ok', 'ServiceUnavailable'],
    [{ kind: 'refused', only: 'writes' }, 'ok', 'ECONNRESET'],
  ])('meets reads or writes: %j', async (fault, reading, writing) => {
    await aws.control.setControlEndpoint(SICK, fault);
    expect([await outcome(read(SICK)), await outcome(submit(IRELAND, SICK))]).toEqual([reading, writing]);
  });

  test('meets reads or writes of any service of a Region', async () => {
    await aws.clients.ssm(EAST).send(new PutParameterCommand({ Name: '/p', Value: 'v', Type: 'String', Overwrite: true }));
    await aws.control.setRegion(EAST, { kind: 'failing', only: 'writes' });

    expect(await outcome(aws.clients.ssm(EAST, ONCE).send(new GetParameterCommand({ Name: '/p' })))).toBe('ok');
    expect(await outcome(aws.clients.ssm(EAST, ONCE).send(new PutParameterCommand({ Name: '/p', Value: 'w', Type: 'String', Overwrite: true })))).toBe('ServiceUnavailable');
    expect(await outcome(aws.clients.s3(EAST, ONCE).send(new ListBucketsCommand({})))).toBe('ok');
  });

  test('leaves its Region alive: the access point is still served from it', async () => {
    await submit(EAST, SOUND);
    await aws.control.setRegion(EAST, { kind: 'refused', times: 1 });
    const through = () => outcome(aws.clients.dataPlane(ONCE).send(new PutObjectCommand({ Bucket: arn, Key: 'k', Body: 'v' })));

    expect([await through(), await through()]).toEqual(['ECONNRESET', 'ok']);
  });
});

test.each<[string, string, unknown, RegExp]>([
  ['a Region is to be stale', 'setRegion', { region: EAST, fault: { kind: 'stale' } }, /'setRegion'.*kind/],
  ['a submit is to land after more than ten minutes', 'setControlEndpoint', { region: SICK, fault: { kind: 'late', ms: 600_001 } }, /'setControlEndpoint'.*ms/],
  ['a fault is for no request', 'setControlEndpoint', { region: SICK, fault: { kind: 'refused', times: 0 } }, /'setControlEndpoint'.*times/],
])('fails when %s', async (_, route, input, message) => {
  await expect(aws.control.call(route, input)).rejects.toThrow(message);
});
