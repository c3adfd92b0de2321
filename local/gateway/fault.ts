import { z } from 'zod';

/** A way in which a Region, bucket or control endpoint misbehaves. */
export const Fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('healthy') }),
  /** The connection is reset before any answer. */
  z.strictObject({ kind: z.literal('refused') }),
  /** Accepted and never answered; on healing, the connections that wait are reset. */
  z.strictObject({ kind: z.literal('blackhole') }),
  /** Acts on the request, and the answer never arrives: the caller cannot know. */
  z.strictObject({ kind: z.literal('mute') }),
  /** Answers an error without acting, for a share of the requests. */
  z.strictObject({
    kind: z.literal('failing'),
    rate: z.number().min(0).max(1).default(1),
    status: z.number().int().min(500).max(599).default(503),
    /** Error code, such as SlowDown. Default: what S3 calls the status. */
    code: z.string().min(1).optional(),
  }),
  /** Acts late, even when the caller has given up by then. */
  z.strictObject({ kind: z.literal('slow'), ms: z.number().min(0).max(600_000) }),
]);
export type Fault = z.output<typeof Fault>;
/** A fault as a caller writes it, defaults left out. */
export type FaultInput = z.input<typeof Fault>;

/** What a request needs in order to be answered. */
export interface Target {
  readonly region?: string;
  readonly bucket?: string;
  /** True for S3's control endpoints. */
  readonly control?: boolean;
  /** Region in which the caller itself runs, when it is a function of ours. */
  readonly callerRegion?: string;
}

const HEALTHY: Fault = { kind: 'healthy' };

/** A Region with one of these answers nobody. */
export function isDead(fault: Fault): boolean {
  return fault.kind === 'refused' || fault.kind === 'blackhole';
}

/** The faults that are set now. */
export class Faults {
  private readonly regions = new Map<string, Fault>();
  private readonly buckets = new Map<string, Fault>();
  private readonly controlEndpoints = new Map<string, Fault>();
  private readonly listeners = new Set<() => void>();

  public setRegion(region: string, fault: Fault): void {
    this.set(this.regions, region, fault);
  }

  public setBucket(bucket: string, fault: Fault): void {
    this.set(this.buckets, bucket, fault);
  }

  public setControlEndpoint(region: string, fault: Fault): void {
    this.set(this.controlEndpoints, region, fault);
  }

  public heal(): void {
    for (const faults of [this.regions, this.buckets, this.controlEndpoints]) faults.clear();
    this.changed();
  }

  public onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Faults that a request to the target meets, in the order in which it meets them. */
  public met(target: Target): Fault[] {
    const caller = this.regions.get(target.callerRegion ?? '') ?? HEALTHY;
    return [
      isDead(caller) ? caller : HEALTHY,
      this.regions.get(target.region ?? '') ?? HEALTHY,
      target.control ? this.controlEndpoints.get(target.region ?? '') ?? HEALTHY : HEALTHY,
      this.buckets.get(target.bucket ?? '') ?? HEALTHY,
    ].filter((fault) => fault.kind !== 'healthy');
  }

  /** The fault that lets no answer out, if there is one. */
  public dead(target: Target): Fault | undefined {
    return this.met(target).find(isDead);
  }

  /** Whether a request to the target would get its answer, this time: a fault may fail a share of the requests only. */
  public answers(target: Target): boolean {
    return !this.met(target).some((fault) => isDead(fault) || fault.kind === 'mute' || (fault.kind === 'failing' && Math.random() < fault.rate));
  }

  public state(): { regions: Record<string, Fault>; buckets: Record<string, Fault>; controlEndpoints: Record<string, Fault> } {
    return {
      regions: Object.fromEntries(this.regions),
      buckets: Object.fromEntries(this.buckets),
      controlEndpoints: Object.fromEntries(this.controlEndpoints),
    };
  }

  private set(faults: Map<string, Fault>, name: string, fault: Fault): void {
    if (fault.kind === 'healthy') faults.delete(name);
    else faults.set(name, fault);
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
