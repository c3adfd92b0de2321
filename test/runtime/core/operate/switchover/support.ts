import type { Plan } from '../../../../../runtime/core/operate/act/plan';
import type { Teller } from '../../../../../runtime/core/operate/act/world';
import { switchOver } from '../../../../../runtime/core/operate/switchover/switchover';
import { SWITCHOVER_TIMES, type SwitchoverTimes } from '../../../../../runtime/core/operate/switchover/times';
import type { SwitchoverOutcome, SwitchoverRequest, SwitchoverWorld } from '../../../../../runtime/core/operate/switchover/world';
import { FakeEstate, type FakeEstateOptions } from '../../../support/fake-estate';
import { FakeMetrics, type FakeMetricsOptions } from '../../../support/fake-metrics';
import { VirtualClock } from '../../../support/virtual-clock';

export const EAST = 'us-east-1';
export const WEST = 'us-west-2';
export const IRELAND = 'eu-west-1';

/** Remembers what it was told. */
export class ScriptedTeller implements Teller {
  readonly steps: string[] = [];
  readonly said: string[] = [];
  readonly notes: string[] = [];
  plan?: Plan;
  answer: 'yes' | 'no' = 'yes';
  /** Called with every step that begins. */
  onStep: (name: string) => void = () => undefined;

  step(name: string): void {
    this.steps.push(name);
    this.onStep(name);
  }

  progress(done: number, of: number | undefined, note: string): void {
    this.notes.push(`${done}/${of ?? '?'} ${note}`);
  }

  say(line: string): void {
    this.said.push(line);
  }

  async confirm(plan: Plan): Promise<'yes' | 'no'> {
    this.plan = plan;
    return this.answer;
  }
}

/** One write of a client, acknowledged. */
interface Acknowledged {
  readonly key: string;
  readonly region: string;
  readonly versionId: string;
  readonly at: number;
}

/** A client that writes and deletes through the access point all the time, and remembers what it was told. */
export class Client {
  readonly acknowledged: Acknowledged[] = [];
  readonly refusedAt: number[] = [];
  private readonly end = new AbortController();

  constructor(
    private readonly estate: FakeEstate,
    private readonly everyMs = 250,
  ) {}

  async run(): Promise<void> {
    for (let count = 0; !this.end.signal.aborted; count++) {
      // Some keys are written again and again, and some are deleted.
      const key = count % 3 === 0 ? 'often' : `key-${count % 40}`;
      const at = this.estate.clock.now();
      try {
        const { region, versionId } = count % 7 === 6 ? await this.estate.remove(key) : await this.estate.write(key);
        this.acknowledged.push({ key, region, versionId, at });
      } catch {
        this.refusedAt.push(at);
      }
      await this.estate.clock.sleep(this.everyMs, this.end.signal);
    }
  }

  stop(): void {
    this.end.abort();
  }

  /** Acknowledged writes that a Region does not have. */
  missingIn(region: string): Acknowledged[] {
    return this.acknowledged.filter(({ key, versionId }) => !this.estate.bucket(region).stack(key).some((one) => one.versionId === versionId));
  }
}

export interface Options extends FakeEstateOptions {
  readonly metrics?: FakeMetricsOptions;
}

export class Scene {
  readonly clock = new VirtualClock();
  readonly estate: FakeEstate;
  readonly metrics: FakeMetrics;
  readonly teller = new ScriptedTeller();
  readonly client: Client;
  readonly interrupt = new AbortController();

  constructor(options: Options = {}) {
    this.estate = new FakeEstate(this.clock, { propagationMs: 5_000, ...options });
    this.metrics = new FakeMetrics(this.estate, options.metrics);
    this.client = new Client(this.estate);
  }

  world(changed: Partial<SwitchoverWorld> = {}): SwitchoverWorld {
    return { ...this.estate.world({ metrics: this.metrics }), replication: async (region) => this.metrics.configuration(region), ...changed };
  }

  request(changed: Partial<SwitchoverRequest> = {}): SwitchoverRequest {
    return { target: WEST, drain: 'listing', fence: true, force: false, limits: { deadline: this.clock.now() + 3_600_000, signal: this.interrupt.signal }, ...changed };
  }

  /** The whole act, under a client that writes all the time. */
  async run(changed: Partial<SwitchoverRequest> = {}, world: Partial<SwitchoverWorld> = {}, times: SwitchoverTimes = SWITCHOVER_TIMES): Promise<SwitchoverOutcome> {
    const publishing = new AbortController();
    void this.metrics.publish(publishing.signal);
    return this.clock.run(async () => {
      const writing = this.client.run();
      await this.clock.sleep(3_000);
      try {
        return await switchOver(this.world(world), this.teller, this.request(changed), times);
      } finally {
        await this.clock.sleep(3_000);
        this.client.stop();
        publishing.abort();
        await writing;
      }
    });
  }

  get active(): string[] {
    return this.estate.plane.active;
  }

  /** Sids of fences in a Region's policy. */
  fences(region: string): string[] {
    const { policy } = this.estate.bucket(region);
    return policy === undefined ? [] : (JSON.parse(policy) as { Statement: { Sid?: string }[] }).Statement.flatMap(({ Sid }) => (Sid?.startsWith('S3FailoverFence') ? [Sid] : []));
  }

  /** Seconds in which no client's write was acknowledged. */
  get longestOutage(): number {
    const times = this.client.acknowledged.map(({ at }) => at);
    return Math.max(...times.slice(1).map((at, index) => at - times[index])) / 1_000;
  }
}

type Method = (...given: never[]) => Promise<unknown>;

/**
 * One process that runs a tool: every call it makes passes here, and so can be counted, delayed and used to interfere. A process that
 * was killed hears no answer and wakes from no sleep.
 */
export class Process {
  calls = 0;
  readonly trace: string[] = [];
  /** Settles when it is killed. */
  readonly dead: Promise<void>;
  private killed = false;
  private die: () => void = () => undefined;

  constructor(
    private readonly inner: SwitchoverWorld,
    /** Before each call is made; may throw in its place. */
    private readonly before: (call: number, name: string) => void | Promise<void> = () => undefined,
  ) {
    this.dead = new Promise((resolve) => (this.die = resolve));
  }

  kill(): void {
    this.killed = true;
    this.die();
  }

  get world(): SwitchoverWorld {
    const { inner } = this;
    const gated = <T extends object>(object: T, label: string): T => new Proxy(object, { get: (target, name) => this.member(target, name, label) });
    const buckets = new Map(inner.estate.regions.map((region) => [region, gated(inner.buckets(region), region)]));
    return {
      ...inner,
      clock: { now: () => inner.clock.now(), sleep: async (milliseconds, signal) => this.alive(inner.clock.sleep(milliseconds, signal)) },
      buckets: (region) => buckets.get(region) ?? inner.buckets(region),
      endpoints: inner.endpoints.map((endpoint) => gated(endpoint, endpoint.region)),
      probe: gated(inner.probe, 'access point'),
      metrics: gated(inner.metrics, 'metrics'),
      register: gated(inner.register, 'register'),
      replication: (region, signal) => this.call(`${region} replication`, () => inner.replication(region, signal)),
    };
  }

  private member(target: object, name: string | symbol, label: string): unknown {
    const value = Reflect.get(target, name) as unknown;
    if (typeof value !== 'function' || typeof name === 'symbol') return value;
    return (...given: never[]) => this.call(`${label} ${name}`, () => (value as Method).apply(target, given));
  }

  private async call<T>(name: string, make: () => Promise<T>): Promise<T> {
    await this.alive();
    this.calls++;
    this.trace.push(name);
    await this.before(this.calls, name);
    await this.alive();
    try {
      return await make();
    } finally {
      await this.alive();
    }
  }

  private async alive<T>(value?: Promise<T>): Promise<T> {
    const got = await value;
    if (this.killed) await new Promise(() => undefined);
    return got as T;
  }
}
