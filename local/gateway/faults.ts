import { isDead, isLimited, type ControlFault, type Fault } from './fault';

/** What a request needs in order to be answered. */
export interface Target {
  readonly region?: string;
  readonly bucket?: string;
  /** True for S3's control endpoints. */
  readonly control?: boolean;
  /** Region in which the caller itself runs, when it is a function of ours. */
  readonly callerRegion?: string;
  /** Whether it only reads. @default false */
  readonly reads?: boolean;
}

/** A fault that was set, and what is left of it. */
export interface SetFault {
  readonly fault: ControlFault;
  /** Milliseconds since the epoch. */
  readonly setAt: number;
  /** Requests that will still meet it. */
  left: number;
}

/** The faults that are set now. */
export class Faults {
  private readonly regions = new Map<string, SetFault>();
  private readonly buckets = new Map<string, SetFault>();
  private readonly controlEndpoints = new Map<string, SetFault>();
  private readonly paths = new Map<string, SetFault>();
  private readonly listeners = new Set<() => void>();

  public setRegion(region: string, fault: Fault): void {
    this.set(this.regions, region, fault);
  }

  public setBucket(bucket: string, fault: Fault): void {
    this.set(this.buckets, bucket, fault);
  }

  public setControlEndpoint(region: string, fault: ControlFault): void {
    this.set(this.controlEndpoints, region, fault);
  }

  /** What functions of one Region meet when they call another, or their own. */
  public setPath(from: string, to: string, fault: Fault): void {
    this.set(this.paths, pathOf(from, to), fault);
  }

  public heal(): void {
    for (const faults of this.maps()) faults.clear();
    this.changed();
  }

  public onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Faults that a request to the target meets, in the order in which it meets them. */
  public met(target: Target): SetFault[] {
    return this.setFor(target).filter(({ fault, left }) => left > 0 && (!('only' in fault) || !fault.only || (fault.only === 'reads') === (target.reads ?? false)));
  }

  /** Counts one request that a fault took hold of. */
  public spend(set: SetFault): void {
    set.left -= 1;
  }

  /** Whether a fault is still there, be it spent. */
  public has(set: SetFault): boolean {
    return this.maps().some((faults) => [...faults.values()].includes(set));
  }

  public deadRegions(): string[] {
    return [...this.regions].filter(([, { fault }]) => isDead(fault)).map(([region]) => region);
  }

  /** The fault that lets no answer out, if there is one. */
  public dead(target: Target): ControlFault | undefined {
    return this.setFor(target).map(({ fault }) => fault).find(isDead);
  }

  /**
   * Whether the target would give its answer, this time: a fault may fail a share of the requests only. Faults that are
   * for some requests only are left to those.
   */
  public answers(target: Target): boolean {
    return !this.setFor(target).some(({ fault }) => !isLimited(fault)
      && (isDead(fault) || fault.kind === 'mute' || fault.kind === 'garbage' || (fault.kind === 'failing' && Math.random() < fault.rate)));
  }

  public state(): Record<'regions' | 'buckets' | 'controlEndpoints' | 'paths', Record<string, ControlFault>> {
    const [regions, buckets, controlEndpoints, paths] = this.maps().map((faults) => Object.fromEntries([...faults].map(([name, set]) => [name, remaining(set)])));
    return { regions, buckets, controlEndpoints, paths };
  }

  private setFor(target: Target): SetFault[] {
    const caller = this.regions.get(target.callerRegion ?? '');
    const all = [
      caller && isDead(caller.fault) ? caller : undefined,
      this.paths.get(pathOf(target.callerRegion, target.region)),
      this.regions.get(target.region ?? ''),
      target.control ? this.controlEndpoints.get(target.region ?? '') : undefined,
      this.buckets.get(target.bucket ?? ''),
    ];
    return all.filter((set) => set !== undefined);
  }

  private maps(): [Map<string, SetFault>, Map<string, SetFault>, Map<string, SetFault>, Map<string, SetFault>] {
    return [this.regions, this.buckets, this.controlEndpoints, this.paths];
  }

  private set(faults: Map<string, SetFault>, name: string, fault: ControlFault): void {
    if (fault.kind === 'healthy') faults.delete(name);
    else faults.set(name, { fault, setAt: Date.now(), left: fault.times ?? Infinity });
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** As `state` shows it. */
function pathOf(from = '', to = ''): string {
  return `${from} to ${to}`;
}

/** A fault as it was set, with the times that are left; 0 when it is spent. */
function remaining({ fault, left }: SetFault): ControlFault {
  return 'times' in fault && fault.times !== undefined ? { ...fault, times: left } : fault;
}
