import type { Direction } from './direction';
import { describeDirection } from './direction';
import type { DataPoint, RuleMetrics } from './metrics';
import { LAG_TIMES, type LagObservation, type LagTimes } from './observe';
import { duration, operations, size } from './words';

/** What is known of how far one Region is behind another. */
export type LagReport = LagKnown | LagUnknown;

interface About {
  readonly direction: Direction;
  /** When the Regions were asked, milliseconds since the epoch. */
  readonly askedAt: number;
  /** In the time looked back on; absent when the Region that would say so did not answer. */
  readonly failedOperations?: number;
  /** Regions that told nothing, and why. */
  readonly silent: LagObservation['silent'];
  /** One sentence for a person. */
  readonly sentence: string;
}

/** The newest that S3 published. */
export interface LagKnown extends About {
  readonly kind: 'known';
  /** Beginning of the oldest minute that a figure is of, so that no figure looks fresher than it is. */
  readonly asOf: number;
  readonly ageMs: number;
  /** Whether it is young enough to tell of now. */
  readonly fresh: boolean;
  /** Figures are absent where S3 published none: that is not zero. */
  readonly latencySeconds?: number;
  readonly pendingOperations?: number;
  readonly pendingBytes?: number;
}

export interface LagUnknown extends About {
  readonly kind: 'unknown';
  /** `no data`: asked, and nothing was published: idle, or without metrics. `no answer`: who would know could not be asked. */
  readonly because: 'no data' | 'no answer';
  readonly reason: string;
}

export function lagReport(observation: LagObservation, times: LagTimes = LAG_TIMES): LagReport {
  const { direction, askedAt, silent, windowMs } = observation;
  const failedOperations = failuresOf(observation);
  const failed = failedOperations ? `; ${operations(failedOperations)} failed in the last ${duration(windowMs)}, and S3 does not try them again` : '';
  const about = { direction, askedAt, silent, ...(failedOperations !== undefined && { failedOperations }) };
  const figures = newestFigures(observation.rules, askedAt - times.freshMs);
  if (figures) {
    const ageMs = Math.max(0, askedAt - figures.asOf);
    const sentence = `${describe(direction, figures)}, as of ${duration(ageMs)} ago${failed}`;
    return { kind: 'known', ...about, ...figures, ageMs, fresh: ageMs <= times.freshMs, sentence };
  }
  const silentDestination = silent.some(({ region }) => region === direction.destination.region);
  const because = silentDestination ? 'no answer' : 'no data';
  const reason = silentDestination ? describeSilence(silent) : `S3 published no data point in the last ${duration(windowMs)}, as for an idle rule or one without metrics`;
  return { kind: 'unknown', ...about, because, reason, sentence: `how far ${direction.destination.region} is behind ${direction.source.region} is not known: ${reason}${failed}` };
}

export function describeSilence(silent: LagObservation['silent']): string {
  return silent.map(({ region, reason }) => `${region}: ${reason}`).join('; ');
}

/** Failures are published in the source's Region: while that is silent, none seen is not none. */
function failuresOf({ rules, silent, direction }: LagObservation): number | undefined {
  const seen = rules.flatMap((rule) => rule.failedOperations).reduce((sum, point) => sum + point.value, 0);
  return seen === 0 && silent.some(({ region }) => region === direction.source.region) ? undefined : seen;
}

type Figures = Pick<LagKnown, 'asOf' | 'latencySeconds' | 'pendingOperations' | 'pendingBytes'>;

/**
 * The newest point of each series, over all rules. What fell silent long before the rest says nothing of it: a rule without
 * work is idle.
 */
function newestFigures(rules: readonly RuleMetrics[], freshFrom: number): Figures | undefined {
  const newest = rules.map((rule) => ({ latency: rule.latencySeconds.at(-1), operations: rule.pendingOperations.at(-1), bytes: rule.pendingBytes.at(-1) }));
  const times = newest.flatMap(({ latency, operations, bytes }) => timesOf([latency, operations, bytes]));
  if (times.length === 0) return undefined;
  const from = Math.min(freshFrom, Math.max(...times));
  const counted = (pick: (points: (typeof newest)[number]) => DataPoint | undefined) =>
    newest.flatMap((points) => pick(points) ?? []).filter(({ at }) => at >= from);
  const latency = counted(({ latency }) => latency);
  const operations = counted(({ operations }) => operations);
  const bytes = counted(({ bytes }) => bytes);
  return {
    asOf: Math.min(...timesOf([...latency, ...operations, ...bytes])),
    ...(latency.length > 0 && { latencySeconds: Math.max(...latency.map(({ value }) => value)) }),
    ...(operations.length > 0 && { pendingOperations: total(operations) }),
    ...(bytes.length > 0 && { pendingBytes: total(bytes) }),
  };
}

function timesOf(points: readonly (DataPoint | undefined)[]): number[] {
  return points.flatMap((point) => (point ? [point.at] : []));
}

function total(points: readonly DataPoint[]): number {
  return points.reduce((sum, { value }) => sum + value, 0);
}

function describe(direction: Direction, { latencySeconds, pendingOperations, pendingBytes }: Figures): string {
  const { source, destination } = direction;
  if (pendingOperations === 0) return `no operation was pending from ${describeDirection(direction)}`;
  const amounts = [
    latencySeconds !== undefined && duration(latencySeconds * 1000),
    pendingOperations !== undefined && `${operations(pendingOperations)}${pendingBytes === undefined ? '' : ` (${size(pendingBytes)})`}`,
    pendingOperations === undefined && pendingBytes !== undefined && size(pendingBytes),
  ].filter((amount) => amount !== false);
  return `${destination.region} was ${amounts.join(' and ')} behind ${source.region}`;
}
