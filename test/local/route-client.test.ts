import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { Agent } from 'node:http';
import { controlEndpoints, type ControlEndpoints } from '../../runtime/aws/control-endpoint';
import { systemClock } from '../../runtime/aws/system';
import { writeProbe, type AwsWriteProbe } from '../../runtime/aws/write-probe';
import { parseAccessPointArn, type AccessPoint } from '../../runtime/core/routes/access-point';
import { changeRoutes, CHANGE_TIMES, type ChangeRequest } from '../../runtime/core/routes/change';
import { always, ifStill } from '../../runtime/core/routes/decision';
import { readRoutes, surveyRoutes } from '../../runtime/core/routes/read';
import { activeRegions, routesWith } from '../../runtime/core/routes/routes';
import type { ControlEndpoint } from '../../runtime/core/routes/endpoint';
import { PROBE_PREFIX, proveServed, SERVED_TIMES } from '../../runtime/core/routes/served';
import { watchRoutes } from '../../runtime/core/routes/watch';
import type { FaultInput } from '../../local';
import { MemoryLog } from '../runtime/support/log';
import { seeded } from '../runtime/support/random';
import { EAST, IRELAND, Lab, WEST } from './replication-lab';
import { createAccessPoint } from './support';

jest.setTimeout(60_000);

const REGIONS = [EAST, WEST, IRELAND];
const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];

let lab: Lab;
let accessPoint: AccessPoint;
let buckets: { [region: string]: string };
let control: ControlEndpoints;
let probe: AwsWriteProbe;

beforeAll(async () => {
  lab = await Lab.start();
  const names = await lab.mesh(REGIONS);
  buckets = Object.fromEntries(REGIONS.map((region, index) => [region, names[index]]));
  accessPoint = parseAccessPointArn(await createAccessPoint(lab.aws, 'media', Object.values(buckets)))!;
  control = controlEndpoints({ endpoint: lab.aws.endpoint, credentials: { accessKeyId: lab.aws.account, secretAccessKey: 'local' }, requestHandler: { httpAgent: new Agent({ lookup: toThisMachine as never }) } });
  probe = writeProbe({ accessPoint, buckets, makeClient: (config) => lab.aws.clients.reach(new S3Client({ ...config, credentials: { accessKeyId: lab.aws.account, secretAccessKey: 'local' } })) });
});

afterAll(async () => {
  control?.close();
  probe?.close();
  await lab?.stop();
});

afterEach(() => lab.aws.control.heal());

/** The SDK puts the account before the host, and no resolver knows that name. */
function toThisMachine(_: string, options: { all?: boolean }, done: (...answer: unknown[]) => void): void {
  if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
}

/** Shorter than in use: nothing here is far away. */
const QUICK = { ...CHANGE_TIMES, submitMs: 1_000, leastMs: 500, read: { hedgeMs: 200, attemptMs: 1_000, settleMs: 400 } };

const world = () => ({ clock: systemClock, random: seeded(1), log: new MemoryLog(), endpoints: control.endpoints });
const limits = (seconds = 30) => ({ deadline: systemClock.now() + seconds * 1000 });
const only = (region: string) => routesWith([region], REGIONS);
const live = async () => {
  const read = await readRoutes(world(), accessPoint, limits());
  if (read.kind !== 'read') throw new Error(read.sentence);
  return read.routes;
};
const change = (request: Partial<ChangeRequest>) => changeRoutes(world(), { accessPoint, decide: always(only(WEST)), limits: limits(), ...request }, QUICK);
const start = (region: string) => change({ decide: always(only(region)) });

test('a survey sees all five endpoints agree', async () => {
  const survey = await surveyRoutes(world(), accessPoint, limits());
  expect(survey.rows.map((row) => [row.endpoint, row.ok])).toEqual(FIVE.map((region) => [region, true]));
  expect(survey.views).toHaveLength(1);
});

test('a switch is made, and read back elsewhere', async () => {
  await start(EAST);
  expect(await change({ decide: ifStill(only(EAST), only(WEST)) })).toMatchObject({ kind: 'done', submitted: true, proof: 'read back elsewhere' });
  expect(activeRegions(await live())).toEqual([WEST]);
});

test('a switch that was planned from other routes is refused', async () => {
  await start(IRELAND);
  expect(await change({ decide: ifStill(only(EAST), only(WEST)) })).toMatchObject({ kind: 'refused', because: 'moved' });
  expect(activeRegions(await live())).toEqual([IRELAND]);
});

test.each(['refused', 'blackhole'] as const)('a switch is made by one submit with three endpoints dead (%s)', async (kind) => {
  await start(EAST);
  for (const region of ['us-east-1', 'us-west-2', 'eu-west-1']) await lab.aws.control.setControlEndpoint(region, { kind });
  expect(await change({ avoid: ['us-east-1'] })).toMatchObject({ kind: 'done', proof: 'read back elsewhere', attempts: [{ outcome: 'accepted' }] });
});

test('a switch is made while endpoints fail half of the time', async () => {
  await start(EAST);
  for (const region of FIVE) await lab.aws.control.setControlEndpoint(region, { kind: 'failing', rate: 0.5, status: 500 });
  expect(await change({})).toMatchObject({ kind: 'done' });
});

/** Endpoints of which the first that is submitted to begins to misbehave just before. */
function spoiled(fault: FaultInput): ControlEndpoint[] {
  let spoilt = false;
  return control.endpoints.map((endpoint) => ({
    ...endpoint,
    async submit(...given) {
      if (!spoilt) await lab.aws.control.setControlEndpoint(endpoint.region, fault);
      spoilt = true;
      return endpoint.submit(...given);
    },
  }));
}

test('a submit that acts and never answers is found out by reading elsewhere, and not sent again', async () => {
  await start(EAST);
  const result = await changeRoutes({ ...world(), endpoints: spoiled({ kind: 'mute' }) }, { accessPoint, decide: ifStill(only(EAST), only(WEST)), limits: limits() }, QUICK);
  expect(result).toMatchObject({ kind: 'done', submitted: true, proof: 'read back elsewhere', attempts: [{ outcome: 'timed out' }] });
});

test('a submit that was given up and acts later does no harm to the same change made elsewhere', async () => {
  await start(EAST);
  const result = await changeRoutes({ ...world(), endpoints: spoiled({ kind: 'slow', ms: 2_500 }) }, { accessPoint, decide: ifStill(only(EAST), only(WEST)), limits: limits() }, QUICK);
  expect(result).toMatchObject({ kind: 'done', attempts: [{ outcome: 'timed out' }, { outcome: 'accepted' }] });
  if (result.kind !== 'done') return;
  const watched = await watchRoutes(world(), accessPoint, { expected: result.routes, awaited: result.pending.map((one) => one.routes) }, limits(3), QUICK.read);
  expect(watched.kind).toBe('quiet');
});

test('an abandoned submit that undoes a later change is noticed by whoever watches', async () => {
  await start(EAST);
  const lost = await changeRoutes({ ...world(), endpoints: spoiled({ kind: 'slow', ms: 3_000 }) }, { accessPoint, decide: always(only(WEST)), limits: limits(1.5) }, QUICK);
  expect(lost.pending).toHaveLength(1);
  await start(IRELAND);
  const watched = await watchRoutes(world(), accessPoint, { expected: only(IRELAND), awaited: lost.pending.map((one) => one.routes) }, limits(15), QUICK.read);
  expect(watched).toMatchObject({ kind: 'landed late' });
  expect(activeRegions(await live())).toEqual([WEST]);
});

test('nothing is claimed when every endpoint is dead', async () => {
  for (const region of FIVE) await lab.aws.control.setControlEndpoint(region, { kind: 'refused' });
  expect(await change({ limits: limits(3) })).toMatchObject({ kind: 'failed', because: { kind: 'silent' }, attempts: [] });
});

test('an access point that is not there is named', async () => {
  const gone = parseAccessPointArn(`arn:aws:s3::${lab.aws.account}:accesspoint/abcdefghijklm.mrap`)!;
  expect(await change({ accessPoint: gone })).toMatchObject({ kind: 'failed', because: { kind: 'named', failure: { kind: 'no such access point' } } });
});

describe('served', () => {
  const times = { ...SERVED_TIMES, everyMs: 200, inARow: 3, quietMs: 1_000, callMs: 1_500, cleanUpMs: 5_000 };
  const served = (target: string, seconds: number) => proveServed(world(), probe, { targets: [target], runId: `${target}-${seconds}`, limits: limits(seconds) }, times);
  const leftIn = async (region: string) => (await lab.s3(region).send(new ListObjectVersionsCommand({ Bucket: buckets[region], Prefix: PROBE_PREFIX }))).Versions ?? [];

  test('writes are seen to land in the Region that was switched to, once the routes have spread, and nothing stays', async () => {
    await start(EAST);
    expect((await served(EAST, 20)).kind).toBe('served');
    await lab.aws.control.setPropagation({ ms: 3_000 });
    await start(WEST);
    const result = await served(WEST, 25);
    await lab.aws.control.setPropagation({ ms: 0 });

    expect(result).toMatchObject({ kind: 'served', leftovers: [] });
    expect(result.landings[0]).toMatchObject({ kind: 'landed', region: EAST });
    expect(result.landings.at(-1)).toMatchObject({ kind: 'landed', region: WEST });
  });

  test('a dead Region does not prevent the proof of another', async () => {
    await start(WEST);
    await lab.aws.control.setRegion(EAST, { kind: 'blackhole' });
    expect(await served(WEST, 30)).toMatchObject({ kind: 'served' });
  });

  test('another Region than the active one is not proven', async () => {
    await start(WEST);
    expect(await served(EAST, 8)).toMatchObject({ kind: 'not served' });
    for (const region of REGIONS) expect(await leftIn(region)).toEqual([]);
  });
});
