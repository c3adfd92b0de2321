import type { Direction } from '../../../runtime/core/lag/direction';
import type { RuleMetrics, Series } from '../../../runtime/core/lag/metrics';
import type { LagObservation } from '../../../runtime/core/lag/observe';
import type { LagKnown, LagReport } from '../../../runtime/core/lag/report';
import { EPOCH } from './fake-estate';

/** When the Regions were asked. */
export const T0 = EPOCH + 3_600_000;

export const DIRECTION: Direction = { source: { region: 'us-east-1', bucket: 'media-east' }, destination: { region: 'eu-west-1', bucket: 'media-ireland' } };

/** Milliseconds from T0, and the value. */
type Point = readonly [offset: number, value: number];

export function rule(ruleId: string, series: { readonly [name in Series]?: readonly Point[] }): RuleMetrics {
  const points = (name: Series) => (series[name] ?? []).map(([offset, value]) => ({ at: T0 + offset, value }));
  return {
    ruleId,
    latencySeconds: points('latencySeconds'),
    pendingOperations: points('pendingOperations'),
    pendingBytes: points('pendingBytes'),
    failedOperations: points('failedOperations'),
  };
}

export const EMPTY = rule('r', {});

export function observation(rules: readonly RuleMetrics[], silent: LagObservation['silent'] = []): LagObservation {
  return { direction: DIRECTION, askedAt: T0, windowMs: 3_600_000, rules, silent };
}

export function known(report: LagReport): LagKnown {
  if (report.kind !== 'known') throw new Error(report.sentence);
  return report;
}
