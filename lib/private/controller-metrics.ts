import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { Metric, METRICS_NAMESPACE } from './controller-contract';

/** Voters publish each minute. */
const PERIOD = Duration.minutes(1);

type MetricName = (typeof Metric)[keyof typeof Metric];

/** Of several voters' runs within a minute the one that saw most; each act counts. */
function statisticOf(metric: MetricName): string {
  return metric === Metric.FAILOVER_COUNT || metric === Metric.DECISION_HELD ? cloudwatch.Stats.SUM : cloudwatch.Stats.MAXIMUM;
}

/** A metric as the voter of one control Region publishes it. */
export function controllerMetric(
  name: string, metric: MetricName, controlRegion: string, dimensions: { readonly [dimension: string]: string } = {}, options?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRICS_NAMESPACE,
    metricName: metric,
    dimensionsMap: { Controller: name, ...dimensions },
    statistic: statisticOf(metric),
    period: PERIOD,
    region: controlRegion,
    ...options,
  });
}
