import { within } from '../calls/side-by-side';
import { ObserverMemory } from './observer-memory';
import type { Policy } from './policy';
import type { ProbeResult, Stored } from './ports';
import { formatReport, reportKey, REPORTS, type Observer, type Report, type SeenReport } from './report';
import type { ControllerWorld } from './world';

/** One call to the table. */
export const TABLE_MS = 2_000;

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
  private readonly memory: ObserverMemory;
  private readonly key: string;

  constructor(
    private readonly world: ControllerWorld,
    private readonly policy: Policy,
    readonly self: Observer,
    code: string,
    private readonly regions: readonly string[],
  ) {
    this.memory = new ObserverMemory(policy, self, code);
    this.key = reportKey(self);
  }

  /** Looks at each Region at once, none for longer than a probe may take. */
  async probe(): Promise<ReadonlyMap<string, ProbeResult>> {
    const at = this.world.clock.now();
    const found = await Promise.all(this.regions.map((region) => this.probeOne(region)));
    const results = new Map(this.regions.map((region, i) => [region, found[i]]));
    this.memory.note(results, at);
    return results;
  }

  /** Puts what was seen where the others read it. */
  async report(results: ReadonlyMap<string, ProbeResult>, signal: AbortSignal, more: Pick<Report, 'routes' | 'told'> = {}): Promise<Reported> {
    const next = this.memory.next(results, this.world.clock.now());
    if (next.kind !== 'report') return next;
    const { ifRevision } = next;
    const report = { ...next.report, ...more };
    const answer = await this.call((abort) => this.world.table.put(this.key, formatReport(report), ifRevision, abort), signal);
    if (answer === 'refused') return { kind: 'not reported', reason: 'another process of this observer wrote first' };
    this.memory.wrote(report);
    return { kind: 'reported', report };
  }

  /** Reads what all observers say. Rejects when the table does not answer. */
  async read(signal: AbortSignal): Promise<{ readonly reports: readonly SeenReport[]; readonly malformed: readonly string[] }> {
    const { clock, table } = this.world;
    const asked = clock.now();
    const items = await this.call((abort) => table.list(REPORTS, abort), signal);
    const { malformed } = this.memory.take(items, asked);
    return { reports: this.memory.reports(clock.now()), malformed };
  }

  /** Reads what this observer said last, for a process that does not decide: it needs no more. Rejects as `read` does. */
  async readOwn(signal: AbortSignal): Promise<void> {
    const asked = this.world.clock.now();
    const stored = await this.call((abort) => this.world.table.get(this.key, abort), signal);
    this.memory.take(stored ? new Map([[this.key, stored]]) : NOTHING, asked);
  }

  private probeOne(region: string): Promise<ProbeResult> {
    const { clock, prober } = this.world;
    return within(region, clock, this.policy.probeTimeoutMs, (abort) => prober.probe(region, abort)).catch(
      (error: unknown): ProbeResult => ({ kind: 'down', reason: error instanceof Error ? error.message : String(error) }),
    );
  }

  private call<T>(make: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    return within('the table', this.world.clock, TABLE_MS, make, signal);
  }
}

const NOTHING: ReadonlyMap<string, Stored> = new Map();
