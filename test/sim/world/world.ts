import { CallError } from '../../../runtime/core/calls/call-error';
import type { Item, Stored } from '../../../runtime/core/controller/ports';
import type { Log } from '../../../runtime/core/ports';
import { describeRoutes, type Routes } from '../../../runtime/core/routes/routes';
import { Chance } from '../faults/chance';
import { describeEpisode, EVERYWHERE, type Episode, type Verb } from '../faults/episode';
import { inject } from '../faults/inject';
import type { Aimed, Plan, Settings } from '../faults/plan';
import type { Invariant } from '../invariants/invariant';
import { NEVER } from './abort';
import { Alarms, SimAlarms } from './alarms';
import { Backlog, SimMetrics } from './backlog';
import { Clients } from './clients';
import type { Core, Env } from './core';
import { SimEndpoint, type Fate } from './endpoints';
import type { Doer, Fact, Submit } from './facts';
import { Beats, SimHeartbeats } from './heartbeats';
import { layoutOf, type Layout } from './layout';
import { Network } from './network';
import { dataSideOf } from './objects/reach';
import { Side } from './objects/side';
import { Phases, type Phase } from './phase';
import { activeOnly, Plane } from './plane';
import { SimProber, type Lie } from './prober';
import { Process, type CallKind } from './process';
import { Seeds, type Stream } from './random';
import { Region } from './regions';
import type { RegisterFacts } from './register-facts';
import { RUN_MS, startSchedules } from './schedules';
import { Items, SimTable, type TableFate } from './table';
import { Time } from './time';
import { Transport } from './transport';

export interface Violation {
  readonly invariant: string;
  readonly at: number;
  readonly text: string;
}

export interface Trace {
  note(at: number, who: string, text: string): void;
}

/** A schedule that does more than this is stuck in one moment. */
const MOST_HAPPENINGS = 3_000_000;
/** Wall clocks of the world start here. */
const EPOCH_MS = Date.UTC(2026, 0, 1);
const ACCESS_POINT = { arn: 'arn:aws:s3::123456789012:accesspoint/simulated.mrap', partition: 'aws', account: '123456789012', alias: 'simulated.mrap' };
const REPORTS_OF_VOTERS = 'report/voter/';
const NO_LOG: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** One simulated estate: everything that the controller's code can reach, and the truth about it. */
export class World {
  readonly time = new Time();
  readonly seeds: Seeds;
  readonly layout: Layout;
  readonly network: Network;
  readonly plane: Plane;
  readonly items = new Items();
  readonly alarms = new Alarms();
  /** Where a bound to what may be lost is set, or something goes back by itself, and so somebody asks for the lag. */
  readonly beats: Beats | undefined;
  /** Where something goes back by itself. */
  readonly backlog: Backlog | undefined;
  /** Buckets and writers, in schedules that have them. */
  readonly side: Side | undefined;
  readonly clients: Clients;
  readonly transport: Transport;
  readonly chance: Chance;
  readonly noise: Stream;
  readonly lies = new Map<string, Lie>();
  readonly blind = new Map<string, string>();
  /** Whose credentials are too old. */
  readonly expired = new Set<Doer['kind']>();
  /** Observers whose next runs are of another version, with other settings: a deployment under way. */
  readonly otherVersion = new Set<string>();
  /** Above 0: no application writes. */
  idle = 0;
  /** Probability that a probe fails, by Region probed or observer. */
  readonly noises = new Map<string, number>();
  /** By voter: of which version its last report was, and since when it has reported so without a break. */
  readonly voices = new Map<string, { readonly version: 'now' | 'next'; readonly since: number; readonly at: number }>();
  readonly submits: Submit[] = [];
  readonly counts = { probes: 0, lies: 0, runs: 0, reads: 0, submitsOfController: 0, tableCalls: 0 };
  readonly faults = new Map<string, number>();
  readonly sentences = new Map<string, number>();
  readonly staleMs: number;
  violation: Violation | undefined;
  register: RegisterFacts | undefined;
  /** Uses of the command, one process each. */
  readonly people: Process[] = [];
  private readonly judges = new Map<Fact['kind'], Invariant[]>();
  private readonly regions = new Map<string, Region>();
  private processes: Process[] = [];
  private readonly clocks: Stream;
  private readonly latency: Stream;
  private readonly slowness: Stream;
  private readonly chanceOfProcesses: Stream;
  private readonly skews = new Map<string, number>();
  private readonly phases = new Phases();
  private aimed: readonly Aimed[];
  private others: Settings | undefined;

  constructor(
    /** As drawn, and what was kept for a moment once that has come. */
    public plan: Plan,
    private readonly core: Core,
    readonly invariants: readonly Invariant[],
    private readonly trace?: Trace,
  ) {
    this.seeds = new Seeds(plan.seed);
    this.aimed = plan.aimed ?? [];
    for (const invariant of invariants) for (const kind of invariant.judges) this.judges.set(kind, [...(this.judges.get(kind) ?? []), invariant]);
    this.layout = layoutOf(plan.data);
    this.network = new Network(this.layout.places);
    for (const place of this.layout.places) this.regions.set(place, new Region(place, () => this.time.now));
    this.plane = new Plane(this.time, this.layout.edges, this.seeds.of('propagation'), activeOnly(plan.begins ?? plan.data[0], plan.data));
    const goesBack = plan.settings.failback?.kind === 'when drained';
    this.beats = plan.settings.maxDataLossMs === undefined && !goesBack ? undefined : new Beats(this);
    this.side = plan.objects ? new Side(this, EPOCH_MS, ACCESS_POINT.arn, plan.objects) : undefined;
    this.backlog = goesBack ? new Backlog(this) : undefined;
    this.clients = new Clients(this.time, this.layout.edges, this.plane, (name) => this.region(name), this.network, (region) => this.took(region), () => this.slowFor(this.slowness), plan.settings.probeTimeoutMs);
    this.latency = this.seeds.of('latency');
    this.slowness = this.seeds.of('slow clients');
    this.transport = new Transport(this.time, this.network, this.latency);
    this.chance = new Chance(this.seeds, plan, () => this.isQuiet, () => this.phase, (fault, who) => this.count(fault, who));
    this.noise = this.seeds.of('noise');
    this.clocks = this.seeds.of('clocks');
    this.chanceOfProcesses = this.seeds.of('processes');
    this.staleMs = plan.staleMs ?? this.seeds.of('stale').between(5_000, 300_000);
    for (const place of this.layout.places) this.skews.set(place, this.clocks.chance(0.1) ? this.clocks.between(-300_000, 300_000) : this.clocks.between(-200, 200));
  }

  /** Lets the whole schedule happen, or as much of it as is `enough`. Stops at the first violation. */
  run(enough: () => boolean = () => false): void {
    const { plan, core } = this;
    const first = plan.fresh ? undefined : core.firstRegister?.(plan.settings, plan.data, plan.begins ?? plan.data[0]);
    if (first) {
      this.items.put(core.registerKey, first, undefined);
      this.register = core.readRegister(first);
    }
    inject(this, plan.episodes);
    startSchedules(this);
    this.clients.start();
    this.time.at(plan.quietFrom, () => this.tell({ kind: 'quiet', at: this.time.now }));
    this.time.runUntil(plan.durationMs, () => this.violation !== undefined || this.time.happened > MOST_HAPPENINGS || enough());
    if (this.time.happened > MOST_HAPPENINGS) this.violate('bounded', `more than ${MOST_HAPPENINGS} things happened by then: something turns without waiting`);
    if (!this.violation) this.tell({ kind: 'end', at: this.time.now });
  }

  /** A Region has taken a client's request: a write, unless applications are at rest. */
  private took(region: string): void {
    if (this.idle > 0) return;
    this.side?.writers.write(region);
    this.backlog?.write(region);
  }

  get isQuiet(): boolean {
    return this.time.now >= this.plan.quietFrom;
  }

  /** Of the version that a deployment brings: a little more patient. */
  private get otherSettings(): Settings {
    const { settings } = this.plan;
    const { intervalMs, unhealthyForMs, disputedForMs } = settings;
    return (this.others ??= { ...settings, unhealthyForMs: unhealthyForMs + intervalMs, disputedForMs: disputedForMs + intervalMs });
  }

  /** What an act is about when something goes wrong. */
  get phase(): Phase {
    return this.phases.of(this.time.now, () => this.plane.active.some((region) => !this.region(region).serves));
  }

  /** An act went a step further: what was kept for this moment begins. */
  private stepped(): void {
    const { plan } = this;
    if (this.aimed.length === 0 || this.isQuiet) return;
    const phase = this.phase;
    const due = this.aimed.filter((one) => one.phase === phase);
    if (due.length === 0) return;
    this.aimed = this.aimed.filter((one) => one.phase !== phase);
    const now = this.time.now;
    const episodes = due.map(({ afterMs, episode }): Episode => ({ ...episode, at: now + afterMs, forMs: Math.min(episode.forMs, Math.max(0, plan.quietFrom - now - afterMs)) }));
    this.plan = { ...plan, episodes: [...plan.episodes, ...episodes] };
    inject(this, episodes);
  }

  region(name: string): Region {
    const region = this.regions.get(name);
    if (!region) throw new Error(`no such Region: ${name}`);
    return region;
  }

  /** Two of three replicas see each other, the asked one among them. */
  hasQuorum(replica: string): boolean {
    const { control } = this.layout;
    return control.some((other) => other !== replica && this.region(other).hasTable && this.network.both(replica, other));
  }

  /** Without two of three control Regions nobody can write the register, and so nobody may act. */
  get hasMajority(): boolean {
    return this.layout.control.filter((region) => this.region(region).hasTable && this.region(region).computes).length * 2 > this.layout.control.length;
  }

  noiseOf(region: string, observer: string): number {
    if (this.isQuiet) return 0;
    return Math.max(this.plan.rates['probe fails by chance'], this.noises.get(region) ?? 0, this.noises.get(EVERYWHERE) ?? 0, this.noises.get(observer) ?? 0);
  }

  slowMs(): number {
    return this.slowFor(this.latency);
  }

  private slowFor(random: Stream): number {
    return random.heavy(3_000, 30_000);
  }

  fateOf(_submit: Submit): Fate {
    return this.chance.fate();
  }

  tableFate(call: CallKind): TableFate {
    this.counts.tableCalls++;
    return this.chance.tableFate(call);
  }

  /** How far a place's time of day is off. */
  skewOf(place: string): number {
    return this.skews.get(place) ?? 0;
  }

  process(kind: Doer['kind'], name: string, region: string): Process {
    const process = new Process(this.time, this.chance, kind, `${name}#${this.counts.runs++}`, region, {
      offset: this.chanceOfProcesses.between(0, 1e9),
      rate: this.chanceOfProcesses.between(0.999, 1.001),
    });
    if (this.processes.length > 64) this.processes = this.processes.filter((one) => one.alive);
    this.processes.push(process);
    return process;
  }

  watch(process: Process, work: Promise<void>): void {
    const done = (error?: unknown) => {
      if (!process.alive) return;
      process.kill();
      this.tell({ kind: 'run ended', at: this.time.now, by: process, error });
      if (error !== undefined) this.note(process.name, `ended with ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    };
    work.then(() => done(), done);
  }

  /** Starts the code under test in a process of its own. */
  startRun(process: Process, role: 'voter' | 'self'): void {
    this.note(process.name, 'starts');
    this.watch(process, this.core.run(this.env(process, role), RUN_MS));
  }

  killAll(region: string): void {
    for (const process of this.processes) if (process.region === region) process.kill();
  }

  freezeAll(region: string, forMs: number): void {
    for (const process of this.processes) if (process.region === region) process.freeze(forMs);
  }

  /** A bare submit by a person who reads the card, with no register asked. */
  card(target: string, endpoint: string): void {
    const process = this.process('person', 'card', this.layout.desk);
    const at = new SimEndpoint(this, process, endpoint);
    this.watch(process, at.submit(ACCESS_POINT, activeOnly(target, this.layout.data), NEVER).then(() => undefined));
  }

  /** Nothing is replicated from one Region to another for a while; with one Region named, nothing to it and from it. */
  nothingPasses(from: string, to: string | undefined, forMs: number): void {
    for (const objects of [this.side?.objects, this.beats?.objects, this.backlog?.objects]) {
      if (to === undefined) objects?.outage(from, this.time.now + forMs);
      else objects?.hold(from, to, this.time.now + forMs);
    }
  }

  /** Whoever writes a policy from a template knows nothing of a fence. */
  writePolicy(region: string): void {
    this.side?.putPolicy(this.process('person', 'deployment', this.layout.desk), region, undefined);
  }

  person(verb: Verb, region: string, interruptedAfterMs?: number): void {
    if (!this.core.person) return;
    const process = this.process('person', `person ${verb}`, this.layout.desk);
    this.people.push(process);
    this.note(process.name, `${verb} ${region}`);
    const interrupt = new AbortController();
    if (interruptedAfterMs !== undefined) process.deliver(this.time.now + interruptedAfterMs, () => interrupt.abort());
    this.watch(
      process,
      this.core.person({ ...this.env(process, 'voter'), signal: interrupt.signal }, verb, region).then(
        (told) => {
          if (verb === 'pause') this.tell({ kind: 'brake returned', at: this.time.now });
          if (!told) return;
          this.note(process.name, `${told.outcome}: ${told.sentence}`);
          this.tell({ kind: 'person told', at: this.time.now, by: process, told });
        },
        (error: unknown) => {
          if (!(error instanceof CallError)) throw error;
          this.note(process.name, error.message);
        },
      ),
    );
  }

  submitLeft(process: Process, endpoint: string, routes: Routes): Submit {
    const { held } = process;
    const submit: Submit = {
      number: this.submits.length,
      by: process,
      endpoint,
      routes,
      leftAt: this.time.now,
      epoch: held?.epoch,
      claimedAt: held?.at,
      claimed: held?.intent,
      claimedFrom: held?.from,
      claimedAs: held?.as,
      frozenMs: held ? process.frozenMs - held.frozenBefore : 0,
      unseenMs: process.inHandMs + (held ? process.stoppedMs - held.stoppedBefore : 0),
    };
    this.submits.push(submit);
    this.phases.left(this.time.now);
    if (process.kind === 'controller') this.counts.submitsOfController++;
    this.note(process.name, `submit ${submit.number} leaves for ${endpoint}: ${describeRoutes(routes)}, epoch ${submit.epoch ?? 'none'}`);
    this.tell({ kind: 'submit left', at: this.time.now, submit });
    this.stepped();
    return submit;
  }

  /** Its sender has an answer, or waits no longer. */
  submitEnded(): void {
    this.phases.ended(this.time.now);
    this.stepped();
  }

  apply(submit: Submit): void {
    const before = this.plane.routes;
    const after = this.plane.apply(submit);
    this.note('routes', `submit ${submit.number} by ${submit.by.name} takes effect: ${describeRoutes(after)}`);
    this.tell({ kind: 'routes applied', at: this.time.now, submit, before, after });
  }

  written(process: Process, key: string, stored: Stored | undefined, item: Item): void {
    if (key !== this.core.registerKey) {
      if (key.startsWith(REPORTS_OF_VOTERS)) this.heard(key.slice(REPORTS_OF_VOTERS.length), process.version);
      return;
    }
    const before = stored && this.core.readRegister(stored.item);
    const after = this.core.readRegister(item);
    this.register = after;
    if (after.epoch > (before?.epoch ?? 0)) {
      process.held = { epoch: after.epoch, at: this.time.now, intent: after.intent, from: before?.intent ?? [], as: after.act, frozenBefore: process.frozenMs, stoppedBefore: process.stoppedMs };
      if (process.kind === 'controller') this.phases.claimed(this.time.now, after);
    }
    this.note(process.name, `register: epoch ${after.epoch}, intent ${after.intent.join('+')}${after.braked ? ', braked' : ''}${after.excluded.length > 0 ? `, excluded ${after.excluded.join('+')}` : ''}`);
    this.tell({ kind: 'register written', at: this.time.now, by: process, before, after });
    this.stepped();
  }

  /** A voter's report is in the table. */
  private heard(voter: string, version: 'now' | 'next'): void {
    const { now } = this.time;
    const last = this.voices.get(voter);
    const goesOn = last && last.version === version && now - last.at <= 2 * this.plan.settings.intervalMs;
    this.voices.set(voter, { version, since: goesOn ? last.since : now, at: now });
  }

  faultBegan(episode: Episode): void {
    this.count(episode.kind === 'noise' && episode.of === EVERYWHERE ? 'noise everywhere' : 'state' in episode ? `${episode.kind} ${episode.state}` : episode.kind, describeEpisode(episode).slice(10));
  }

  tell(fact: Fact): void {
    for (const invariant of this.judges.get(fact.kind) ?? []) {
      if (this.violation) return;
      invariant.see(fact, this);
    }
  }

  violate(invariant: string, text: string): void {
    this.violation ??= { invariant, at: this.time.now, text };
    this.note('VIOLATION', `${invariant}: ${text}`);
  }

  note(who: string, text: string): void {
    this.trace?.note(this.time.now, who, text);
  }

  private count(fault: string, who: string): void {
    const name = `${fault} | ${this.phase}`;
    this.faults.set(name, (this.faults.get(name) ?? 0) + 1);
    this.note('fault', `${fault} ${who}`);
  }

  private env(process: Process, role: 'voter' | 'self'): Env {
    const { plan, layout } = this;
    const { control } = layout;
    const replica = control.includes(process.region) ? process.region : control[Math.abs(process.region.length) % control.length];
    const skew = this.skewOf(process.region);
    const observer = process.name.slice(0, process.name.indexOf('#'));
    const other = this.otherVersion.has(observer);
    process.version = other ? 'next' : 'now';
    return {
      clock: process,
      wall: () => EPOCH_MS + this.time.now + skew,
      random: this.chanceOfProcesses.next,
      log: this.trace ? this.logOf(process) : NO_LOG,
      table: new SimTable(this, process, replica, observer),
      prober: new SimProber(this, process, observer),
      endpoints: layout.endpoints.map((endpoint) => new SimEndpoint(this, process, endpoint)),
      accessPoint: ACCESS_POINT,
      settings: other ? this.otherSettings : plan.settings,
      version: other ? 'next' : 'now',
      data: plan.data,
      voters: control,
      role,
      region: process.region,
      boot: process.name,
      signal: NEVER,
      decided: (action, sentence) => this.decided(process, action, sentence),
      ...(plan.settings.vetoAlarms && { alarms: new SimAlarms(this, process) }),
      ...(this.backlog && { metrics: new SimMetrics(this, this.backlog, process, EPOCH_MS) }),
      ...(this.beats && { heartbeats: new SimHeartbeats(this, this.beats, process) }),
      ...(this.side && process.kind === 'person' && { objects: dataSideOf(this, this.side, process) }),
    };
  }

  private decided(process: Process, action: string, sentence: string): void {
    this.sentences.set(action, (this.sentences.get(action) ?? 0) + 1);
    this.note(process.name, `${action}: ${sentence}`);
    this.tell({ kind: 'decided', at: this.time.now, by: process, action, sentence });
    this.stepped();
  }

  private logOf(process: Process): Log {
    const say = (message: string, fields?: object) => this.note(process.name, fields ? `${message} ${JSON.stringify(fields)}` : message);
    return { debug: say, info: say, warn: say, error: say };
  }
}
