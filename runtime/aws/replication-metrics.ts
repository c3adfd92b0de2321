import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type CloudWatchClientConfig,
  type GetMetricDataCommandOutput,
  type ListMetricsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { CallError } from '../core/calls/call-error';
import type { Direction } from '../core/lag/direction';
import { SERIES, type MetricsQuery, type ReplicationMetrics, type RuleMetrics, type Series } from '../core/lag/metrics';
import { calling } from './call-error';
import { clientsByRegion } from './clients-by-region';

/** An answer that comes late is of no use, and CloudWatch of another Region may have it too. */
const SETTINGS = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_500, requestTimeout: 4_000, throwOnRequestTimeout: true } } as const;

/** S3's own names (Amazon S3 user guide, metrics and dimensions), and the statistics it gives for them. */
const NAMES: { readonly [series in Series]: { readonly metric: string; readonly statistic: 'Maximum' | 'Sum' } } = {
  latencySeconds: { metric: 'ReplicationLatency', statistic: 'Maximum' },
  pendingOperations: { metric: 'OperationsPendingReplication', statistic: 'Maximum' },
  pendingBytes: { metric: 'BytesPendingReplication', statistic: 'Maximum' },
  failedOperations: { metric: 'OperationsFailedReplication', statistic: 'Sum' },
};

/** Rules of one direction; a bucket of this library has one. With four series each, one request takes 125. */
const MOST_RULES = 100;
/** Each page of names has 500, each page of data points 100 800: more pages mean an answer that never ends. */
const MOST_PAGES = 10;

const dimensionSchema = z.object({ Name: z.string(), Value: z.string() });
const metricsSchema = z.array(z.object({ MetricName: z.string(), Dimensions: z.array(dimensionSchema) })).default([]);
const resultsSchema = z
  .array(
    z.object({
      Id: z.string(),
      StatusCode: z.enum(['Complete', 'PartialData', 'InternalError', 'Forbidden']).optional(),
      Timestamps: z.array(z.date()).default([]),
      Values: z.array(z.number().finite().min(0)).default([]),
    }),
  )
  .default([]);

export interface AwsReplicationMetrics extends ReplicationMetrics {
  /** Ends connections that are kept alive. */
  close(): void;
}

/** Replication metrics of any Region, one client each. */
export function replicationMetrics(config: CloudWatchClientConfig = {}): AwsReplicationMetrics {
  const clients = clientsByRegion((region) => new CloudWatchClient({ ...SETTINGS, ...config, region }));
  return {
    async read(region, query, signal) {
      const client = clients.of(region);
      const ruleIds = (query.ruleIds ?? (await listRules(client, region, query.direction, signal))).slice(0, MOST_RULES);
      return ruleIds.length === 0 ? [] : readSeries(client, region, query, ruleIds, signal);
    },
    close: () => clients.close(),
  };
}

/** Rules that published anything in the last two weeks: the metrics name them, and nothing else needs to be asked. */
async function listRules(client: CloudWatchClient, region: string, direction: Direction, abortSignal: AbortSignal): Promise<string[]> {
  const found = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const input = { Namespace: 'AWS/S3', Dimensions: filterOf(direction), NextToken: token };
    const answer: ListMetricsCommandOutput = await calling('cloudwatch ListMetrics', region, () => client.send(new ListMetricsCommand(input), { abortSignal }));
    const names = Object.values(NAMES).map(({ metric }) => metric);
    for (const { MetricName: name, Dimensions: dimensions } of validated(metricsSchema, answer.Metrics, 'ListMetrics', region)) {
      const ruleId = dimensions.find((dimension) => dimension.Name === 'RuleId')?.Value;
      if (names.includes(name) && dimensions.length === 3 && ruleId) found.add(ruleId);
    }
    token = answer.NextToken;
    if (!token) return [...found].sort();
  }
  throw garbage('ListMetrics', region, `more than ${MOST_PAGES} pages of metrics`);
}

async function readSeries(client: CloudWatchClient, region: string, query: MetricsQuery, ruleIds: readonly string[], abortSignal: AbortSignal): Promise<RuleMetrics[]> {
  const points = new Map<string, Map<number, number>>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer: GetMetricDataCommandOutput = await calling('cloudwatch GetMetricData', region, () =>
      client.send(
        new GetMetricDataCommand({
          StartTime: new Date(query.from),
          EndTime: new Date(query.to),
          ScanBy: 'TimestampAscending',
          MetricDataQueries: ruleIds.flatMap((ruleId, index) => SERIES.map((series) => metricQuery(idOf(index, series), ruleId, series, query))),
          NextToken: token,
        }),
        { abortSignal },
      ),
    );
    for (const result of validated(resultsSchema, answer.MetricDataResults, 'GetMetricData', region)) {
      if (result.StatusCode === 'InternalError' || result.StatusCode === 'Forbidden') throw garbage('GetMetricData', region, `status ${result.StatusCode} instead of data points`);
      if (result.Timestamps.length !== result.Values.length) throw garbage('GetMetricData', region, `${result.Timestamps.length} times for ${result.Values.length} values`);
      const series = points.get(result.Id) ?? new Map<number, number>();
      result.Timestamps.forEach((time, index) => series.set(time.getTime(), result.Values[index]));
      points.set(result.Id, series);
    }
    token = answer.NextToken;
    if (!token) return ruleIds.map((ruleId, index) => ruleMetrics(ruleId, (series) => points.get(idOf(index, series))));
  }
  throw garbage('GetMetricData', region, `more than ${MOST_PAGES} pages of data points`);
}

function metricQuery(Id: string, ruleId: string, series: Series, { direction, periodMs }: MetricsQuery) {
  const { metric, statistic } = NAMES[series];
  const Dimensions = [...filterOf(direction), { Name: 'RuleId', Value: ruleId }];
  return { Id, MetricStat: { Metric: { Namespace: 'AWS/S3', MetricName: metric, Dimensions }, Period: periodMs / 1000, Stat: statistic } };
}

function ruleMetrics(ruleId: string, pointsOf: (series: Series) => Map<number, number> | undefined): RuleMetrics {
  const list = (series: Series) => [...(pointsOf(series) ?? [])].map(([at, value]) => ({ at, value })).sort((a, b) => a.at - b.at);
  return {
    ruleId,
    latencySeconds: list('latencySeconds'),
    pendingOperations: list('pendingOperations'),
    pendingBytes: list('pendingBytes'),
    failedOperations: list('failedOperations'),
  };
}

function filterOf({ source, destination }: Direction) {
  return [
    { Name: 'SourceBucket', Value: source.bucket },
    { Name: 'DestinationBucket', Value: destination.bucket },
  ];
}

/** Begins with a small letter, as CloudWatch wants. */
function idOf(index: number, series: Series): string {
  return `${series}_${index}`;
}

function validated<T>(schema: z.ZodType<T>, answer: unknown, operation: string, region: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw garbage(operation, region, `an answer that makes no sense: ${parsed.error.issues[0].message}`);
}

function garbage(operation: string, region: string, reason: string): CallError {
  return new CallError({ call: `cloudwatch ${operation}`, region, status: 200, code: 'Garbage', reason });
}
