import type { Instant } from '../ports';
import { within } from '../calls/side-by-side';
import { answered, HealthMemory } from './health';
import { freshForMs, type Policy } from './policy';
import type { ProbeResult, Stored } from './ports';
import { formatReport, MOST_REASON, reportKey, REPORTS, Sightings, type Observer, type Report, type SeenReport, type Sight } from './report';
import type { ControllerWorld } from './world';

/** One call to the table. */
export const TABLE_MS = 2_000;
/** Ticks in which a process waits to see its predecessor move before it takes it for gone. */
const WAITS = 2;

export type Reported =
  /** The report is in the table. */
  | { readonly kind: 'reported'; readonly report: Report }
  /** A later process of this observer reports: this one is over. */
  | { readonly kind: 'superseded' }
  /** The process before this one still reports, and decides. */
  | { readonly kind: 'waiting' }
  /** The table did not take it. */
  | { readonly kind: 'not reported'; readonly reason: string };

/**
 * One process of one observer: looks, remembers, reports. Processes of one observer overlap; the later takes over what the
 * earlier saw, and the earlier ends.
 */
export class ObserverProcess {
  readonly sightings = new Sightings();
  private readonly health: HealthMemory;
  private readonly key: string;
  private stored?: Stored;
  private listed = false;
  private waits = 0;
  private boot?: number;
  private sequence = 0;

  constructor(
    private readonly world: ControllerWorld,
    private readonly policy: Policy,
    readonly self: Observer,
    private readonly code: string,
    private readonly regions: readonly string[],
  ) {
    this.health = new HealthMemory(policy);
    this.key = reportKey(self);
  }

  /** Looks at each Region at once, none for longer than a probe may take. */
  async probe(): Promise<ReadonlyMap<string, ProbeResult>> {
    const results = new Map<string, ProbeResult>();
    const at = this.world.clock.now();
    const found = await Promise.all(this.regions.map((region) => this.probeOne(region)));
    this.regions.forEach((region, i) => {
      results.set(region, found[i]);
      this.health.note(region, found[i], at);
    });
    return results;
  }

  /** Puts what was seen where the others read it. */
  async report(results: ReadonlyMap<string, ProbeResult>, signal: AbortSignal): Promise<Reported> {
    const before = this.predecessor();
    if (before === 'superseded') return { kind: 'superseded' };
    if (before === 'wait') return { kind: 'waiting' };
    // A number is used once, whether or not its report arrives.
    this.sequence++;
    const boot = this.boot ?? (this.stored ? (this.lastOf()?.boot ?? 0) + 1 : 1);
    const report: Report = { observer: this.self, boot, sequence: this.sequence, policy: this.policy.hash, code: this.code, regions: this.sights(results) };
    const answer = await this.call((abort) => this.world.table.put(this.key, formatReport(report), this.stored?.revision, abort), signal);
    if (answer === 'written') this.boot = boot;
    return answer === 'written' ? { kind: 'reported', report } : { kind: 'not reported', reason: 'another process of this observer wrote first' };
  }

  /** Reads what all observers say. Rejects when the table does not answer. */
  async read(signal: AbortSignal): Promise<{ readonly reports: readonly SeenReport[]; readonly malformed: readonly string[] }> {
    const { clock, table } = this.world;
    const asked = clock.now();
    const items = await this.call((abort) => table.list(REPORTS, abort), signal);
    const { malformed } = this.sightings.take(items, asked);
    this.stored = items.get(this.key);
    this.listed = true;
    return { reports: this.sightings.all(clock.now()), malformed };
  }

  /** Reads what this observer said last, for a process that does not decide: it needs no more. Rejects as `read` does. */
  async readOwn(signal: AbortSignal): Promise<void> {
    const asked = this.world.clock.now();
    this.stored = await this.call((abort) => this.world.table.get(this.key, abort), signal);
    if (this.stored) this.sightings.take(new Map([[this.key, this.stored]]), asked);
    this.listed = true;
  }

  private predecessor(): 'take over' | 'wait' | 'superseded' {
    if (!this.listed) return 'wait';
    const last = this.lastOf();
    if (this.boot !== undefined) return last && last.boot > this.boot ? 'superseded' : 'take over';
    if (!last) return 'take over';
    if (last.ageMs !== undefined && last.ageMs <= freshForMs(this.policy)) {
      const now = this.world.clock.now();
      for (const [region, { downForMs }] of Object.entries(last.regions)) if (downForMs !== undefined) this.health.inherit(region, downForMs, now);
      return 'take over';
    }
    return this.waits++ < WAITS ? 'wait' : 'take over';
  }

  private lastOf(): SeenReport | undefined {
    return this.sightings.of(this.self, this.world.clock.now());
  }

  private probeOne(region: string): Promise<ProbeResult> {
    const { clock, prober } = this.world;
    return within(region, clock, this.policy.probeTimeoutMs, (abort) => prober.probe(region, abort)).catch(
      (error: unknown): ProbeResult => ({ kind: 'down', reason: error instanceof Error ? error.message : String(error) }),
    );
  }

  private sights(results: ReadonlyMap<string, ProbeResult>): { readonly [region: string]: Sight } {
    const now: Instant = this.world.clock.now();
    let answers = 0;
    for (const result of results.values()) if (answered(result)) answers++;
    const sights: { [region: string]: Sight } = {};
    for (const [region, result] of results) {
      const downForMs = this.health.downFor(region, now);
      const elsewhere = answers > (answered(result) ? 1 : 0);
      const reason = 'reason' in result ? result.reason.slice(0, MOST_REASON) : undefined;
      sights[region] = { result: result.kind, elsewhere, ...(downForMs !== undefined && { downForMs }), ...(reason !== undefined && { reason }) };
    }
    return sights;
  }

  private call<T>(make: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    return within('the table', this.world.clock, TABLE_MS, make, signal);
  }
}
