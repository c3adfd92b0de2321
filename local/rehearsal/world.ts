import type { Mark, Recording, SwitchKind, SwitchRecord } from './analysis/recording';
import type { Clock } from './engine/clock';
import type { Deployment, Estate, Plan, Routes } from './estate/estate';
import type { Options } from './options';
import type { Audit } from './traffic/audit';
import { Ledger } from './traffic/ledger';
import { Load } from './traffic/load';
import { Sightings } from './traffic/sightings';

/** What the steps of one rehearsal share and add to. */
export class World {
  public plan?: Plan;
  public deployment?: Deployment;
  public load?: Load;
  public sightings?: Sightings;
  public audit?: Audit;
  public readonly marks: Mark[] = [];
  public readonly switches: SwitchRecord[] = [];

  constructor(
    public readonly estate: Estate,
    public readonly ledger: Ledger,
    public readonly clock: Clock,
    public readonly options: Options,
  ) {}

  /** Region that is active at first: the one that dies. */
  public get active(): string {
    return this.plan?.order[0] ?? '';
  }

  /** Region that takes over. */
  public get target(): string {
    return this.plan?.order[1] ?? '';
  }

  /** Regions that hold a bucket, in the order in which they would take over. */
  public get regions(): readonly string[] {
    return this.plan?.order ?? [];
  }

  /** The routes, as a Region other than the one that dies tells them. */
  public async routes(signal: AbortSignal): Promise<Routes> {
    const routes = await this.estate.routes(this.active, signal);
    return Object.fromEntries(Object.entries(routes).sort(([a], [b]) => this.regions.indexOf(a) - this.regions.indexOf(b)));
  }

  public mark(kind: Mark['kind'], text: string, region?: string): number {
    const at = this.clock();
    this.marks.push({ at, kind, text, region });
    return at;
  }

  /** Something that is known to have happened a while ago. */
  public markPast(at: number, kind: Mark['kind'], text: string, region?: string): void {
    this.marks.push({ at, kind, text, region });
    this.marks.sort((one, other) => one.at - other.at);
  }

  /** A time of day, in milliseconds since the epoch, by the run's own clock. */
  public momentOf(time: number): number {
    return this.clock() - (Date.now() - time);
  }

  public markOf(kind: Mark['kind']): Mark | undefined {
    return this.marks.find((mark) => mark.kind === kind);
  }

  public recordSwitch(record: SwitchRecord): void {
    this.switches.push(record);
  }

  public amendSwitch(kind: SwitchKind, more: Partial<SwitchRecord>): void {
    const index = this.switches.findIndex((one) => one.kind === kind);
    this.switches[index] = { ...this.switches[index], ...more };
  }

  public recording(): Recording {
    return {
      regions: this.regions,
      writes: this.ledger.writes,
      reads: this.ledger.reads,
      firstSeen: this.sightings?.firstSeen ?? new Map(),
      backlog: this.sightings?.samples ?? [],
      switches: this.switches,
      marks: this.marks,
      audit: this.audit,
    };
  }
}
