import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { startLocalAws, type FaultInput, type LocalAws } from '../../../local';
import { createAccessPoint, createBucket, isPending, outcome, raw, submitRoutes } from '../support';

const ONCE = { maxAttempts: 1 };
let aws: LocalAws;
let arn: string;

beforeAll(async () => {
  aws = await startLocalAws();
  for (const region of ['us-east-1', 'eu-west-1']) await createBucket(aws, region, `faults-${region}`);
  await createBucket(aws, 'us-east-1', 'faults-spare');
  arn = await createAccessPoint(aws, 'faults', ['faults-us-east-1', 'faults-eu-west-1']);
}, 60_000);
afterEach(() => aws.control.heal());
afterAll(() => aws.stop());

/** One call to each service of a Region, with what came of it. */
async function callEverything(region: string): Promise<Record<string, string>> {
  const calls = {
    data: aws.clients.s3(region, ONCE).send(new PutObjectCommand({ Bucket: `faults-${region}`, Key: 'k', Body: 'v' })),
    list: aws.clients.s3(region, ONCE).send(new ListBucketsCommand({})),
    parameters: aws.clients.ssm(region, ONCE).send(new GetParametersByPathCommand({ Path: '/' })),
    stacks: aws.clients.cloudFormation(region, ONCE).send(new DescribeStacksCommand({})),
    functions: aws.clients.lambda(region, ONCE).send(new ListFunctionsCommand({})),
    identity: aws.clients.sts(region, ONCE).send(new GetCallerIdentityCommand({})),
    routes: aws.clients.s3Control(region, ONCE).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn })),
  };
  return Object.fromEntries(await Promise.all(Object.entries(calls).map(async ([name, call]) => [name, await outcome(call)])));
}

function every(calls: Record<string, string>): string[] {
  return [...new Set(Object.values(calls))];
}

const put = (bucket: string, key: string, body = 'v') => ({ region: bucket.includes('eu-west-1') ? 'eu-west-1' : 'us-east-1', method: 'PUT', path: `/${bucket}/${key}`, body });
const get = (bucket: string, key: string) => ({ ...put(bucket, key), method: 'GET', body: undefined });

describe('a Region', () => {
  test('that is refused resets every service of it, and none of another', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'refused' });

    expect(every(await callEverything('eu-west-1'))).toEqual(['ECONNRESET']);
    expect(every(await callEverything('us-east-1'))).toEqual(['ok']);
  });

  test('that is a black hole answers nothing until it is healed, and then resets those that waited', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'blackhole' });

    const waiting = raw(aws, put('faults-eu-west-1', 'swallowed'));
    expect(await isPending(waiting)).toBe(true);
    await aws.control.heal();

    await expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await raw(aws, get('faults-eu-west-1', 'swallowed'))).status).toBe(404);
  });

  test('that fails answers in the words of each protocol', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'failing', status: 500 });

    expect(every(await callEverything('eu-west-1'))).toEqual(['InternalError']);
    expect(every(await callEverything('us-east-1'))).toEqual(['ok']);
  });

  test('that is told to slow clients down says SlowDown', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'failing', status: 503, code: 'SlowDown' });

    expect(every(await callEverything('eu-west-1'))).toEqual(['SlowDown']);
  });

  test('that fails at a rate lets the rest through', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'failing', rate: 0.5 });

    const answers = await Promise.all(Array.from({ length: 100 }, () => raw(aws, get('faults-eu-west-1', 'none'))));
    const failed = answers.filter(({ status }) => status === 503).length;

    // A fair coin leaves these bounds once in ten million runs.
    expect(failed).toBeGreaterThan(22);
    expect(failed).toBeLessThan(78);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503, 404]));
  });

  test('that is slow answers late', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'slow', ms: 300 });

    const started = performance.now();
    expect((await raw(aws, put('faults-eu-west-1', 'late'))).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
  });

  test('that is slow acts on what the client gave up', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'slow', ms: 300 });

    await expect(raw(aws, { ...put('faults-eu-west-1', 'abandoned'), signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect((await aws.control.accessLog()).some(({ key }) => key === 'abandoned')).toBe(false);
    await sleep(400);
    await aws.control.heal();

    expect((await raw(aws, get('faults-eu-west-1', 'abandoned'))).status).toBe(200);
  });

  test('that is mute acts, and never answers', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'mute' });

    const waiting = raw(aws, put('faults-eu-west-1', 'unheard'));
    expect(await isPending(waiting)).toBe(true);
    await aws.control.heal();

    await expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await raw(aws, get('faults-eu-west-1', 'unheard'))).status).toBe(200);
  });

  test('takes the IAM control plane with it only if it is us-east-1', async () => {
    const iam = aws.clients.iam(ONCE);
    await aws.control.setRegion('eu-west-1', { kind: 'refused' });
    expect(await outcome(iam.send(new ListRolesCommand({})))).toBe('ok');
    await aws.control.setRegion('us-east-1', { kind: 'refused' });
    expect(await outcome(iam.send(new ListRolesCommand({})))).toBe('ECONNRESET');
  });
});

describe('a bucket', () => {
  test.each<[string, FaultInput, string]>([
    ['refused', { kind: 'refused' }, 'ECONNRESET'],
    ['failing', { kind: 'failing', status: 503 }, 'ServiceUnavailable'],
    ['told to slow clients down', { kind: 'failing', code: 'SlowDown' }, 'SlowDown'],
  ])('that is %s is the only one', async (_, fault, expected) => {
    await aws.control.setBucket('faults-us-east-1', fault);
    const s3 = aws.clients.s3('us-east-1', ONCE);

    expect(await outcome(s3.send(new PutObjectCommand({ Bucket: 'faults-us-east-1', Key: 'k', Body: 'v' })))).toBe(expected);
    expect(await outcome(s3.send(new PutObjectCommand({ Bucket: 'faults-spare', Key: 'k', Body: 'v' })))).toBe('ok');
  });

  test('that is a black hole or slow is so through the access point too', async () => {
    const through = aws.clients.dataPlane(ONCE);
    // The first request derives the signing key, which takes longer than the silence that is waited for.
    await outcome(through.send(new GetObjectCommand({ Bucket: arn, Key: 'k' })));
    await aws.control.setBucket('faults-us-east-1', { kind: 'blackhole' });
    const waiting = outcome(through.send(new GetObjectCommand({ Bucket: arn, Key: 'k' })));
    expect(await isPending(waiting)).toBe(true);
    await aws.control.setBucket('faults-us-east-1', { kind: 'healthy' });
    expect(await waiting).toBe('ECONNRESET');

    await aws.control.setBucket('faults-us-east-1', { kind: 'slow', ms: 200 });
    const started = performance.now();
    expect(await outcome(through.send(new PutObjectCommand({ Bucket: arn, Key: 'k', Body: 'v' })))).toBe('ok');
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
  });
});

describe('a control endpoint', () => {
  const read = (region: string) => aws.clients.s3Control(region, ONCE).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn }));

  test.each<[string, FaultInput, string]>([
    ['refused', { kind: 'refused' }, 'ECONNRESET'],
    ['failing', { kind: 'failing', status: 500 }, 'InternalError'],
    ['told to slow clients down', { kind: 'failing', code: 'SlowDown' }, 'SlowDown'],
  ])('that is %s leaves the other four and its Region alone', async (_, fault, expected) => {
    await aws.control.setControlEndpoint('eu-west-1', fault);

    expect(await outcome(read('eu-west-1'))).toBe(expected);
    for (const region of ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1']) expect(await outcome(read(region))).toBe('ok');
    expect((await raw(aws, put('faults-eu-west-1', 'k'))).status).toBe(200);
  });

  test('that is a black hole swallows a submit', async () => {
    await aws.control.setControlEndpoint('ap-northeast-1', { kind: 'blackhole' });
    const waiting = outcome(submitRoutes(aws, arn, { 'us-east-1': 0 }, 'ap-northeast-1'));
    expect(await isPending(waiting)).toBe(true);
    await aws.control.heal();

    expect(await waiting).toBe('ECONNRESET');
    expect((await read('us-east-1')).Routes?.map(({ TrafficDialPercentage }) => TrafficDialPercentage)).toEqual([100, 100]);
  });

  test('that is mute takes a submit whose outcome stays unknown', async () => {
    await aws.control.setControlEndpoint('ap-northeast-1', { kind: 'mute' });
    const waiting = outcome(submitRoutes(aws, arn, { 'us-east-1': 0 }, 'ap-northeast-1'));
    expect(await isPending(waiting)).toBe(true);

    expect((await read('us-east-1')).Routes?.find(({ Region }) => Region === 'us-east-1')?.TrafficDialPercentage).toBe(0);
    await aws.control.heal();
    expect(await waiting).toBe('ECONNRESET');
    await submitRoutes(aws, arn, { 'us-east-1': 100 });
  });

  test('that is slow lets only one of two submits at a time through', async () => {
    await aws.control.setControlEndpoint('eu-west-1', { kind: 'slow', ms: 200 });
    const started = performance.now();
    expect(await outcome(read('eu-west-1'))).toBe('ok');
    expect(performance.now() - started).toBeGreaterThanOrEqual(195);
  });
});

describe('killing a Region', () => {
  test('loses nothing that was acknowledged, whenever it comes', async () => {
    const acknowledged: string[] = [];
    let stop = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let count = 0; !stop; count++) {
        const key = `run/${writer}/${count}`;
        const answer = await raw(aws, put('faults-eu-west-1', key, key)).catch(() => undefined);
        if (answer?.status === 200) acknowledged.push(key);
      }
    });
    try {
      for (const kind of ['refused', 'blackhole', 'mute', 'refused'] as const) {
        await sleep(120);
        await aws.control.setRegion('eu-west-1', { kind });
        await sleep(60);
        await aws.control.heal();
      }
    } finally {
      stop = true;
    }
    await Promise.all(writers);

    const kept = await Promise.all(acknowledged.map(async (key) => (await raw(aws, get('faults-eu-west-1', key))).body === key));
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(kept.filter((is) => !is)).toEqual([]);
  }, 30_000);

  test('ends what is under way in it, unanswered', async () => {
    await aws.control.setRegion('eu-west-1', { kind: 'slow', ms: 5000 });
    const slow = raw(aws, put('faults-eu-west-1', 'cut'));
    expect(await isPending(slow)).toBe(true);
    await aws.control.setRegion('eu-west-1', { kind: 'refused' });

    await expect(slow).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('keeps parameters, which are read again after healing', async () => {
    await aws.clients.ssm('eu-west-1').send(new PutParameterCommand({ Name: '/faults/p', Value: 'v', Type: 'String' }));
    await aws.control.setRegion('eu-west-1', { kind: 'refused' });
    await aws.control.heal();

    const { Parameters } = await aws.clients.ssm('eu-west-1').send(new GetParametersByPathCommand({ Path: '/faults' }));
    expect(Parameters?.map(({ Value }) => Value)).toEqual(['v']);
  });
});

describe('a path from one Region to another', () => {
  const from = (region: string) => ({ headers: { 'x-local-aws-caller-region': region } });

  test('that is cut lets through callers elsewhere, calls elsewhere, and those of people', async () => {
    await aws.control.setPath({ from: 'us-east-1', to: 'eu-west-1', fault: { kind: 'refused' } });

    await expect(raw(aws, { ...put('faults-eu-west-1', 'k'), ...from('us-east-1') })).rejects.toMatchObject({ code: 'ECONNRESET' });
    for (const caller of [from('eu-west-1'), from('us-west-2'), {}]) expect(await raw(aws, { ...put('faults-eu-west-1', 'k'), ...caller })).toMatchObject({ status: 200 });
    expect(await raw(aws, { ...put('faults-us-east-1', 'k'), ...from('us-east-1') })).toMatchObject({ status: 200 });
    expect((await aws.control.state()).faults.paths).toEqual({ 'us-east-1 to eu-west-1': { kind: 'refused' } });
  });

  test('may lead from a Region to its own services', async () => {
    await aws.control.setPath({ from: 'eu-west-1', to: 'eu-west-1', fault: { kind: 'failing', code: 'SlowDown' } });

    expect(await raw(aws, { ...put('faults-eu-west-1', 'k'), ...from('eu-west-1') })).toMatchObject({ status: 503, body: expect.stringContaining('SlowDown') });
    expect(await raw(aws, { ...put('faults-eu-west-1', 'k'), ...from('us-east-1') })).toMatchObject({ status: 200 });
  });

  test('ends what is under way when it is cut, and is whole again once healed; the access log names both ends', async () => {
    const since = Date.now();
    await aws.control.setPath({ from: 'us-east-1', to: 'eu-west-1', fault: { kind: 'blackhole' } });
    const waiting = raw(aws, { ...put('faults-eu-west-1', 'path'), ...from('us-east-1') });
    expect(await isPending(waiting)).toBe(true);
    await aws.control.heal();
    await expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await raw(aws, { ...put('faults-eu-west-1', 'path'), ...from('us-east-1') })).toMatchObject({ status: 200 });

    const entries = (await aws.control.accessLog(since)).filter(({ key }) => key === 'path');
    expect(entries.map(({ callerRegion, region, outcome: how }) => [callerRegion, region, how])).toEqual([['us-east-1', 'eu-west-1', 'unanswered'], ['us-east-1', 'eu-west-1', 'answered']]);
  });

  test('does not keep the access point from serving others from there', async () => {
    await submitRoutes(aws, arn, { 'us-east-1': 0, 'eu-west-1': 100 });
    await aws.control.setPath({ from: 'us-east-1', to: 'eu-west-1', fault: { kind: 'refused' } });

    await expect(outcome(aws.clients.dataPlane(ONCE).send(new PutObjectCommand({ Bucket: arn, Key: 'k', Body: 'v' })))).resolves.toBe('ok');
    await submitRoutes(aws, arn, { 'us-east-1': 100, 'eu-west-1': 100 });
  });
});

test('the access log says how each request ended', async () => {
  const since = Date.now();
  await raw(aws, put('faults-eu-west-1', 'logged'));
  await aws.control.setRegion('eu-west-1', { kind: 'refused' });
  await raw(aws, put('faults-eu-west-1', 'logged')).catch(() => undefined);
  await aws.control.setRegion('eu-west-1', { kind: 'failing' });
  await raw(aws, put('faults-eu-west-1', 'logged'));
  await aws.control.setRegion('eu-west-1', { kind: 'blackhole' });
  await raw(aws, { ...put('faults-eu-west-1', 'logged'), signal: AbortSignal.timeout(50) }).catch(() => undefined);
  await aws.control.heal();
  await sleep(50);

  const entries = (await aws.control.accessLog(since)).filter(({ key }) => key === 'logged');
  expect(entries.map(({ operation, region, bucket, status, outcome: how }) => [operation, region, bucket, status, how])).toEqual([
    ['PutObject', 'eu-west-1', 'faults-eu-west-1', 200, 'answered'],
    ['PutObject', 'eu-west-1', 'faults-eu-west-1', 0, 'refused'],
    ['PutObject', 'eu-west-1', 'faults-eu-west-1', 503, 'failed'],
    ['PutObject', 'eu-west-1', 'faults-eu-west-1', 0, 'unanswered'],
  ]);
  expect(entries[0].principal).toBe(`arn:aws:iam::${aws.account}:root`);
});

test.each<[string, string, unknown, RegExp]>([
  ['a Region is misspelt', 'setRegion', { region: 'us-east-9', fault: { kind: 'refused' } }, /'us-east-9' is not a Region/],
  ['a fault has no such kind', 'setRegion', { region: 'us-east-1', fault: { kind: 'tired' } }, /'setRegion'.*kind/],
  ['a path leads nowhere', 'setPath', { from: 'us-east-1', to: 'mars', fault: { kind: 'refused' } }, /'mars' is not a Region/],
  ['a rate is above 1', 'setBucket', { bucket: 'faults-spare', fault: { kind: 'failing', rate: 2 } }, /'setBucket'.*rate/],
  ['a route does not exist', 'setMood', {}, /no control route 'setMood', there are accessLog/],
])('fails when %s', async (_, route, input, message) => {
  await expect(aws.control.call(route, input)).rejects.toThrow(message);
});
