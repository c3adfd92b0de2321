import { describeDirection, type Direction } from './direction';
import type { RuleMetrics } from './metrics';
import type { LagObservation } from './observe';
import { describeSilence, lagReport, type LagReport } from './report';
import type { DataRule } from './rules';
import { LAG_TIMES, type LagTimes } from './observe';
import { duration } from './words';

/** When a direction counts as drained. */
export interface DrainPolicy extends LagTimes {
  /** How far behind a rule may be; absent: not at all, no operation may be pending. */
  readonly toleratedMs?: number;
  /** Data points in a row that must say so. */
  readonly inARow: number;
  /** Whether only minutes count that began after the marker was written; else any fresh one does. */
  readonly afterMarker: boolean;
  /** For so long after the marker arrived must an idle rule publish nothing: two minutes to tell of, and the metrics' own delay. */
  readonly quietMs: number;
  /** Whether a marker alone is enough where S3 publishes no metrics of the rule. */
  readonly markerAlone: boolean;
}

/**
 * For a planned switch behind a fence: nothing may be pending in minutes that began after the fence. Best effort: metrics may be
 * late or missing, and what they do not count they do not show.
 */
export const DRAINED: DrainPolicy = { ...LAG_TIMES, inARow: 2, afterMarker: true, quietMs: 300_000, markerAlone: false };

/** A marker through one rule, as far as it came. */
export type MarkerState =
  | { readonly kind: 'not written'; readonly reason: string }
  | {
      readonly kind: 'under way';
      /** Since it was written, by our clock. */
      readonly ageMs: number;
      /** Why it could not be looked for, where that failed. */
      readonly unseen?: string;
    }
  | {
      readonly kind: 'arrived';
      /** Since it was seen, or since a Region last did not answer: S3 publishes nothing while one is out of reach. */
      readonly watchedMs: number;
      /** Until it was seen, which is later than it arrived. */
      readonly tookMs: number;
      /** Time of its write by the clock of AWS, milliseconds since the epoch. */
      readonly writtenAt: number;
      /** Every marker of this run through the rule, from its write until it was seen: pending work that is ours. */
      readonly flights: readonly Flight[];
    };

type Arrived = Extract<MarkerState, { kind: 'arrived' }>;

/** Milliseconds since the epoch. */
export interface Flight {
  readonly from: number;
  readonly to: number;
}

export interface DrainEvidence {
  readonly direction: Direction;
  readonly rules: { readonly ok: true; readonly rules: readonly DataRule[] } | { readonly ok: false; readonly reason: string };
  /** By rule id; a rule without an entry has no marker yet. */
  readonly markers: ReadonlyMap<string, MarkerState>;
  /** Absent until the metrics were asked. */
  readonly observation?: LagObservation;
}

export type DrainCause =
  | 'drained'
  /** No enabled rule replicates this way. */
  | 'no rule'
  /** More rules replicate this way than can be looked at. */
  | 'too many rules'
  /** The rules say that the metrics cannot show it. */
  | 'no metrics'
  /** Operations failed: S3 does not try them again, and they are not pending. */
  | 'failed operations'
  | 'rules not read'
  | 'marker not written'
  | 'marker under way'
  | 'metrics silent'
  /** The data points say that work is pending. */
  | 'behind'
  /** Nothing speaks against it, and not enough speaks for it yet. */
  | 'not shown yet';

export interface DrainVerdict {
  readonly open: boolean;
  readonly cause: DrainCause;
  /** Waiting alone may open it. */
  readonly curable: boolean;
  /** What is known, and what is waited for, in one sentence. */
  readonly reason: string;
  readonly report?: LagReport;
  /** Rules that need a marker: their first one, or one that is newer than the minute that said "pending". */
  readonly markersWanted: readonly string[];
}

type RuleState =
  | { readonly kind: 'clear'; readonly points: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'behind'; readonly newestAt: number }
  /** Work was pending when the metrics last spoke, and they did not even notice the marker. */
  | { readonly kind: 'lost' }
  /** Too few data points so far. */
  | { readonly kind: 'some'; readonly points: number };

const INCURABLE: ReadonlySet<DrainCause> = new Set(['no rule', 'too many rules', 'no metrics', 'failed operations']);

/** Each takes a marker of its own; a bucket has one rule of ours for each destination. */
export const MOST_RULES = 20;

/** Level `metrics` of the drain gate: whether all that was written into the source is in the destination, as far as metrics tell. */
export function judgeDrain(evidence: DrainEvidence, policy: DrainPolicy): DrainVerdict {
  const { direction, markers, observation } = evidence;
  const report = observation && lagReport(observation, policy);
  const way = describeDirection(direction);
  const say = (cause: DrainCause, reason: string, markersWanted: readonly string[] = []): DrainVerdict => ({
    open: cause === 'drained',
    cause,
    curable: !INCURABLE.has(cause),
    reason,
    ...(report && { report }),
    markersWanted,
  });

  if (!evidence.rules.ok) return say('rules not read', `the replication rules of ${direction.source.region} could not be read: ${evidence.rules.reason}`);
  const all = evidence.rules.rules;
  const rules = all.filter((rule) => !rule.byTags);
  if (rules.length === 0) return say('no rule', noRule(way, all.length > 0));
  if (all.length > MOST_RULES) return say('too many rules', `${all.length} rules replicate from ${way}, and no more than ${MOST_RULES} are looked at`);
  const mute = all.filter((rule) => !rule.metrics);
  if (mute.length > 0 && !policy.markerAlone)
    return say('no metrics', `S3 publishes no metrics of rule '${mute[0].id}', so that nothing shows whether ${way} is drained; turn on the rule's metrics`);
  if (report?.failedOperations) return say('failed operations', report.sentence);

  const unwritten = rules.filter((rule) => (markers.get(rule.id)?.kind ?? 'not written') === 'not written');
  if (unwritten.length > 0) {
    const state = markers.get(unwritten[0].id);
    const why = state?.kind === 'not written' ? `no marker could be written into ${direction.source.region}: ${state.reason}` : `a marker is to be written into ${direction.source.region}`;
    return say('marker not written', withReport(why, report), unwritten.map((rule) => rule.id));
  }
  const underWay = rules.flatMap((rule) => markers.get(rule.id) ?? []).filter((state) => state.kind === 'under way');
  if (underWay.length > 0) {
    const oldest = underWay.reduce((a, b) => (a.ageMs >= b.ageMs ? a : b));
    const unseen = oldest.unseen === undefined ? '' : ` (${direction.destination.region} could not be asked: ${oldest.unseen})`;
    return say('marker under way', withReport(`a marker that was written into ${direction.source.region} ${duration(oldest.ageMs)} ago has not arrived in ${direction.destination.region}${unseen}`, report));
  }
  if (!observation || !report) return say('not shown yet', 'the metrics were not asked yet');
  if (observation.silent.length > 0) return say('metrics silent', `the metrics of ${way} could not be read: ${describeSilence(observation.silent)}`);
  return judgeMetrics(evidence, all, observation, policy, report, say);
}

type Say = (cause: DrainCause, reason: string, markersWanted?: readonly string[]) => DrainVerdict;

function judgeMetrics({ direction, markers }: DrainEvidence, rules: readonly DataRule[], observation: LagObservation, policy: DrainPolicy, report: LagReport, say: Say): DrainVerdict {
  // No marker can be sent through a rule for tagged objects: its minutes count from the newest one of the others on.
  const newest = [...markers.values()].filter((state) => state.kind === 'arrived').reduce((a, b) => (a.writtenAt >= b.writtenAt ? a : b));
  const arrived = (rule: DataRule): Arrived => (rule.byTags ? { ...newest, flights: [] } : (markers.get(rule.id) as Arrived));
  const states = rules.map((rule) => ({ rule, marker: arrived(rule), state: stateOf(rule, observation, arrived(rule), policy) }));

  const behind = states.filter(({ state }) => state.kind === 'behind');
  if (behind.length > 0) {
    // A rule that falls silent afterwards would never say that it is drained: another marker makes it speak.
    const wanted = behind.filter(({ state, marker }) => state.kind === 'behind' && state.newestAt >= marker.writtenAt && state.newestAt + policy.periodMs <= observation.askedAt);
    return say('behind', report.sentence, ids(wanted));
  }
  const lost = states.filter(({ state }) => state.kind === 'lost');
  if (lost.length > 0) {
    const again = lost.filter(({ marker: { watchedMs } }) => watchedMs >= policy.quietMs);
    return say('behind', `${report.sentence}, and no data point came since, although a marker was replicated: metrics that are missing are not zero`, ids(again));
  }
  const slowest = Math.max(...states.map(({ marker }) => marker.tookMs));
  const marker = `a marker arrived in ${direction.destination.region} within ${duration(slowest)}`;
  const waiting = states.filter(({ rule, state, marker: { watchedMs } }) => state.kind !== 'clear' && rule.metrics && watchedMs < policy.quietMs);
  if (waiting.length > 0) {
    const points = Math.min(...states.map(({ state }) => ('points' in state ? state.points : 0)));
    const left = Math.max(...waiting.map(({ marker: { watchedMs } }) => policy.quietMs - watchedMs));
    return say('not shown yet', `${marker}; ${points} of ${policy.inARow} data points since then say that nothing is pending, and without any the rule counts as idle in ${duration(left)}`);
  }
  return say('drained', `${marker}; ${shownBy(states.map(({ rule, state }) => ({ rule, state })), policy, report)}`);
}

/** Rules that a marker can be sent through. */
function ids(states: readonly { readonly rule: DataRule }[]): string[] {
  return states.filter(({ rule }) => !rule.byTags).map(({ rule }) => rule.id);
}

/** What the data points of a rule say. */
function stateOf({ id }: DataRule, observation: LagObservation, { writtenAt, flights }: Arrived, policy: DrainPolicy): RuleState {
  const metrics = observation.rules.find((rule) => rule.ruleId === id);
  if (!metrics) return { kind: 'silent' };
  const times = timesOf(metrics).filter((at) => !policy.afterMarker || !isOurs(metrics, at, flights, policy));
  const newest = times.at(-1) ?? -Infinity;
  const from = Math.max(policy.afterMarker ? writtenAt : -Infinity, observation.askedAt - policy.freshMs);
  if (newest < from) {
    const noticed = timesOf(metrics).some((at) => at > writtenAt - policy.periodMs);
    return policy.afterMarker && newest > -Infinity && !noticed && !isClear(metrics, newest, policy) ? { kind: 'lost' } : { kind: 'silent' };
  }
  if (!isClear(metrics, newest, policy)) return { kind: 'behind', newestAt: newest };

  let points = 0;
  for (const [index, at] of [...times].reverse().entries()) {
    const next = index === 0 ? at : times[times.length - index];
    if (at < from || next - at > policy.periodMs * 1.5 || !isClear(metrics, at, policy)) break;
    points++;
  }
  return points >= policy.inARow ? { kind: 'clear', points } : { kind: 'some', points };
}

/** Whether what was pending in a minute may be our own markers: such a minute says nothing of anybody's work. */
function isOurs(metrics: RuleMetrics, at: number, flights: readonly Flight[], { periodMs }: DrainPolicy): boolean {
  const pending = metrics.pendingOperations.find((point) => point.at === at)?.value;
  const ours = flights.filter(({ from, to }) => from < at + periodMs && to > at).length;
  return pending !== undefined && pending > 0 && pending <= ours;
}

/** Minutes of which pending work is known, oldest first. */
function timesOf({ pendingOperations, pendingBytes, latencySeconds }: RuleMetrics): number[] {
  return [...new Set([...pendingOperations, ...pendingBytes, ...latencySeconds].map(({ at }) => at))].sort((a, b) => a - b);
}

/** A figure that is missing is never taken for zero. */
function isClear(metrics: RuleMetrics, at: number, { toleratedMs }: DrainPolicy): boolean {
  const value = (series: 'pendingOperations' | 'pendingBytes' | 'latencySeconds') => metrics[series].find((point) => point.at === at)?.value;
  const pending = value('pendingOperations');
  const bytes = value('pendingBytes');
  if (pending === 0 && (bytes ?? 0) === 0) return true;
  const latency = value('latencySeconds');
  return toleratedMs !== undefined && latency !== undefined && latency * 1000 <= toleratedMs;
}

function shownBy(states: readonly { readonly rule: DataRule; readonly state: RuleState }[], policy: DrainPolicy, report: LagReport): string {
  const clear = states.filter(({ state }) => state.kind === 'clear');
  if (clear.length === states.length) return report.kind === 'known' ? report.sentence : 'nothing is pending';
  const mute = states.filter(({ rule }) => !rule.metrics).length;
  if (mute === states.length) return 'S3 publishes no metrics of the rule, so that only the marker says so';
  const since = policy.afterMarker ? 'since' : `in the last ${duration(policy.freshMs)}`;
  const before = report.kind === 'known' ? `; before that, ${report.sentence}` : '';
  return `S3 published ${states.some(({ state }) => state.kind === 'some') ? 'little' : 'nothing'} ${since}, as for an idle rule, which is not a count of zero${before}`;
}

function withReport(sentence: string, report: LagReport | undefined): string {
  return report?.kind === 'known' ? `${sentence}; ${report.sentence}` : sentence;
}

function noRule(way: string, byTags: boolean): string {
  return byTags
    ? `only rules for tagged objects replicate from ${way}, and no marker can be sent through them`
    : `no enabled rule replicates from ${way}: what is written there stays there`;
}

