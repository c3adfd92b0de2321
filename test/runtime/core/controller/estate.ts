import type { ActReport } from '../../../../runtime/core/controller/act';
import { policyOf, type Policy, type PolicySettings } from '../../../../runtime/core/controller/policy';
import type { ProbeResult } from '../../../../runtime/core/controller/ports';
import type { HeldChange } from '../../../../runtime/core/controller/held-watch';
import { TableRegister } from '../../../../runtime/core/controller/register';
import { parseRegister, REGISTER, type RegisterState } from '../../../../runtime/core/controller/register-state';
import type { Observer } from '../../../../runtime/core/controller/report';
import { observe, type Ticked } from '../../../../runtime/core/controller/tick';
import type { LagSight } from '../../../../runtime/core/controller/view';
import type { ControllerWorld } from '../../../../runtime/core/controller/world';
import { parseAccessPointArn } from '../../../../runtime/core/routes/access-point';
import type { ControlEndpoint } from '../../../../runtime/core/routes/endpoint';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { ControlPlane, type Script } from '../../support/control-plane';
import { VirtualClock } from '../../support/virtual-clock';
import { MemoryTable } from './memory-table';

export const ORDER = ['us-east-1', 'us-west-2', 'eu-west-1'] as const;
export const [A, B, C] = ORDER;
export const VOTERS = ['us-east-1', 'us-east-2', 'us-west-2'] as const;

export function settings(changed: Partial<PolicySettings> = {}): PolicySettings {
  return { order: ORDER, voters: VOTERS, ...changed };
}

export interface Told {
  readonly at: number;
  readonly by: string;
  readonly ticked: Ticked;
}

/** Three voters and what they see, in virtual time. Everything is well until a test says otherwise. */
export class SmallEstate {
  readonly clock = new VirtualClock();
  readonly table = new MemoryTable(this.clock);
  readonly plane: ControlPlane;
  readonly policy: Policy;
  readonly told: Told[] = [];
  readonly acts: ActReport[] = [];
  /** Who looked before it decided. */
  readonly waited: string[] = [];
  readonly stop = new AbortController();
  probe: (by: Observer, region: string) => ProbeResult | 'silent' = () => ({ kind: 'ok', ms: 30 });
  lag: (from: string, to: string) => LagSight | undefined = () => undefined;
  /** Whether a voter reaches a control endpoint. */
  reaches: (by: Observer, endpoint: string) => boolean = () => true;
  /** State of each veto alarm. */
  alarms: (region: string) => ReadonlyMap<string, 'in alarm' | 'quiet'> = () => new Map();
  /** What people were told of states that hold. */
  readonly held: (HeldChange & { readonly by: string; readonly at: number })[] = [];
  /** Whether people can be told. */
  deaf = false;
  /** Answers the age of the last one. */
  beat: (region: string) => number = () => 0;
  /** Makes each decision crash. */
  bug?: string;
  private random = 1;

  constructor(changed: Partial<PolicySettings> = {}, scripts: { readonly [endpoint: string]: Script } = {}, before?: ConstructorParameters<typeof ControlPlane>[4]) {
    this.policy = policyOf(settings(changed));
    this.plane = new ControlPlane(this.clock, routesWith([A], ORDER), scripts, undefined, before);
  }

  world(self: Observer): ControllerWorld {
    const quiet = () => undefined;
    return {
      clock: this.clock,
      wall: { now: () => this.timeOfDay(), iso: String, parse: Number },
      random: () => (this.random = (this.random * 16807) % 2147483647) / 2147483647,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      table: this.table.as(self.region),
      prober: { probe: (region, signal) => this.probed(self, region, signal) },
      lag: { read: async (from, to) => this.lag(from, to) },
      alarms: { states: async (region) => this.alarms(region) },
      heartbeats: { beat: async (region) => this.beat(region), lagMs: async () => undefined },
      notices: { decided: async () => undefined, waiting: () => void this.waited.push(self.region), reported: async () => undefined, acted: async (act) => void this.acts.push(act), held: (change) => this.tell(self, change) },
      endpoints: this.plane.endpoints.map((endpoint) => this.reached(self, endpoint)),
      accessPoint: parseAccessPointArn('arn:aws:s3::111122223333:accesspoint/media.mrap')!,
    };
  }

  /** Starts processes; each ends with the estate, or when a later one takes over. */
  start(observers: readonly Observer[], policy = this.policy, untilMs = Infinity): void {
    for (const self of observers) {
      void observe({ world: this.world(self), policy, self, code: 'test' }, untilMs, AbortSignal.any([this.stop.signal]), (ticked) => this.told.push({ at: this.clock.now(), by: self.region, ticked }));
    }
  }

  startVoters(regions: readonly string[] = VOTERS): void {
    this.start(regions.map((region) => ({ role: 'voter', region })));
  }

  /** A person's hands. */
  get operator(): TableRegister {
    return new TableRegister(this.world({ role: 'voter', region: 'operator' }), this.policy.coolDownMs);
  }

  get register(): RegisterState {
    return parseRegister(this.table.items.get(REGISTER)!.item);
  }

  pass(seconds: number): Promise<void> {
    return this.clock.pass(seconds * 1000);
  }

  reasons(from = 0): string[] {
    return [...new Set(this.told.flatMap(({ at, ticked }) => (at >= from && 'decision' in ticked ? [ticked.decision.reason] : [])))];
  }

  private reached(self: Observer, endpoint: ControlEndpoint): ControlEndpoint {
    const no = async () => ({ ok: false as const, failure: { kind: 'unreachable' as const, endpoint: endpoint.region, detail: 'cut off', cause: undefined } });
    return {
      region: endpoint.region,
      read: (accessPoint, signal) => (this.reaches(self, endpoint.region) ? endpoint.read(accessPoint, signal) : no()),
      submit: (accessPoint, routes, signal) => (this.reaches(self, endpoint.region) ? endpoint.submit(accessPoint, routes, signal) : no()),
    };
  }

  private async tell(self: Observer, change: HeldChange): Promise<void> {
    if (this.deaf) throw new Error('nobody hears');
    const { kind, reason, sentence } = change;
    this.held.push({ kind, reason, sentence, by: self.region, at: this.clock.now() });
  }

  private timeOfDay(): number {
    if (this.bug !== undefined) throw new Error(this.bug);
    return this.clock.now() + 1_000_000;
  }

  private async probed(self: Observer, region: string, signal: AbortSignal): Promise<ProbeResult> {
    const result = this.probe(self, region);
    await this.clock.sleep(result === 'silent' ? 3_600_000 : 30, signal);
    return result === 'silent' ? { kind: 'blind', reason: 'given up' } : result;
  }
}

export function down(...regions: readonly string[]): SmallEstate['probe'] {
  return (_, region) => (regions.includes(region) ? { kind: 'down', reason: 'no answer' } : { kind: 'ok', ms: 30 });
}
