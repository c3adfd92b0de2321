import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS_NAMESPACE } from '../../lib/private/controller-contract';
import type { Sample } from '../core/controller/tell/samples';

/** Metrics by way of the function's log, in the embedded metric format: no call, so nothing that could fail, and no permission. */
export function metricLog(name: string): { publish(samples: readonly Sample[]): void } {
  return {
    publish(samples) {
      // One document for each set of dimensions.
      const groups = new Map<string, Sample[]>();
      for (const sample of samples) {
        const key = JSON.stringify(sample.dimensions);
        groups.set(key, [...(groups.get(key) ?? []), sample]);
      }
      for (const group of groups.values()) publishGroup(name, group);
    },
  };
}

function publishGroup(name: string, group: readonly Sample[]): void {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: name });
  // Of its own it adds a dimension `service`, which would make other metrics of these.
  metrics.clearDefaultDimensions();
  metrics.addDimensions({ Controller: name, ...group[0].dimensions });
  for (const { name: metric, unit, value } of group) metrics.addMetric(metric, unit, value);
  metrics.publishStoredMetrics();
}
