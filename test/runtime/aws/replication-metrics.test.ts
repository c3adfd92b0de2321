import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { replicationMetrics } from '../../../runtime/aws/replication-metrics';
import { DIRECTION } from '../support/lag';

const cloudWatch = mockClient(CloudWatchClient);
const signal = new AbortController().signal;
const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 3, minute));
const query = { direction: DIRECTION, from: at(0).getTime(), to: at(60).getTime(), periodMs: 60_000 };
const read = (ruleIds?: string[]) => replicationMetrics().read('eu-west-1', { ...query, ruleIds }, signal);
const metricOf = (RuleId: string, MetricName = 'ReplicationLatency', more: { Name: string; Value: string }[] = []) => ({
  MetricName,
  Dimensions: [{ Name: 'SourceBucket', Value: 'media-east' }, { Name: 'DestinationBucket', Value: 'media-ireland' }, { Name: 'RuleId', Value: RuleId }, ...more],
});

beforeEach(() => cloudWatch.reset());

test('each rule that is given is asked for, with its four metrics and their statistics, and no names are listed', async () => {
  cloudWatch.on(GetMetricDataCommand).resolves({});
  await read(['a', 'b']);

  expect(cloudWatch.commandCalls(ListMetricsCommand)).toHaveLength(0);
  const { input } = cloudWatch.commandCalls(GetMetricDataCommand)[0].args[0] as { input: GetMetricDataCommandInput };
  expect(input).toMatchObject({ StartTime: at(0), EndTime: at(60) });
  expect(input.MetricDataQueries!.map(({ MetricStat }) => [MetricStat!.Metric!.MetricName, MetricStat!.Stat, MetricStat!.Metric!.Dimensions!.at(-1)!.Value])).toEqual([
    ['ReplicationLatency', 'Maximum', 'a'],
    ['OperationsPendingReplication', 'Maximum', 'a'],
    ['BytesPendingReplication', 'Maximum', 'a'],
    ['OperationsFailedReplication', 'Sum', 'a'],
    ['ReplicationLatency', 'Maximum', 'b'],
    ['OperationsPendingReplication', 'Maximum', 'b'],
    ['BytesPendingReplication', 'Maximum', 'b'],
    ['OperationsFailedReplication', 'Sum', 'b'],
  ]);
  for (const { Id, MetricStat } of input.MetricDataQueries!) {
    expect(Id).toMatch(/^[a-z][A-Za-z0-9_]*$/);
    expect(MetricStat).toMatchObject({ Period: 60, Metric: { Namespace: 'AWS/S3', Dimensions: [{ Name: 'SourceBucket', Value: 'media-east' }, { Name: 'DestinationBucket', Value: 'media-ireland' }, { Name: 'RuleId' }] } });
  }
});

test('without given rules, those are asked for that CloudWatch names in that Region, over several pages', async () => {
  cloudWatch
    .on(ListMetricsCommand)
    .resolvesOnce({ Metrics: [metricOf('b'), metricOf('b', 'OperationsPendingReplication')], NextToken: 'more' })
    .resolvesOnce({ Metrics: [metricOf('a'), metricOf('x', 'BucketSizeBytes'), metricOf('y', 'ReplicationLatency', [{ Name: 'Other', Value: 'z' }])] });
  cloudWatch.on(GetMetricDataCommand).resolves({});
  expect((await read()).map(({ ruleId }) => ruleId)).toEqual(['a', 'b']);

  const [first, second] = cloudWatch.commandCalls(ListMetricsCommand).map(({ args }) => args[0].input);
  expect(first).toMatchObject({ Namespace: 'AWS/S3', Dimensions: [{ Name: 'SourceBucket', Value: 'media-east' }, { Name: 'DestinationBucket', Value: 'media-ireland' }] });
  expect([first.NextToken, second.NextToken]).toEqual([undefined, 'more']);
});

test('data points are given oldest first, put together over pages', async () => {
  cloudWatch
    .on(GetMetricDataCommand)
    .resolvesOnce({ MetricDataResults: [{ Id: 'latencySeconds_0', StatusCode: 'PartialData', Timestamps: [at(5), at(4)], Values: [42, 41] }], NextToken: 'more' })
    .resolvesOnce({ MetricDataResults: [{ Id: 'latencySeconds_0', StatusCode: 'Complete', Timestamps: [at(3)], Values: [40] }, { Id: 'failedOperations_0', Timestamps: [], Values: [] }] });

  expect(await read(['a'])).toEqual([
    {
      ruleId: 'a',
      latencySeconds: [{ at: at(3).getTime(), value: 40 }, { at: at(4).getTime(), value: 41 }, { at: at(5).getTime(), value: 42 }],
      pendingOperations: [],
      pendingBytes: [],
      failedOperations: [],
    },
  ]);
});

test('a Region that knows no rule is asked for nothing more', async () => {
  cloudWatch.on(ListMetricsCommand).resolves({ Metrics: [] });
  expect(await read()).toEqual([]);
  expect(await read([])).toEqual([]);
  expect(cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(0);
});

test('each Region has a client of its own, which gives up soon', async () => {
  const asked: unknown[] = [];
  cloudWatch.on(GetMetricDataCommand).callsFake(async (_, getClient) => {
    asked.push([await getClient().config.region(), await getClient().config.maxAttempts()]);
    return {};
  });
  const metrics = replicationMetrics();
  for (const region of ['eu-west-1', 'us-east-1']) await metrics.read(region, { ...query, ruleIds: ['a'] }, signal);
  metrics.close();

  expect(asked).toEqual([['eu-west-1', 2], ['us-east-1', 2]]);
  expect((cloudWatch.commandCalls(GetMetricDataCommand)[0].args as unknown[])[1]).toEqual({ abortSignal: signal });
});

test.each<[string, object, RegExp]>([
  ['a value is no number', { MetricDataResults: [{ Id: 'a', Timestamps: [at(1)], Values: [NaN] }] }, /makes no sense/],
  ['a value is below zero', { MetricDataResults: [{ Id: 'a', Timestamps: [at(1)], Values: [-1] }] }, /makes no sense/],
  ['a time is none', { MetricDataResults: [{ Id: 'a', Timestamps: ['yesterday'], Values: [1] }] }, /makes no sense/],
  ['times and values do not match', { MetricDataResults: [{ Id: 'a', Timestamps: [at(1)], Values: [] }] }, /1 times for 0 values/],
  ['CloudWatch had an error of its own', { MetricDataResults: [{ Id: 'a', StatusCode: 'InternalError' }] }, /status InternalError/],
  ['the metrics may not be seen', { MetricDataResults: [{ Id: 'a', StatusCode: 'Forbidden' }] }, /status Forbidden/],
  ['the pages never end', { NextToken: 'more' }, /more than 10 pages of data points/],
])('fails when %s', async (_, answer, message) => {
  cloudWatch.on(GetMetricDataCommand).resolves(answer);
  await expect(read(['a'])).rejects.toMatchObject({ name: 'CallError', code: 'Garbage', region: 'eu-west-1', message: expect.stringMatching(message) });
});

test('fails when the pages of names never end', async () => {
  cloudWatch.on(ListMetricsCommand).resolves({ Metrics: [metricOf('a')], NextToken: 'more' });
  await expect(read()).rejects.toMatchObject({ code: 'Garbage', message: expect.stringMatching(/more than 10 pages of metrics/) });
});

test.each<[string, typeof ListMetricsCommand | typeof GetMetricDataCommand, string[] | undefined]>([
  ['ListMetrics', ListMetricsCommand, undefined],
  ['GetMetricData', GetMetricDataCommand, ['a']],
])('fails when %s is not allowed, naming call and Region', async (call, command, ruleIds) => {
  cloudWatch.on(command as any).rejects(Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }));
  await expect(read(ruleIds)).rejects.toMatchObject({ name: 'CallError', denied: true, message: `cloudwatch ${call} in eu-west-1 was answered 403 AccessDenied: no` });
});
