import { Duration, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { homeStack, mediaBucket, named, only, resources, template } from './support';

function shapeOf(stack: Stack, metric: cloudwatch.Metric) {
  const { namespace, metricName, statistic, region, dimensions } = metric.toMetricConfig().metricStat!;
  const pairs = stack.resolve(dimensions) as { name: string; value: unknown }[];
  return { namespace, metricName, statistic, region, dimensions: Object.fromEntries(pairs.map(({ name, value }) => [name, value])) };
}

const stack = homeStack();
const media = mediaBucket(stack, { requestMetrics: true });

test.each([
  ['metricReplicationLatency', 'ReplicationLatency', 'Maximum', 'eu-west-1'],
  ['metricBytesPendingReplication', 'BytesPendingReplication', 'Maximum', 'eu-west-1'],
  ['metricOperationsPendingReplication', 'OperationsPendingReplication', 'Maximum', 'eu-west-1'],
  ['metricOperationsFailedReplication', 'OperationsFailedReplication', 'Sum', 'us-east-1'],
] as const)('%s is that of one direction, where S3 publishes it', (method, metricName, statistic, region) => {
  const rules = Object.values(resources(template(stack), 'Custom::S3FailoverReplication')).find(({ Properties }) => Properties.Region === 'us-east-1')!;

  expect(shapeOf(stack, media[method]('us-east-1', 'eu-west-1'))).toEqual({
    namespace: 'AWS/S3', metricName, statistic, region,
    dimensions: { SourceBucket: named('media', 'us-east-1'), DestinationBucket: named('media', 'eu-west-1'), RuleId: `${rules.Properties.RulePrefix}eu-west-1` },
  });
});

test.each([['metricAllRequests', 'AllRequests'], ['metric5xxErrors', '5xxErrors']] as const)('%s is that of one bucket, by the filter that it has', (method, metricName) => {
  const filter = only(template(stack, 'media-us-west-2'), 'AWS::S3::Bucket').Properties.MetricsConfigurations[0].Id;

  expect(shapeOf(stack, media[method]('us-west-2'))).toEqual({
    namespace: 'AWS/S3', metricName, statistic: 'Sum', region: 'us-west-2', dimensions: { BucketName: named('media', 'us-west-2'), FilterId: filter },
  });
});

test('alarms work in the stack of the bucket whose Region publishes the metric', () => {
  const own = homeStack();
  const bucket = mediaBucket(own);
  const settings = { threshold: 1, evaluationPeriods: 1 };

  bucket.metricOperationsFailedReplication('us-east-1', 'us-west-2').createAlarm(Stack.of(bucket.bucket('us-east-1')), 'Failed', settings);
  bucket.metricReplicationLatency('us-east-1', 'us-west-2').createAlarm(Stack.of(bucket.bucket('us-west-2')), 'Lag', settings);

  expect(only(template(own), 'AWS::CloudWatch::Alarm').Properties.MetricName).toBe('OperationsFailedReplication');
  expect(only(template(own, 'media-us-west-2'), 'AWS::CloudWatch::Alarm').Properties.MetricName).toBe('ReplicationLatency');
});

test('options change a metric', () => {
  expect(media.metricReplicationLatency('us-east-1', 'eu-west-1', { statistic: 'p99', period: Duration.minutes(1) })).toMatchObject({ statistic: 'p99', period: Duration.minutes(1) });
});

test.each([
  ['the source is no Region of the bucket', () => media.metricReplicationLatency('sa-east-1', 'eu-west-1'), /'sourceRegion' must be one of the bucket's Regions, got 'sa-east-1'; choose from/],
  ['the destination is no Region of the bucket', () => media.metricReplicationLatency('us-east-1', 'sa-east-1'), /'destinationRegion' must be one of the bucket's Regions, got 'sa-east-1'/],
  ['source and destination are the same', () => media.metricReplicationLatency('us-east-1', 'us-east-1'), /'destinationRegion' must be another Region than 'sourceRegion', got 'us-east-1' for both/],
  ['a Region of request metrics holds no bucket', () => media.metric5xxErrors('sa-east-1'), /'bucketRegion' must be one of the bucket's Regions, got 'sa-east-1'/],
])('fails when %s', (_, act, message) => {
  expect(act).toThrow(message);
});

test('fails when request metrics are asked for that nobody publishes', () => {
  expect(() => mediaBucket(homeStack()).metricAllRequests('us-east-1')).toThrow(/'requestMetrics' must be on .*, got false; set requestMetrics: true/);
});

test('fails when replication metrics are asked for that nobody publishes', () => {
  const quiet = mediaBucket(homeStack(), { replication: { metrics: false } });

  expect(() => quiet.metricReplicationLatency('us-east-1', 'eu-west-1')).toThrow(/'replication\.metrics' must be on .*, got false; leave it out/);
});
