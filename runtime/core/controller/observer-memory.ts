import type { Instant } from '../ports';
import { answered, HealthMemory } from './health';
import { freshForMs, type Policy } from './policy';
import type { ProbeResult, Stored } from './ports';
import { MOST_REASON, reportKey, Sightings, type LastWord, type Observer, type Report, type SeenReport, type Sight } from './report';

/** Ticks between two listings, at most, for what moved meanwhile to be as young as it seems: one may fail. */
const LISTINGS = 2;
/** Longer than this no process that is well goes without a listing. */
export function mostGapMs({ intervalMs, probeTimeoutMs }: Policy): number {
  return LISTINGS * intervalMs + probeTimeoutMs;
}

/** Ticks in which a process waits to see its predecessor move before it takes it for gone. */
const WAITS = 2;

/** What a process does next about its report. */
export type Next =
  | { readonly kind: 'report'; readonly report: Report; readonly ifRevision: number | undefined }
  /** A later process of this observer reports: this one is over. */
  | { readonly kind: 'superseded' }
  /** The process before this one still reports, and decides. */
  | { readonly kind: 'waiting' };

/** What one process of one observer knows, without a call and without a clock: it is told what was seen, and when. */
export class ObserverMemory {
  private readonly sightings: Sightings;
  private readonly health: HealthMemory;
  private readonly key: string;
  private stored?: Stored;
  private listed = false;
  private waits = 0;
  private boot?: number;
  private sequence = 0;

  constructor(
    private readonly policy: Policy,
    private readonly self: Observer,
    private readonly code: string,
  ) {
    this.health = new HealthMemory(policy);
    this.sightings = new Sightings(mostGapMs(policy));
    this.key = reportKey(self);
  }

  /** Takes what one look at the Regions found, begun at `at`. */
  note(results: ReadonlyMap<string, ProbeResult>, at: Instant): void {
    for (const [region, result] of results) this.health.note(region, result, at);
  }

  next(results: ReadonlyMap<string, ProbeResult>, now: Instant): Next {
    const before = this.predecessor(now);
    if (before !== 'take over') return { kind: before };
    // A number is used once, whether or not its report arrives.
    this.sequence++;
    const boot = this.boot ?? (this.stored ? (this.lastOf(now)?.boot ?? 0) + 1 : 1);
    const report: Report = { observer: this.self, boot, sequence: this.sequence, policy: this.policy.hash, code: this.code, regions: this.sights(results, now) };
    return { kind: 'report', report, ifRevision: this.stored?.revision };
  }

  /** The table has taken a report of this process. */
  wrote({ boot }: Report): void {
    this.boot = boot;
  }

  /** Takes a listing that was asked for at `asked`. */
  take(items: ReadonlyMap<string, Stored>, asked: Instant): { readonly malformed: readonly string[] } {
    this.stored = items.get(this.key);
    this.listed = true;
    const taken = this.sightings.take(items, asked);
    this.sightings.inherit(this.self, asked);
    return taken;
  }

  reports(now: Instant): SeenReport[] {
    return this.sightings.all(now);
  }

  private predecessor(now: Instant): 'take over' | 'waiting' | 'superseded' {
    if (!this.listed) return 'waiting';
    const last = this.lastOf(now);
    if (this.boot !== undefined) return last && last.boot > this.boot ? 'superseded' : 'take over';
    if (!last) return 'take over';
    const { ageMs } = last;
    if (ageMs !== undefined && ageMs <= freshForMs(this.policy)) {
      for (const [region, { downForMs, unbrokenForMs }] of Object.entries(last.regions)) if (downForMs !== undefined) this.health.inherit(region, { downForMs, unbrokenForMs }, ageMs, now);
      return 'take over';
    }
    return this.waits++ < WAITS ? 'waiting' : 'take over';
  }

  private lastOf(now: Instant): SeenReport | undefined {
    return this.sightings.of(this.self, now);
  }

  private sights(results: ReadonlyMap<string, ProbeResult>, now: Instant): { readonly [region: string]: Sight } {
    let answers = 0;
    for (const result of results.values()) if (answered(result)) answers++;
    const sights: { [region: string]: Sight } = {};
    for (const [region, result] of results) {
      const downForMs = this.health.downFor(region, now);
      const unbrokenForMs = this.health.unbrokenFor(region, now);
      const broken = downForMs !== undefined && unbrokenForMs !== undefined && unbrokenForMs < downForMs;
      const elsewhere = answers > (answered(result) ? 1 : 0);
      const reason = 'reason' in result ? result.reason.slice(0, MOST_REASON) : undefined;
      const lastWord = downForMs === undefined ? undefined : this.lastWordOf(region, now);
      sights[region] = { result: result.kind, elsewhere, ...(downForMs !== undefined && { downForMs }), ...(broken && { unbrokenForMs }), ...(reason !== undefined && { reason }), ...(lastWord && { lastWord }) };
    }
    return sights;
  }

  private lastWordOf(region: string, now: Instant): LastWord | undefined {
    const last = this.self.role === 'voter' ? this.sightings.of({ role: 'self', region }, now) : undefined;
    return last && { boot: last.boot, sequence: last.sequence, forMs: last.stillForMs };
  }
}
