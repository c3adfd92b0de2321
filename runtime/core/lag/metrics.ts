import type { Direction } from './direction';

/** What S3 said of one minute. */
export interface DataPoint {
  /** Beginning of the minute, milliseconds since the epoch, by the clock of AWS. */
  readonly at: number;
  readonly value: number;
}

/** Data points of one replication rule, oldest first. A series without points is not one of zeros: S3 is silent about an idle rule. */
export interface RuleMetrics {
  readonly ruleId: string;
  /** Most seconds by which the destination was behind. */
  readonly latencySeconds: readonly DataPoint[];
  /** Most operations that were pending. */
  readonly pendingOperations: readonly DataPoint[];
  readonly pendingBytes: readonly DataPoint[];
  /** Operations that failed; S3 does not try them again. */
  readonly failedOperations: readonly DataPoint[];
}

export const SERIES = ['latencySeconds', 'pendingOperations', 'pendingBytes', 'failedOperations'] as const;
export type Series = (typeof SERIES)[number];

export interface MetricsQuery {
  readonly direction: Direction;
  /** Absent: those that CloudWatch knows. */
  readonly ruleIds?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Of one data point. */
  readonly periodMs: number;
}

/**
 * What S3 publishes about replication, in CloudWatch of one Region. Rejects with a CallError.
 *
 * Pending work and latency are published in the destination's Region, failures in the source's (Amazon S3 user guide, "Using
 * S3 Replication metrics").
 */
export interface ReplicationMetrics {
  read(region: string, query: MetricsQuery, signal: AbortSignal): Promise<readonly RuleMetrics[]>;
}
