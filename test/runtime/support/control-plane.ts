import type { Clock } from '../../../runtime/core/ports';
import type { AccessPoint } from '../../../runtime/core/routes/access-point';
import type { Answer, ControlEndpoint } from '../../../runtime/core/routes/endpoint';
import type { FailureKind } from '../../../runtime/core/routes/failure';
import { activeRegions, sortRoutes, type Routes } from '../../../runtime/core/routes/routes';

export type Call = 'read' | 'submit';

/** How one call at one endpoint goes. Whatever is left out is as on a good day. */
export interface Fault {
  /** Until the answer. */
  readonly latencyMs?: number;
  /** Fails instead of answering well. */
  readonly fails?: FailureKind;
  /** Never answers. */
  readonly silent?: boolean;
  /** Rejects, as an adapter with a bug would. */
  readonly throws?: string;
  /** Whether a submit that fails or is silent changes the routes all the same, and when, counted from its arrival. */
  readonly landsAfterMs?: number;
  /** Routes that a read tells instead of the live ones. */
  readonly tells?: Routes;
}

export interface Submitted {
  readonly endpoint: string;
  readonly at: number;
  readonly routes: Routes;
}

/** Faults of one endpoint: one for each call in turn, the last one for ever after; none: all is well. */
export type Script = { readonly [call in Call]?: readonly Fault[] } & { readonly latencyMs?: number };

/**
 * Five endpoints over one set of live routes, as the service keeps them, with faults by script.
 *
 * It records what a test must know: every submit, submits at the same time, and calls after an end.
 */
export class ControlPlane {
  live: Routes;
  readonly submits: Submitted[] = [];
  readonly calls: { readonly endpoint: string; readonly call: Call; readonly at: number }[] = [];
  readonly endpoints: readonly ControlEndpoint[];
  /** Live routes after each change, the first ones included. */
  readonly history: { readonly at: number; readonly routes: Routes }[];
  mostSubmitsAtOnce = 0;
  aborted = 0;
  /** Submits that will change the routes later, whatever was answered. */
  landing = 0;
  private submitting = 0;
  private readonly taken = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    live: Routes,
    private readonly scripts: { readonly [endpoint: string]: Script } = {},
    regions: readonly string[] = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'],
    /** Called before each call, to let somebody else interfere. */
    private readonly before: (call: Call, endpoint: string, plane: ControlPlane) => void = () => undefined,
  ) {
    this.live = sortRoutes(live);
    this.history = [{ at: clock.now(), routes: this.live }];
    this.endpoints = regions.map((region, index) => this.endpoint(region, index));
  }

  /** Somebody else's change. */
  move(routes: Routes): void {
    this.live = sortRoutes(routes);
    this.history.push({ at: this.clock.now(), routes: this.live });
  }

  get active(): string[] {
    return activeRegions(this.live);
  }

  callsOf(call: Call): string[] {
    return this.calls.filter((one) => one.call === call).map((one) => one.endpoint);
  }

  private endpoint(region: string, index: number): ControlEndpoint {
    const usual = (index + 1) * 20;
    return {
      region,
      read: (_: AccessPoint, signal: AbortSignal) => this.answer(region, 'read', usual, signal, () => this.live),
      submit: async (_: AccessPoint, routes: Routes, signal: AbortSignal) => {
        this.submits.push({ endpoint: region, at: this.clock.now(), routes });
        this.submitting++;
        this.mostSubmitsAtOnce = Math.max(this.mostSubmitsAtOnce, this.submitting);
        try {
          return await this.answer(region, 'submit', usual, signal, () => undefined, routes);
        } finally {
          this.submitting--;
        }
      },
    };
  }

  private async answer<T>(endpoint: string, call: Call, usualMs: number, signal: AbortSignal, value: () => T, routes?: Routes): Promise<Answer<T>> {
    this.before(call, endpoint, this);
    this.calls.push({ endpoint, call, at: this.clock.now() });
    const fault = this.fault(endpoint, call);
    const latencyMs = fault.latencyMs ?? this.scripts[endpoint]?.latencyMs ?? usualMs;
    const bad = fault.fails !== undefined || fault.silent === true || fault.throws !== undefined;
    if (routes && fault.landsAfterMs !== undefined) void this.land(routes, fault.landsAfterMs);

    if (fault.silent) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    else await this.clock.sleep(latencyMs, signal);
    if (signal.aborted) {
      this.aborted++;
      return { ok: false, failure: { kind: 'given up', endpoint, detail: 'aborted' } };
    }
    if (fault.throws) throw new Error(fault.throws);
    if (fault.fails) return { ok: false, failure: { kind: fault.fails, endpoint, detail: `scripted ${fault.fails}` } };
    // As the service: only members have routes.
    if (routes?.some(({ region }) => !this.live.some((route) => route.region === region))) return { ok: false, failure: { kind: 'bad request', endpoint, detail: '400 InvalidRequest not part of the Multi-Region Access Point' } };
    if (routes && !bad && fault.landsAfterMs === undefined) this.move(routes);
    return { ok: true, value: fault.tells && call === 'read' ? (sortRoutes(fault.tells) as T) : value() };
  }

  private async land(routes: Routes, afterMs: number): Promise<void> {
    this.landing++;
    await this.clock.sleep(afterMs);
    this.landing--;
    this.move(routes);
  }

  private fault(endpoint: string, call: Call): Fault {
    const faults = this.scripts[endpoint]?.[call] ?? [];
    const key = `${endpoint} ${call}`;
    const turn = this.taken.get(key) ?? 0;
    this.taken.set(key, turn + 1);
    return faults[Math.min(turn, faults.length - 1)] ?? {};
  }
}

/** Endpoints that serve several access points, each with routes of its own. */
export function endpointsByArn(planes: { readonly [arn: string]: ControlPlane }): ControlEndpoint[] {
  const [first] = Object.values(planes);
  return first.endpoints.map(({ region }, index) => ({
    region,
    read: (accessPoint, signal) => planes[accessPoint.arn].endpoints[index].read(accessPoint, signal),
    submit: (accessPoint, routes, signal) => planes[accessPoint.arn].endpoints[index].submit(accessPoint, routes, signal),
  }));
}
