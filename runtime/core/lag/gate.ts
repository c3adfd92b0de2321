import { reasonOf } from '../calls/reason';
import { within } from '../calls/side-by-side';
import type { WallClock } from '../operate/ports';
import type { Clock, Instant } from '../ports';
import type { ReplicationConfiguration } from '../replication/model';
import type { Direction } from './direction';
import { judgeDrain, MOST_RULES, type DrainEvidence, type DrainPolicy, type DrainVerdict, type Flight, type MarkerState } from './drain';
import { findMarker, markerPrefix, removeMarkers, writeMarker, type Marker, type MarkerBucket } from './markers';
import type { ReplicationMetrics } from './metrics';
import { observeLag, type LagObservation } from './observe';
import { dataRules, type DataRule } from './rules';

/** A marker is looked for often, since its arrival is what is waited for first. */
const POLL_MS = 2_000;
const METRICS_EVERY_MS = 15_000;
/** What one call to S3 may take. */
const CALL_MS = 6_000;
/** Markers of other runs are left alone for so long. */
const ABANDONED_MS = 3_600_000;
const CLEAN_MS = 15_000;

export interface DrainPorts {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly metrics: ReplicationMetrics;
  readonly source: MarkerBucket;
  readonly destination: MarkerBucket;
  /** Other buckets that markers are replicated to, so that they can be cleaned there too. */
  readonly others?: readonly MarkerBucket[];
  /** Replication configuration of the source bucket; undefined without one. Rejects when it cannot be read. */
  readonly configuration: (signal: AbortSignal) => Promise<ReplicationConfiguration | undefined>;
}

export interface DrainRequest {
  /** Part of the markers' keys; letters, digits and hyphens, different for each run. */
  readonly runId: string;
  readonly deadline: Instant;
  /** How often it is polled while it is shut. @default 2 s */
  readonly pollMs?: number;
  /** How often the metrics are asked: S3 changes them once a minute. @default 15 s */
  readonly metricsEveryMs?: number;
}

export interface DrainPoll extends DrainVerdict {
  /** When to poll again; absent once it is open, or cannot open. */
  readonly nextPollMs?: number;
}

interface SentMarker {
  readonly ruleId: string;
  readonly marker: Marker;
  readonly sentAt: Instant;
  seen?: { readonly at: Instant; readonly writtenAt: number };
  unseen?: string;
}

/**
 * The drain gate of one direction, at level `metrics`. Each poll does what is due (read the rules, send markers, look for them, ask
 * the metrics) and says whether the gate is open. Nothing happens between polls, and no poll rejects.
 */
export class DrainGate {
  public readonly direction: Direction;
  private rules?: readonly DataRule[];
  private rulesFailure = 'not read yet';
  private readonly sent = new Map<string, SentMarker>();
  private readonly flights = new Map<string, Flight[]>();
  private readonly failures = new Map<string, string>();
  private wanted: readonly string[] = [];
  private count = 0;
  private observation?: LagObservation;
  private observedAt = -Infinity;
  private silentAt = -Infinity;

  public constructor(
    private readonly ports: DrainPorts,
    private readonly request: DrainRequest,
    private readonly policy: DrainPolicy,
  ) {
    this.direction = { source: placeOf(ports.source), destination: placeOf(ports.destination) };
  }

  public async poll(): Promise<DrainPoll> {
    const { clock } = this.ports;
    const begun = clock.now();
    await this.readRules();
    if (this.rules !== undefined) await Promise.all([this.sendAndSeek(), this.isDue() && this.observe()]);
    let verdict = judgeDrain(this.evidence(), this.policy);
    if (verdict.open && this.observedAt < begun) {
      // What opens it must be true now.
      await this.observe();
      verdict = judgeDrain(this.evidence(), this.policy);
    }
    this.wanted = verdict.markersWanted;
    const ended = verdict.open || !verdict.curable;
    return { ...verdict, ...(!ended && { nextPollMs: this.request.pollMs ?? POLL_MS }) };
  }

  /** Removes the markers of this run that have arrived everywhere, and abandoned ones. Gives the reason when it could not. */
  public async clean(): Promise<string | undefined> {
    const { source, destination, others = [], clock, wall } = this.ports;
    const prefixes = [...new Set((this.rules ?? []).filter((rule) => !rule.byTags).map((rule) => markerPrefix(rule.keyPrefix, source.region)))];
    const cleaning = { source, others: [destination, ...others], before: wall.now() - ABANDONED_MS };
    try {
      await within(source.region, clock, CLEAN_MS, async (signal) => {
        for (const prefix of prefixes) await removeMarkers({ ...cleaning, prefix, ownPrefix: `${prefix}${this.request.runId}` }, signal);
      });
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  private async readRules(): Promise<void> {
    if (this.rules !== undefined) return;
    const { source, destination, configuration } = this.ports;
    try {
      this.rules = dataRules(await this.call(source.region, configuration), destination.name);
    } catch (error) {
      this.rulesFailure = reasonOf(error);
    }
  }

  private async sendAndSeek(): Promise<void> {
    const rules = (this.rules ?? []).filter((rule) => !rule.byTags);
    if (rules.length > MOST_RULES) return;
    await Promise.all(rules.map(async (rule) => {
      if (!this.sent.has(rule.id) || this.wanted.includes(rule.id)) await this.send(rule);
      const marker = this.sent.get(rule.id);
      if (marker && !marker.seen) await this.seek(marker);
    }));
  }

  private async send(rule: DataRule): Promise<void> {
    const { source, clock } = this.ports;
    // A key of its own each time: a write without an answer may have been made.
    const key = `${markerPrefix(rule.keyPrefix, source.region)}${this.request.runId}-${++this.count}`;
    try {
      const marker = await this.call(source.region, (signal) => writeMarker(source, key, signal));
      this.sent.set(rule.id, { ruleId: rule.id, marker, sentAt: clock.now() });
      this.failures.delete(rule.id);
    } catch (error) {
      this.failures.set(rule.id, reasonOf(error));
    }
  }

  private async seek(sent: SentMarker): Promise<void> {
    const { destination, clock } = this.ports;
    try {
      const found = await this.call(destination.region, (signal) => findMarker(destination, sent.marker, signal));
      sent.unseen = undefined;
      if (!found) return;
      sent.seen = { at: clock.now(), writtenAt: found.modifiedAt };
      const flight = { from: found.modifiedAt, to: found.modifiedAt + sent.seen.at - sent.sentAt };
      this.flights.set(sent.ruleId, [...(this.flights.get(sent.ruleId) ?? []), flight]);
    } catch (error) {
      sent.unseen = reasonOf(error);
    }
  }

  private isDue(): boolean {
    const every = this.request.metricsEveryMs ?? METRICS_EVERY_MS;
    return this.observation?.silent.length !== 0 || this.ports.clock.now() - this.observedAt >= every;
  }

  private async observe(): Promise<void> {
    const { clock, metrics } = this.ports;
    this.observedAt = clock.now();
    const ruleIds = (this.rules ?? []).filter((rule) => rule.metrics).map((rule) => rule.id);
    this.observation = await observeLag(this.ports, metrics, { direction: this.direction, ruleIds, deadline: this.request.deadline }, this.policy);
    if (this.observation.silent.length > 0) this.silentAt = clock.now();
  }

  private evidence(): DrainEvidence {
    const rules = this.rules === undefined ? { ok: false as const, reason: this.rulesFailure } : { ok: true as const, rules: this.rules };
    const markers = new Map((this.rules ?? []).map((rule) => [rule.id, this.markerState(rule.id)] as const));
    return { direction: this.direction, rules, markers, observation: this.observation };
  }

  private markerState(ruleId: string): MarkerState {
    const sent = this.sent.get(ruleId);
    if (!sent) return { kind: 'not written', reason: this.failures.get(ruleId) ?? 'not tried yet' };
    const now = this.ports.clock.now();
    const ageMs = now - sent.sentAt;
    return sent.seen
      ? { kind: 'arrived', watchedMs: now - Math.max(sent.seen.at, this.silentAt), tookMs: sent.seen.at - sent.sentAt, writtenAt: sent.seen.writtenAt, flights: this.flights.get(ruleId) ?? [] }
      : { kind: 'under way', ageMs, unseen: sent.unseen };
  }

  private call<T>(region: string, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock } = this.ports;
    return within(region, clock, Math.min(CALL_MS, this.request.deadline - clock.now()), act);
  }
}

function placeOf({ region, name }: MarkerBucket): Direction['source'] {
  return { region, bucket: name };
}
