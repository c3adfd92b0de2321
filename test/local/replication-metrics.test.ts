import { setTimeout as sleep } from 'node:timers/promises';
import { GetMetricDataCommand, GetMetricStatisticsCommand, ListMetricsCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { RuleMetrics } from '../../local/gateway/replication/rule-metrics';
import { Lane } from '../../local/gateway/replication/lane';
import type { Task } from '../../local/gateway/replication/task';
import { EAST, Lab, WEST, arn } from './replication-lab';
import { outcome } from './support';

const ONCE = { maxAttempts: 1 };
const LATENCY = 'ReplicationLatency';
const BYTES = 'BytesPendingReplication';
const PENDING = 'OperationsPendingReplication';
const FAILED = 'OperationsFailedReplication';

describe('one minute of a rule', () => {
  const from = { bucket: 'a', region: EAST };
  const to = { bucket: 'b', region: WEST };
  const task = (id: number, change: Partial<Task> = {}): Task => ({
    id, at: 1000, kind: 'object', account: '1', source: from, destination: to, key: `k${id}`, version: `v${id}`, size: 10, rule: 'r', metrics: true, ...change,
  });
  const laneOf = (...tasks: Task[]): Lane => {
    const lane = new Lane(from, to, () => ({ lagMs: 0 }));
    for (const each of tasks) lane.add(each);
    return lane;
  };

  test('tells what is pending, how old the oldest of it is, and counts the bytes of objects only', () => {
    const lane = laneOf(task(1), task(2, { at: 3000 }), task(3, { kind: 'metadata', at: 3000 }), task(4, { kind: 'marker', at: 3000, size: 0 }));

    expect(new RuleMetrics().close([lane], 6000, false)).toEqual([
      { source: from, destination: to, rule: 'r', latency: 5, pendingOperations: 4, pendingBytes: 20, attempted: 0, failed: 0 },
    ]);
  });

  test('tells the slowest of what arrived, and what failed', () => {
    const metrics = new RuleMetrics();
    metrics.settled(task(1), { outcome: 'done' }, 1500);
    metrics.settled(task(2), { outcome: 'done' }, 3500);
    metrics.settled(task(3), { outcome: 'failed', code: 'DstBucketNotFound', reason: 'gone' }, 9000);
    metrics.settled(task(4), { outcome: 'later' }, 9000);
    metrics.settled(task(5), { outcome: 'gone' }, 9000);

    expect(metrics.close([], 10_000, false)).toMatchObject([{ latency: 2.5, attempted: 3, failed: 1, pendingOperations: 0 }]);
  });

  test('is told of each rule on its own, and of none without metrics', () => {
    const lane = laneOf(task(1), task(2, { rule: 's' }), task(3, { metrics: false, rule: 't' }));
    const metrics = new RuleMetrics();
    metrics.settled(task(4, { metrics: false, rule: 'u' }), { outcome: 'done' }, 2000);

    expect(metrics.close([lane], 2000, false).map(({ rule }) => rule)).toEqual(['r', 's']);
  });

  test('is left out when the rule had nothing to do, or told as zeros where those are wanted', () => {
    const silent = new RuleMetrics();
    const told = new RuleMetrics();
    for (const metrics of [silent, told]) metrics.settled(task(1), { outcome: 'done' }, 2000);

    expect([silent.close([], 2000, false), silent.close([], 3000, false)]).toMatchObject([[{ rule: 'r' }], []]);
    const zero = { rule: 'r', latency: 0, pendingOperations: 0, attempted: 0 };
    expect([told.close([], 2000, true), told.close([], 3000, true), told.close([], 4000, true)]).toMatchObject([[{ rule: 'r' }], [zero], [zero]]);
  });
});

describe('CloudWatch', () => {
  const METRICS = { Destination: { Metrics: { Status: 'Enabled' as const } } };
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.start();
    await lab.aws.control.setReplicationMetrics({ periodMs: 1000, delayMs: 0 });
  }, 120_000);
  afterEach(async () => {
    await lab.aws.control.heal();
    await lab.aws.control.setReplication({ paused: false, lagMs: 20 });
    await lab.aws.control.setReplicationMetrics({ periodMs: 1000, delayMs: 0, zeros: false });
  });
  afterAll(() => lab.stop());

  /** Source and destination, with a rule that has metrics. */
  async function pair(): Promise<[source: string, west: string]> {
    const source = await lab.bucket(EAST);
    const west = await lab.bucket(WEST);
    await lab.replicate(EAST, source, [west], { DeleteMarkerReplication: { Status: 'Enabled' }, Destination: { Bucket: arn(west), ...METRICS.Destination } });
    return [source, west];
  }

  const dimensionsOf = (source: string, west: string) => [{ Name: 'SourceBucket', Value: source }, { Name: 'DestinationBucket', Value: west }, { Name: 'RuleId', Value: `to-${west}` }];

  async function read(region: string, names: string[], source: string, west: string, more: object = {}, period = 60): Promise<Record<string, MetricDataResult>> {
    const { MetricDataResults } = await lab.aws.clients.cloudWatch(region, ONCE).send(new GetMetricDataCommand({
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 60_000),
      MetricDataQueries: names.map((MetricName, index) => ({
        Id: `m${index}`, Label: MetricName, MetricStat: { Metric: { Namespace: 'AWS/S3', MetricName, Dimensions: dimensionsOf(source, west) }, Period: period, Stat: MetricName === FAILED ? 'Sum' : 'Maximum' },
      })),
      ...more,
    }));
    return Object.fromEntries(MetricDataResults!.map((result) => [result.Label!, result]));
  }

  /** Until a metric has the number of data points; newest first. */
  async function points(region: string, name: string, source: string, west: string, count: number): Promise<{ at: number; value: number }[]> {
    for (;;) {
      const { [name]: { Timestamps = [], Values = [] } } = await read(region, [name], source, west);
      if (Values.length >= count) return Values.map((value, index) => ({ at: Timestamps[index].getTime(), value }));
      await sleep(100);
    }
  }

  const put = (Bucket: string, Key: string) => lab.s3(EAST).send(new PutObjectCommand({ Bucket, Key, Body: '0123456789' }));

  test('has pending work and latency in the destination\'s Region, minute by minute, as long as there is some', async () => {
    const [source, west] = await pair();
    await lab.aws.control.setReplication({ source, paused: true });
    await put(source, 'a');
    await put(source, 'b');
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a' }));

    await points(WEST, PENDING, source, west, 3);
    const { [PENDING]: pending, [BYTES]: bytes, [LATENCY]: latency } = await read(WEST, [PENDING, BYTES, LATENCY], source, west);
    expect([pending.Values![0], bytes.Values![0]]).toEqual([3, 20]);
    // Newest first: the destination is ever further behind.
    expect(latency.Values!.slice(0, 3)).toEqual([...latency.Values!.slice(0, 3)].sort((a, b) => b - a));
    expect(latency.Values![0]).toBeGreaterThan(1);
    expect(await read(EAST, [PENDING], source, west)).toMatchObject({ [PENDING]: { Values: [] } });
  }, 30_000);

  test('has a last zero when the work is done, and then nothing', async () => {
    const [source, west] = await pair();
    await put(source, 'a');
    const [last] = await points(WEST, PENDING, source, west, 1);
    await sleep(3000);

    const { [PENDING]: after } = await read(WEST, [PENDING], source, west);
    expect(last.value).toBe(0);
    expect(after.Timestamps!.length).toBeLessThanOrEqual(2);
  }, 30_000);

  test('goes on with zeros where those are wanted', async () => {
    await lab.aws.control.setReplicationMetrics({ zeros: true });
    const [source, west] = await pair();
    await put(source, 'a');

    expect((await points(WEST, PENDING, source, west, 4)).slice(0, 3).map(({ value }) => value)).toEqual([0, 0, 0]);
  }, 30_000);

  test('has what failed in the source\'s Region: how many, and out of how many', async () => {
    const [source, west] = await pair();
    await put(source, 'good');
    await lab.idle({ source });
    await lab.setVersioning(WEST, west, 'Suspended');
    await put(source, 'bad');
    await put(source, 'worse');
    await lab.idle({ source });
    const statistics = async (Statistics: ('Sum' | 'SampleCount')[]) => (await lab.aws.clients.cloudWatch(EAST, ONCE).send(new GetMetricStatisticsCommand({
      Namespace: 'AWS/S3', MetricName: FAILED, Dimensions: dimensionsOf(source, west), StartTime: new Date(Date.now() - 60_000), EndTime: new Date(Date.now() + 60_000), Period: 60, Statistics,
    }))).Datapoints!;
    const total = async (name: 'Sum' | 'SampleCount') => (await statistics([name])).reduce((sum, point) => sum + point[name]!, 0);

    while (await total('SampleCount') < 3) await sleep(100);
    expect([await total('Sum'), await total('SampleCount')]).toEqual([2, 3]);
    expect(await read(WEST, [FAILED], source, west)).toMatchObject({ [FAILED]: { Values: [] } });
  }, 30_000);

  test('has nothing of a rule without metrics', async () => {
    const [source, west] = await lab.estate([WEST]);
    const [other, otherWest] = await pair();
    await put(source, 'a');
    await put(other, 'a');
    await points(WEST, PENDING, other, otherWest, 1);

    const { Metrics } = await lab.aws.clients.cloudWatch(WEST).send(new ListMetricsCommand({ Namespace: 'AWS/S3', MetricName: PENDING }));
    const listed = Metrics!.map(({ Dimensions }) => Dimensions!.find(({ Name }) => Name === 'DestinationBucket')!.Value);
    expect(listed).toContain(otherWest);
    expect(listed).not.toContain(west);
  }, 30_000);

  test('counts a period of 60 s in minutes as they are set, with real timestamps', async () => {
    const [source, west] = await pair();
    await lab.aws.control.setReplication({ source, paused: true });
    await put(source, 'a');
    const started = Date.now();

    const [newest, older] = await points(WEST, PENDING, source, west, 2);
    expect([newest.at % 1000, newest.at - older.at]).toEqual([0, 1000]);
    expect(newest.at).toBeGreaterThanOrEqual(started - 1000);
    expect(newest.at).toBeLessThan(Date.now());
    const { [PENDING]: five } = await read(WEST, [PENDING], source, west, {}, 300);
    expect(five.Timestamps!.every((at) => at.getTime() % 5000 === 0)).toBe(true);
  }, 30_000);

  test('answers the oldest first when asked to', async () => {
    const [source, west] = await pair();
    await lab.aws.control.setReplication({ source, paused: true });
    await put(source, 'a');
    await points(WEST, LATENCY, source, west, 2);

    const { [LATENCY]: { Values = [] } } = await read(WEST, [LATENCY], source, west, { ScanBy: 'TimestampAscending' });
    expect(Values).toEqual([...Values].sort((a, b) => a - b));
  }, 30_000);

  test('has the minute in which the time asked for begins', async () => {
    const [source, west] = await pair();
    await put(source, 'a');
    const [{ at }] = await points(WEST, PENDING, source, west, 1);

    const { [PENDING]: within } = await read(WEST, [PENDING], source, west, { StartTime: new Date(at + 700) });
    expect(within.Timestamps).toContainEqual(new Date(at));
  }, 30_000);

  test('has a minute only after the delay', async () => {
    const [source, west] = await pair();
    await lab.aws.control.setReplicationMetrics({ delayMs: 2000 });
    await put(source, 'a');

    const [{ at }] = await points(WEST, PENDING, source, west, 1);
    expect(Date.now() - at).toBeGreaterThanOrEqual(3000);
  }, 30_000);

  test('is not told of pending work while one of the Regions is dead', async () => {
    const [source, west] = await pair();
    await lab.aws.control.setReplication({ source, paused: true });
    await put(source, 'a');
    await points(WEST, PENDING, source, west, 1);
    await lab.aws.control.setRegion(EAST, { kind: 'refused' });
    await sleep(1500);
    const { [PENDING]: before } = await read(WEST, [PENDING], source, west);
    await sleep(2000);

    const { [PENDING]: after } = await read(WEST, [PENDING], source, west);
    expect(after.Timestamps![0]).toEqual(before.Timestamps![0]);
  }, 30_000);

  test('of a dead Region does not answer', async () => {
    await lab.aws.control.setRegion(WEST, { kind: 'refused' });

    expect(await outcome(lab.aws.clients.cloudWatch(WEST, ONCE).send(new ListMetricsCommand({})))).toBe('ECONNRESET');
  });

  test('answers those whose policy allows it, and nobody else', async () => {
    const reader = await lab.user([{ Effect: 'Allow', Action: ['cloudwatch:GetMetricData'], Resource: '*' }]);
    const client = lab.aws.clients.cloudWatch(WEST, { ...ONCE, credentials: reader });
    const query = { Id: 'm', MetricStat: { Metric: { Namespace: 'AWS/S3', MetricName: PENDING }, Period: 60, Stat: 'Maximum' } };

    expect(await outcome(client.send(new GetMetricDataCommand({ StartTime: new Date(0), EndTime: new Date(), MetricDataQueries: [query] })))).toBe('ok');
    expect(await outcome(client.send(new ListMetricsCommand({})))).toMatch(/AccessDenied/);
    expect(await outcome(client.send(new GetMetricStatisticsCommand({ Namespace: 'AWS/S3', MetricName: PENDING, StartTime: new Date(0), EndTime: new Date(), Period: 60 })))).toMatch(/AccessDenied/);
  });

  test.each<[string, unknown, RegExp]>([
    ['the minute is no whole number of seconds', { periodMs: 1500 }, /periodMs/],
    ['the minute is longer than one', { periodMs: 120_000 }, /periodMs/],
    ['nothing is set', {}, /needs 'periodMs'/],
  ])('fails when %s', async (_, input, message) => {
    await expect(lab.aws.control.call('setReplicationMetrics', input)).rejects.toThrow(message);
  });
});
