import type { WallClock } from '../operate/ports';
import type { Clock, Instant, Log } from '../ports';
import type { ReplicationConfiguration } from '../replication/model';
import { DRAINED, type DrainCause, type DrainPolicy } from './drain';
import { DrainGate, type DrainPoll } from './gate';
import type { MarkerBucket } from './markers';
import type { ReplicationMetrics } from './metrics';
import { duration } from './words';

/**
 * So far behind a target may be when a deployment switches. Nothing is fenced then, and both Regions take writes while routes take
 * effect, so that less would promise nothing; a busy bucket always has something pending.
 */
export const TOLERATED_MS = 60_000;

/** For a switch by a deployment: a marker arrived, and what S3 published last is within bounds or nothing at all. */
export const TOLERANT: DrainPolicy = { ...DRAINED, toleratedMs: TOLERATED_MS, inARow: 1, afterMarker: false, quietMs: 0, markerAlone: true };

/** How long each state is waited on. A new permission takes IAM some seconds; a new minute takes S3 two. */
const PATIENCE_MS: { readonly [cause in DrainCause]: number } = {
  drained: 0,
  'no rule': 0,
  'too many rules': 0,
  'no metrics': 0,
  'failed operations': 0,
  'rules not read': 30_000,
  'marker not written': 30_000,
  'metrics silent': 30_000,
  'marker under way': TOLERATED_MS,
  'not shown yet': TOLERATED_MS,
  behind: 180_000,
};
/** A marker that is under way for so long while fresh metrics say "behind" has told enough. */
const TWO_WITNESSES_MS = 15_000;
const POLL_MS = 500;
const METRICS_EVERY_MS = 5_000;
/** A poll that begins later than so long before the deadline would find out nothing. */
const LEAST_MS = 500;

export interface BeforeSwitchPorts {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly log: Log;
  readonly metrics: ReplicationMetrics;
  readonly bucket: (region: string) => MarkerBucket;
  readonly configuration: (region: string, signal: AbortSignal) => Promise<ReplicationConfiguration | undefined>;
}

export interface BeforeSwitchRequest {
  /** Regions that traffic leaves: at least one. */
  readonly from: readonly string[];
  readonly to: string;
  /** Other Regions that replicas of markers go to. */
  readonly others: readonly string[];
  /** Letters, digits and hyphens. */
  readonly runId: string;
  readonly deadline: Instant;
}

export interface LagFinding {
  readonly ok: boolean;
  /** How far behind, as of when, in one sentence. */
  readonly sentence: string;
  /** When a switch that was refused would go ahead. */
  readonly when: string;
}

export interface BeforeSwitch {
  readonly finding: LagFinding;
  /** Removes the markers that have arrived. Never rejects. */
  clean(): Promise<void>;
}

/** Whether the target has what the Regions hold that traffic leaves. Bounded by the longest patience and by the deadline. */
export async function checkBeforeSwitch(ports: BeforeSwitchPorts, request: BeforeSwitchRequest): Promise<BeforeSwitch> {
  const { clock, wall, log, metrics, bucket, configuration } = ports;
  const { from, to, others, runId, deadline } = request;
  const gates = from.map((region) => {
    const elsewhere = [...from, ...others].filter((other) => other !== region && other !== to).map(bucket);
    const drain = { clock, wall, metrics, source: bucket(region), destination: bucket(to), others: elsewhere, configuration: (signal: AbortSignal) => configuration(region, signal) };
    return new DrainGate(drain, { runId, deadline, pollMs: POLL_MS, metricsEveryMs: METRICS_EVERY_MS }, TOLERANT);
  });
  const polls = await Promise.all(gates.map((gate) => watch(gate, clock, deadline)));
  const shut = polls.filter((poll) => !poll.open);
  const finding: LagFinding = {
    ok: shut.length === 0,
    sentence: (shut.length === 0 ? polls : shut).map((poll) => poll.reason).join('; '),
    when: [...new Set(shut.map((poll) => whenBetter(poll, from[polls.indexOf(poll)], to)))].join(', and '),
  };
  log.info('looked at the lag before the switch', { ok: finding.ok, sentence: finding.sentence });
  return {
    finding,
    async clean() {
      // A marker that has not arrived is left to arrive.
      const arrived = gates.filter((_, index) => !['rules not read', 'marker not written', 'marker under way'].includes(polls[index].cause));
      for (const reason of await Promise.all(arrived.map((gate) => gate.clean()))) {
        if (reason !== undefined) log.warn('markers were left', { reason });
      }
    },
  };
}

async function watch(gate: DrainGate, clock: Clock, deadline: Instant): Promise<DrainPoll> {
  const begun = clock.now();
  for (;;) {
    const poll = await gate.poll();
    const elapsed = clock.now() - begun;
    if (poll.nextPollMs === undefined || elapsed >= PATIENCE_MS[poll.cause] || twoWitnesses(poll, elapsed)) return poll;
    // A last poll without time for its calls would say nothing but that.
    if (clock.now() + poll.nextPollMs + LEAST_MS > deadline) return poll;
    await clock.sleep(poll.nextPollMs);
  }
}

function twoWitnesses({ cause, report }: DrainPoll, elapsed: number): boolean {
  const behind = report?.kind === 'known' && report.fresh && report.pendingOperations !== 0 && (report.latencySeconds ?? 0) * 1000 > TOLERATED_MS;
  return cause === 'marker under way' && behind && elapsed >= TWO_WITNESSES_MS;
}

function whenBetter({ cause }: DrainPoll, source: string, target: string): string {
  switch (cause) {
    case 'no rule':
      return `when a rule replicates from ${source} to ${target}`;
    case 'too many rules':
      return `when fewer rules replicate from ${source} to ${target}`;
    case 'failed operations':
      return `when the failed objects were written again or replicated by S3 Batch Replication, and an hour has passed`;
    case 'rules not read':
    case 'marker not written':
      return `when ${source} answers`;
    case 'metrics silent':
      return `when CloudWatch answers in ${source} and ${target}`;
    default:
      return `when the metric ReplicationLatency of that direction is below ${duration(TOLERATED_MS)}`;
  }
}
