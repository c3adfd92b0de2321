import { PutObjectCommand } from '@aws-sdk/client-s3';
import { bucketPort, type AwsBucket } from '../../runtime/aws/bucket';
import { replicationStore } from '../../runtime/aws/replication';
import { replicationMetrics, type AwsReplicationMetrics } from '../../runtime/aws/replication-metrics';
import { systemClock } from '../../runtime/aws/system';
import type { Direction } from '../../runtime/core/lag/direction';
import { DRAINED, type DrainPolicy } from '../../runtime/core/lag/drain';
import { DrainGate, type DrainPoll } from '../../runtime/core/lag/gate';
import { observeLag } from '../../runtime/core/lag/observe';
import { lagReport } from '../../runtime/core/lag/report';
import type { Credentials } from '../../local';
import { arn, EAST, IRELAND, Lab, rule, replicationStatements } from './replication-lab';

jest.setTimeout(60_000);

/** Minutes of a second, as the local AWS is told to have them. */
const QUICK: DrainPolicy = { ...DRAINED, quietMs: 5_000 };
const PREFIX = 'media/';
const MARKERS = `${PREFIX}.s3-failover/marker/`;

let lab: Lab;
let source: string;
let destination: string;
let operator: Credentials;
let metrics: AwsReplicationMetrics;
const opened: AwsBucket[] = [];
const wall = { now: Date.now, iso: (at: number) => new Date(at).toISOString(), parse: Date.parse };

const config = () => ({ endpoint: lab.aws.endpoint, credentials: operator });
const direction = (): Direction => ({ source: { region: EAST, bucket: source }, destination: { region: IRELAND, bucket: destination } });
const put = (Key: string) => lab.s3(EAST).send(new PutObjectCommand({ Bucket: source, Key: `${PREFIX}${Key}`, Body: '0123456789' }));
const observe = (avoid?: string[]) => observeLag({ clock: systemClock, wall }, metrics, { direction: direction(), avoid });
const markersIn = async (region: string, bucket: string) => (await lab.stack(region, bucket, MARKERS)).length;

/** The least that an operator needs. */
const permissions = () => [
  { Effect: 'Allow', Action: ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'], Resource: '*' },
  { Effect: 'Allow', Action: 's3:GetReplicationConfiguration', Resource: arn(source) },
  { Effect: 'Allow', Action: ['s3:PutObject', 's3:DeleteObjectVersion'], Resource: [source, destination].map((name) => `${arn(name)}/*.s3-failover/marker/*`) },
  { Effect: 'Allow', Action: 's3:ListBucketVersions', Resource: [source, destination].map(arn), Condition: { StringLike: { 's3:prefix': '*.s3-failover/marker/*' } } },
];

const without = (action: string) => permissions().map((one) => ({ ...one, Action: [one.Action].flat().filter((other) => other !== action) })).filter(({ Action }) => Action.length > 0);

beforeAll(async () => {
  lab = await Lab.start();
  await lab.aws.control.setReplicationMetrics({ periodMs: 1000, delayMs: 0 });
  [source, destination] = [await lab.bucket(EAST), await lab.bucket(IRELAND)];
  const role = await lab.role(replicationStatements(source, [destination]));
  await lab.putRules(EAST, source, role, [rule(destination, { Filter: { Prefix: PREFIX }, Destination: { Bucket: arn(destination), Metrics: { Status: 'Enabled' } } })]);
  operator = await lab.user(permissions());
  metrics = replicationMetrics(config());
}, 120_000);

afterEach(async () => {
  await lab.aws.control.heal();
  await lab.aws.control.setReplication({ lagMs: 20, paused: false });
  await lab.idle();
});

afterAll(async () => {
  metrics?.close();
  opened.forEach((bucket) => bucket.close());
  await lab?.stop();
});

function gate(runId: string, credentials = operator, asked = metrics): DrainGate {
  const bucket = (region: string, name: string) => {
    const made = bucketPort({ region, name, account: lab.aws.account, config: { ...config(), credentials, forcePathStyle: true } });
    opened.push(made);
    return made;
  };
  const rules = replicationStore(EAST, lab.aws.account, { ...config(), credentials, forcePathStyle: true, maxAttempts: 1 });
  return new DrainGate(
    { clock: systemClock, wall, metrics: asked, source: bucket(EAST, source), destination: bucket(IRELAND, destination), configuration: (signal) => rules.read(source, signal) },
    { runId, deadline: systemClock.now() + 50_000, pollMs: 200, metricsEveryMs: 500 },
    QUICK,
  );
}

async function until(one: DrainGate, enough: (poll: DrainPoll) => boolean): Promise<DrainPoll> {
  for (;;) {
    const poll = await one.poll();
    if (enough(poll)) return poll;
    if (poll.nextPollMs === undefined) throw new Error(`${poll.cause}: ${poll.reason}`);
    await systemClock.sleep(poll.nextPollMs);
  }
}

test('an idle bucket opens the gate: the marker arrives through the prefix of the rule, and goes from both buckets', async () => {
  const one = gate('idle');
  const opened = await until(one, ({ open }) => open);
  expect(opened.reason).toMatch(/^a marker arrived in eu-west-1 within \d+ s; (S3 published (nothing|little) since|no operation was pending)/);
  expect([await markersIn(EAST, source), await markersIn(IRELAND, destination)]).toEqual([1, 1]);

  expect(await one.clean()).toBeUndefined();
  expect([await markersIn(EAST, source), await markersIn(IRELAND, destination)]).toEqual([0, 0]);
});

test('a report tells how far the destination is behind, and the gate stays shut until that has arrived', async () => {
  await lab.aws.control.setReplication({ source, paused: true });
  await put('a');
  await put('b');
  let report = lagReport(await observe());
  while (report.kind !== 'known' || report.pendingOperations !== 2) report = lagReport(await observe());
  expect(report.sentence).toMatch(/^eu-west-1 was \d+ s and 2 operations \(20 bytes\) behind us-east-1, as of \d+ s ago/);

  const one = gate('busy');
  const shut = await until(one, ({ cause, report: seen }) => cause === 'marker under way' && seen?.kind === 'known' && seen.pendingOperations === 3);
  expect(shut.reason).toMatch(/has not arrived in eu-west-1; eu-west-1 was \d+ s and 3 operations/);
  // The marker stays: a version that is removed while it is pending counts as failed.
  expect(await one.clean()).toBeUndefined();
  expect(await markersIn(EAST, source)).toBe(1);

  await lab.aws.control.setReplication({ source, paused: false });
  expect((await until(one, ({ open }) => open)).open).toBe(true);
  expect(await one.clean()).toBeUndefined();
  expect(await markersIn(EAST, source)).toBe(0);
});

test('a dead source is not waited for: what the destination tells is still told', async () => {
  await lab.aws.control.setReplication({ source, paused: true });
  await put('c');
  while (lagReport(await observe()).kind !== 'known') await systemClock.sleep(100);
  await lab.aws.control.setRegion(EAST, { kind: 'refused' });

  const report = lagReport(await observe());
  expect(report).toMatchObject({ kind: 'known', silent: [{ region: EAST }] });
  expect(report).not.toHaveProperty('failedOperations');
  expect(await observe([EAST])).toMatchObject({ silent: [{ region: EAST, reason: 'not asked, to be avoided' }] });
  expect(await gate('dead').poll()).toMatchObject({ open: false, cause: 'rules not read', reason: expect.stringMatching(/us-east-1/) });
});

test.each([
  ['cloudwatch:GetMetricData', 'metrics silent'],
  ['s3:GetReplicationConfiguration', 'rules not read'],
  ['s3:PutObject', 'marker not written'],
  ['s3:ListBucketVersions', 'marker under way'],
])('fails when %s is not allowed, and says so', async (action, cause) => {
  const credentials = await lab.user(without(action));
  const poorly = replicationMetrics({ ...config(), credentials });
  const shut = await until(gate('least', credentials, poorly), (poll) => poll.cause === cause);
  poorly.close();
  expect(shut).toMatchObject({ open: false, reason: expect.stringMatching(/403|AccessDenied/) });
});

test('fails to clean when s3:DeleteObjectVersion is not allowed, and says so', async () => {
  const one = gate('unclean', await lab.user(without('s3:DeleteObjectVersion')));
  await until(one, ({ cause }) => cause === 'not shown yet');
  expect(await one.clean()).toMatch(/s3 DeleteObject in us-east-1 was answered 403/);
});

test('fails when an operation failed: the gate says that waiting does not cure it', async () => {
  await lab.setVersioning(IRELAND, destination, 'Suspended');
  await put('bad');
  await lab.idle({ source });
  await lab.setVersioning(IRELAND, destination, 'Enabled');
  const shut = await until(gate('failed'), ({ nextPollMs }) => nextPollMs === undefined);
  expect(shut).toMatchObject({ open: false, cause: 'failed operations', reason: expect.stringMatching(/1 operation failed in the last 60 min, and S3 does not try them again/) });
});
