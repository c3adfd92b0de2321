import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteMultiRegionAccessPointCommand, GetMultiRegionAccessPointRoutesCommand, SubmitMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { startLocalAws, type LocalAws } from '../../../local';
import { createAccessPoint, createBucket, createUser, isPending, outcome, submitRoutes } from '../support';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const bucketOf = (region: string) => `points-${region}`;
let aws: LocalAws;
let arn: string;
let count = 0;

beforeAll(async () => {
  // The engine has tests of its own; without it a replica can never be taken for a write.
  aws = await startLocalAws({ extensions: [] });
  for (const region of REGIONS) await createBucket(aws, region, bucketOf(region));
  arn = await createAccessPoint(aws, 'points', REGIONS.map(bucketOf));
}, 60_000);
afterEach(async () => {
  await aws.control.heal();
  await aws.control.setPropagation({ ms: 0 });
  await aws.control.setClientLocation('us-east-1');
  await submitRoutes(aws, arn, { 'us-east-1': 100, 'us-west-2': 100, 'eu-west-1': 100 });
});
afterAll(() => aws.stop());

/** Region whose bucket took an object that was written through the access point. */
async function whoServes(): Promise<string> {
  const key = `probe/${++count}`;
  await aws.clients.dataPlane({ maxAttempts: 1 }).send(new PutObjectCommand({ Bucket: arn, Key: key, Body: key }));
  const found: string[] = [];
  for (const region of REGIONS) {
    const list = aws.clients.s3(region, { maxAttempts: 1 }).send(new ListObjectsV2Command({ Bucket: bucketOf(region), Prefix: key }));
    // A dead Region cannot be asked, and cannot have served.
    if ((await list.catch(() => undefined))?.KeyCount === 1) found.push(region);
  }
  expect(found).toHaveLength(1);
  return found[0];
}

describe('who serves', () => {
  test.each([
    ['us-east-2', 'us-east-1'],
    ['us-west-1', 'us-west-2'],
    ['eu-central-1', 'eu-west-1'],
    ['ap-northeast-1', 'us-west-2'],
    ['af-south-1', 'eu-west-1'],
    ['eu-west-1', 'eu-west-1'],
  ])('is the nearest active Region: for a client in %s, %s', async (client, expected) => {
    await aws.control.setClientLocation(client);

    expect(await whoServes()).toBe(expected);
  });

  test('is never a passive Region, however near', async () => {
    await submitRoutes(aws, arn, { 'us-east-1': 0 });
    expect(await whoServes()).toBe('us-west-2');
    await submitRoutes(aws, arn, { 'us-west-2': 0 });
    expect(await whoServes()).toBe('eu-west-1');
  });

  test('is another active Region while the nearest is dead, and the nearest again once it is healed', async () => {
    await aws.control.setRegion('us-east-1', { kind: 'refused' });
    expect(await whoServes()).toBe('us-west-2');
    await aws.control.setRegion('us-west-2', { kind: 'blackhole' });
    await aws.control.heal();
    expect(await whoServes()).toBe('us-east-1');
  });

  test('is nobody while the only active Region is dead', async () => {
    await submitRoutes(aws, arn, { 'us-west-2': 0, 'eu-west-1': 0 });
    await aws.control.setRegion('us-east-1', { kind: 'refused' });

    expect(await outcome(aws.clients.dataPlane({ maxAttempts: 1 }).send(new GetObjectCommand({ Bucket: arn, Key: 'probe' })))).toBe('ECONNRESET');
  });

  test('stays the same Region while it merely fails', async () => {
    await aws.control.setRegion('us-east-1', { kind: 'failing', code: 'SlowDown' });

    expect(await outcome(aws.clients.dataPlane({ maxAttempts: 1 }).send(new GetObjectCommand({ Bucket: arn, Key: 'probe' })))).toBe('SlowDown');
  });

  test('is told by the access log, and by no header', async () => {
    const since = Date.now();
    const { $response, ...answer } = await aws.clients.dataPlane().send(new PutObjectCommand({ Bucket: arn, Key: 'told', Body: 'x' })) as unknown as { $response?: unknown };

    const entry = (await aws.control.accessLog(since)).find(({ key }) => key === 'told');
    expect(entry).toMatchObject({ region: 'us-east-1', bucket: 'points-us-east-1', accessPoint: arn.split('/')[1], operation: 'PutObject', status: 200 });
    expect(JSON.stringify(answer)).not.toContain('us-east-1');
  });
});

describe('a submit', () => {
  const routesAt = async (endpoint: string) => {
    const { Routes } = await aws.clients.s3Control(endpoint).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn }));
    return Object.fromEntries(Routes!.map(({ Region, TrafficDialPercentage }) => [Region, TrafficDialPercentage]));
  };

  /** Regions that served, in order, until the one that is waited for does. */
  const servedUntil = async (last: string): Promise<string[]> => {
    const served: string[] = [];
    for (const end = Date.now() + 20_000; served.at(-1) !== last && Date.now() < end;) {
      const region = await whoServes();
      if (served.at(-1) !== region) served.push(region);
    }
    return served;
  };

  test('is read back at once from every endpoint, and moves traffic only after the delay', async () => {
    await whoServes();
    await aws.control.setPropagation({ ms: 3000 });
    await submitRoutes(aws, arn, { 'us-east-1': 0, 'us-west-2': 0 }, 'ap-southeast-2');

    for (const endpoint of ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1']) {
      expect(await routesAt(endpoint)).toEqual({ 'us-east-1': 0, 'us-west-2': 0, 'eu-west-1': 100 });
    }
    expect(await whoServes()).toBe('us-east-1');
    expect(await servedUntil('eu-west-1')).toEqual(['us-east-1', 'eu-west-1']);
  });

  test('is overtaken by none: two take effect in the order in which they came', async () => {
    await aws.control.setPropagation({ ms: 2000 });
    await submitRoutes(aws, arn, { 'us-east-1': 0, 'us-west-2': 100, 'eu-west-1': 0 });
    await sleep(1000);
    await submitRoutes(aws, arn, { 'us-east-1': 0, 'us-west-2': 0, 'eu-west-1': 100 });

    expect(await servedUntil('eu-west-1')).toEqual(['us-east-1', 'us-west-2', 'eu-west-1']);
  });

  test('that the emulator refuses moves nothing', async () => {
    expect(await outcome(submitRoutes(aws, arn, { 'us-east-1': 0, 'us-west-2': 0, 'eu-west-1': 0 }))).toBe('InvalidRequest');
    expect(await outcome(submitRoutes(aws, arn, { 'us-east-1': 0 }, 'eu-central-1'))).toBe('PermanentRedirect');

    expect(await whoServes()).toBe('us-east-1');
  });

  test('loses against another at the same time with Conflict, and leaves the way free for the next', async () => {
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, index) => outcome(submitRoutes(aws, arn, { 'us-east-1': index % 2 ? 100 : 0 }))));

    expect(outcomes).toContain('ok');
    expect(outcomes.filter((one) => one !== 'ok' && one !== 'Conflict')).toEqual([]);
    expect(await outcome(submitRoutes(aws, arn, { 'us-east-1': 100 }))).toBe('ok');
  });

  test('to an access point of one Region is refused, as one without permission is', async () => {
    const single = await createAccessPoint(aws, 'single', [bucketOf('us-east-1')]);
    const nobody = await createUser(aws, 'nobody', []);
    const submit = (credentials?: typeof nobody) => outcome(aws.clients.s3Control('us-east-1', { credentials, maxAttempts: 1 }).send(
      new SubmitMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: single, RouteUpdates: [{ Region: 'us-east-1', TrafficDialPercentage: 100 }] })));

    expect(await submit()).toBe('MethodNotAllowed');
    expect(await submit(nobody)).toBe('AccessDenied');
  });

  test('lets a request that is under way finish where it began', async () => {
    await aws.control.setRegion('us-east-1', { kind: 'slow', ms: 700 });
    const write = aws.clients.dataPlane({ maxAttempts: 1 }).send(new PutObjectCommand({ Bucket: arn, Key: 'under-way', Body: 'x' }));
    expect(await isPending(write, 400)).toBe(true);
    await submitRoutes(aws, arn, { 'us-east-1': 0 });
    await write;

    await aws.control.heal();
    expect(await outcome(aws.clients.s3('us-east-1').send(new HeadObjectCommand({ Bucket: bucketOf('us-east-1'), Key: 'under-way' })))).toBe('ok');
  });
});

describe('IAM', () => {
  const attempt = (credentials: Awaited<ReturnType<typeof createUser>>, key = 'iam') =>
    outcome(aws.clients.dataPlane({ credentials, maxAttempts: 1 }).send(new PutObjectCommand({ Bucket: arn, Key: key, Body: 'x' })));
  const throughPoint = () => ({ Action: ['s3:PutObject'], Resource: [`${arn}/object/*`] });
  const onBucket = (region: string) => ({ Action: ['s3:PutObject'], Resource: [`arn:aws:s3:::${bucketOf(region)}/*`] });

  test('needs both the access point and the bucket that serves', async () => {
    expect(await attempt(await createUser(aws, 'neither', []))).toBe('AccessDenied');
    expect(await attempt(await createUser(aws, 'point-only', [throughPoint()]))).toBe('AccessDenied');
    expect(await attempt(await createUser(aws, 'bucket-only', [onBucket('us-east-1')]))).toBe('AccessDenied');
    expect(await attempt(await createUser(aws, 'both', [throughPoint(), onBucket('us-east-1')]))).toBe('ok');
  });

  test('judges the bucket that the gateway chose, not another member', async () => {
    const user = await createUser(aws, 'east-only', [throughPoint(), onBucket('us-east-1')]);
    expect(await attempt(user)).toBe('ok');
    await aws.control.setClientLocation('eu-west-1');
    expect(await attempt(user)).toBe('AccessDenied');
  });

  test('denies a submit without permission, and lets it through with it', async () => {
    const submit = (credentials: Awaited<ReturnType<typeof createUser>>) => outcome(aws.clients.s3Control('us-east-1', { credentials, maxAttempts: 1 }).send(
      new SubmitMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn, RouteUpdates: [{ Region: 'us-east-1', TrafficDialPercentage: 100 }] })));

    expect(await submit(await createUser(aws, 'reader', [{ Action: ['s3:GetMultiRegionAccessPointRoutes'], Resource: [arn] }]))).toBe('AccessDenied');
    expect(await submit(await createUser(aws, 'operator', [{ Action: ['s3:SubmitMultiRegionAccessPointRoutes'], Resource: [arn] }]))).toBe('ok');
  });

  test('refuses a signature by a wrong secret, header and body as they came', async () => {
    const user = await createUser(aws, 'forger', [throughPoint(), onBucket('us-east-1')]);

    expect(await attempt({ ...user, secretAccessKey: 'wrong' })).toBe('SignatureDoesNotMatch');
  });

  test('cannot be led to another bucket by the header that is the gateway\'s own', async () => {
    const client = aws.clients.dataPlane();
    client.middlewareStack.add((next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['x-local-aws-serve'] = bucketOf('eu-west-1');
      return next(args);
    }, { step: 'finalizeRequest', priority: 'low' });
    await client.send(new PutObjectCommand({ Bucket: arn, Key: 'led', Body: 'x' }));

    expect(await outcome(aws.clients.s3('us-east-1').send(new HeadObjectCommand({ Bucket: bucketOf('us-east-1'), Key: 'led' })))).toBe('ok');
  });
});

test('objects of many megabytes pass both ways, unchanged', async () => {
  const body = Buffer.alloc(24 * 1024 * 1024, 'a fine mess of bytes ');
  const through = aws.clients.dataPlane({ credentials: await createUser(aws, 'heavy', [{ Action: ['s3:*'], Resource: ['*'] }]) });
  await through.send(new PutObjectCommand({ Bucket: arn, Key: 'large', Body: body }));

  const { Body } = await through.send(new GetObjectCommand({ Bucket: arn, Key: 'large' }));
  expect(Buffer.compare(Buffer.from(await Body!.transformToByteArray()), body)).toBe(0);
  await through.send(new DeleteObjectCommand({ Bucket: arn, Key: 'large' }));
}, 30_000);

test('fails when the access point is gone', async () => {
  const gone = await createAccessPoint(aws, 'gone', [bucketOf('us-east-1')]);
  await aws.clients.dataPlane().send(new PutObjectCommand({ Bucket: gone, Key: 'k', Body: 'x' }));
  await aws.clients.s3Control('us-west-2').send(new DeleteMultiRegionAccessPointCommand({ AccountId: aws.account, ClientToken: 'x', Details: { Name: 'gone' } }));

  await sleep(1100);
  expect(await outcome(aws.clients.dataPlane().send(new GetObjectCommand({ Bucket: gone, Key: 'k' })))).toBe('NoSuchMultiRegionAccessPoint');
});
