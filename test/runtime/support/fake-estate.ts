import type { Manifest } from '../../../lib/private/contract';
import { CallError } from '../../../runtime/core/calls/call-error';
import type { OperateWorld } from '../../../runtime/core/operate/act/world';
import type { DrillClient } from '../../../runtime/core/operate/drill/recording';
import { estateOf, type Estate } from '../../../runtime/core/operate/estate';
import { compareKeys } from '../../../runtime/core/operate/key-order';
import type { BucketPort, OpenUpload, ReplicationStatus, Version, VersionCursor, WallClock } from '../../../runtime/core/operate/ports';
import type { MetricsQuery, ReplicationMetrics, RuleMetrics } from '../../../runtime/core/lag/metrics';
import { NO_REGISTER } from '../../../runtime/core/operate/register';
import { activeRegions, routesWith, type Routes } from '../../../runtime/core/routes/routes';
import type { Copy, WriteProbe } from '../../../runtime/core/routes/served';
import { ControlPlane, type Script } from './control-plane';
import type { Table } from '../../../runtime/core/controller/ports';
import { MemoryTable } from '../core/controller/memory-table';
import { MemoryLog } from './log';
import { buckets as bucketNames, manifest } from './manifest';
import { seeded } from './random';
import type { VirtualClock } from './virtual-clock';

/** When the clock shows 0. */
export const EPOCH = Date.UTC(2026, 10, 24, 3, 0, 0);

/** How a Region is dead: it never answers, or it refuses connections. */
export type Death = 'silent' | 'refused';

export interface FakeEstateOptions {
  readonly regions?: readonly string[];
  readonly active?: readonly string[];
  /** Until an object is in the other Regions. */
  readonly lagMs?: number;
  /** Until submitted routes move traffic. */
  readonly propagationMs?: number;
  /** Until a bucket policy that was put is what requests are judged by. */
  readonly policyMs?: number;
  /** One call to a bucket. */
  readonly latencyMs?: number;
  readonly scripts?: { readonly [endpoint: string]: Script };
  readonly manifest?: Partial<Manifest>;
  readonly seed?: number;
}

interface Stored extends Version {
  readonly origin: boolean;
  status?: ReplicationStatus;
  readonly text: string;
}

interface Copying {
  readonly from: string;
  readonly to: string;
  readonly version: Stored;
}

/** One call that arrives at a bucket, for a test to count, delay, fail or use as its moment to interfere. */
export interface BucketCall {
  readonly region: string;
  readonly call: string;
  readonly key?: string;
}

/**
 * Buckets in several Regions behind an access point, as S3 keeps them, on a virtual clock: versions, delete markers, policies with
 * Deny statements, replication with a lag, propagation of routes, Regions that die and heal. It judges what clients were told.
 */
export class FakeEstate {
  readonly estate: Estate;
  readonly plane: ControlPlane;
  readonly log = new MemoryLog();
  /** The controller's table, where the manifest names one. */
  readonly memory: MemoryTable;
  readonly buckets = new Map<string, FakeBucket>();
  readonly calls: (BucketCall & { readonly at: number })[] = [];
  readonly dead = new Map<string, Death>();
  /** Directions `from>to` in which nothing is copied for now. */
  readonly paused = new Set<string>();
  /** Keys whose copy fails for good. */
  failing: (key: string, to: string) => boolean = () => false;
  /** May throw, wait or change the world before a call is done. */
  before: (call: BucketCall) => void | Promise<void> = () => undefined;
  /** What S3 published, by Region; nothing, as for idle rules, unless a test says otherwise. */
  published: (region: string, query: MetricsQuery) => readonly RuleMetrics[] = () => [];
  readonly metrics: ReplicationMetrics = {
    read: async (region, query, signal) => {
      await this.arrive({ region, call: 'metrics' }, signal);
      return this.published(region, query);
    },
  };
  lagOf: (key: string, from: string, to: string) => number;
  readonly options: Required<Omit<FakeEstateOptions, 'scripts' | 'manifest' | 'active'>>;
  readonly wall: WallClock;
  private readonly waiting: Copying[] = [];
  private versions = 0;

  constructor(readonly clock: VirtualClock, options: FakeEstateOptions = {}) {
    this.memory = new MemoryTable(clock);
    const regions = options.regions ?? ['us-east-1', 'us-west-2', 'eu-west-1'];
    this.options = { lagMs: 1_000, propagationMs: 0, policyMs: 0, latencyMs: 20, seed: 1, ...options, regions };
    this.lagOf = () => this.options.lagMs;
    const names = bucketNames(regions);
    const made = manifest(options.manifest);
    this.estate = estateOf({
      ...made,
      accessPoint: { ...made.accessPoint, buckets: names },
      buckets: names,
      routing: options.manifest?.routing ?? { mode: 'failover-order', regions: [...regions] },
    });
    this.plane = new ControlPlane(clock, routesWith(options.active ?? [regions[0]], regions), options.scripts ?? {});
    for (const region of regions) this.buckets.set(region, new FakeBucket(this, region, names[region]));
    this.wall = {
      now: () => EPOCH + clock.now(),
      iso: (at) => new Date(at).toISOString(),
      parse: (text) => (Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text)),
    };
  }

  world(changed: Partial<OperateWorld> = {}): OperateWorld {
    return {
      clock: this.clock,
      random: seeded(this.options.seed),
      log: this.log,
      endpoints: this.plane.endpoints,
      wall: this.wall,
      estate: this.estate,
      buckets: (region) => this.bucket(region),
      probe: this.probe(),
      metrics: this.metrics,
      register: NO_REGISTER,
      who: 'arn:aws:iam::111122223333:user/operator',
      ...changed,
    };
  }

  /** The controller's table as a control Region has it, which dies with the Region. */
  table(region: string): Table {
    const real = this.memory.as(region);
    const arrive = (call: string, key: string, signal: AbortSignal) => this.arrive({ region, call: `table ${call}`, key }, signal);
    return {
      get: async (key, signal) => (await arrive('get', key, signal), real.get(key, signal)),
      list: async (prefix, signal) => (await arrive('list', prefix, signal), real.list(prefix, signal)),
      put: async (key, item, ifRevision, signal) => (await arrive('put', key, signal), real.put(key, item, ifRevision, signal)),
    };
  }

  bucket(region: string): FakeBucket {
    const bucket = this.buckets.get(region);
    if (!bucket) throw new RangeError(`no bucket in '${region}'`);
    return bucket;
  }

  kill(region: string, death: Death = 'silent'): void {
    this.dead.set(region, death);
  }

  heal(region: string): void {
    this.dead.delete(region);
    this.resume();
  }

  pause(from: string, to: string): void {
    this.paused.add(`${from}>${to}`);
  }

  unpause(from: string, to: string): void {
    this.paused.delete(`${from}>${to}`);
    this.resume();
  }

  /** Routes that the data plane follows now. */
  effective(): Routes {
    const until = this.clock.now() - this.options.propagationMs;
    const past = this.plane.history.filter((one) => one.at <= until);
    return (past.at(-1) ?? this.plane.history[0]).routes;
  }

  /** The Region that serves a client of the access point now. */
  serving(): string {
    const active = activeRegions(this.effective());
    return this.estate.members.find((region) => active.includes(region) && !this.dead.has(region)) ?? active[0];
  }

  /** A client's write through the access point: its version, or why it failed. */
  async write(key: string, text = key): Promise<{ readonly region: string; readonly versionId: string }> {
    const region = this.serving();
    return { region, versionId: await this.bucket(region).clientPut(key, text) };
  }

  async remove(key: string): Promise<{ readonly region: string; readonly versionId: string }> {
    const region = this.serving();
    return { region, versionId: await this.bucket(region).clientPut(key, undefined) };
  }

  /** A client that reads, too. */
  client(): DrillClient {
    return {
      ...this.probe(),
      read: async (key, signal) => {
        const region = this.serving();
        await this.arrive({ region, call: 'read', key }, signal);
        const [current] = this.bucket(region).stack(key);
        return current && !current.deleteMarker ? 'found' : 'missing';
      },
    };
  }

  probe(): WriteProbe {
    return {
      regions: this.estate.members,
      write: async (key, signal) => {
        const region = this.serving();
        await this.arrive({ region, call: 'write', key }, signal);
        return this.bucket(region).clientPut(key, 'probe');
      },
      find: async ({ key, versionId }, region, signal): Promise<Copy> => {
        await this.arrive({ region, call: 'find', key }, signal);
        const version = this.bucket(region).stack(key).find((one) => one.versionId === versionId);
        return version ? (version.origin ? 'origin' : 'replica') : 'none';
      },
      removeAll: async (prefix, region, signal) => {
        await this.arrive({ region, call: 'removeAll', key: prefix }, signal);
        this.bucket(region).forget(prefix);
        return [];
      },
    };
  }

  newVersionId(): string {
    this.versions++;
    return `v${String(this.versions).padStart(6, '0')}`;
  }

  /** Every call of a port passes here. */
  async arrive(call: BucketCall, signal: AbortSignal): Promise<void> {
    this.calls.push({ ...call, at: this.clock.now() });
    await this.before(call);
    const failed = (code: string, reason: string) => new CallError({ call: `s3 ${call.call}`, region: call.region, code, reason });
    if (this.dead.get(call.region) === 'silent') await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
    else await this.clock.sleep(this.options.latencyMs, signal);
    if (signal.aborted) throw failed('AbortError', 'Request aborted');
    const death = this.dead.get(call.region);
    if (death) throw failed(death === 'refused' ? 'ECONNREFUSED' : 'TimeoutError', `${call.region} is dead`);
  }

  /** Sends a version that was written to a bucket on its way to all others. */
  replicate(from: string, version: Stored): void {
    for (const to of this.buckets.keys()) if (to !== from) void this.copyLater({ from, to, version });
  }

  /** Copies on their way, held ones included. */
  get onTheWay(): readonly { readonly from: string; readonly to: string; readonly key: string }[] {
    return this.waiting.map(({ from, to, version }) => ({ from, to, key: version.key }));
  }

  private async copyLater(copying: Copying): Promise<void> {
    this.waiting.push(copying);
    await this.clock.sleep(this.lagOf(copying.version.key, copying.from, copying.to));
    this.arriveAt(copying);
  }

  private arriveAt(copying: Copying): void {
    const { from, to, version } = copying;
    const index = this.waiting.indexOf(copying);
    if (index < 0 || this.dead.has(from) || this.dead.has(to) || this.paused.has(`${from}>${to}`)) return;
    this.waiting.splice(index, 1);
    if (this.failing(version.key, to)) {
      version.status = 'FAILED';
      return;
    }
    this.bucket(to).take({ ...version, origin: false, status: 'REPLICA' });
    if (version.status === 'PENDING' && !this.waiting.some((one) => one.version === version)) version.status = 'COMPLETED';
  }

  private resume(): void {
    for (const copying of [...this.waiting]) {
      void this.clock.sleep(this.lagOf(copying.version.key, copying.from, copying.to)).then(() => this.arriveAt(copying));
    }
  }
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

/** One Region's bucket. */
export class FakeBucket implements BucketPort {
  policy?: string;
  readonly uploads: OpenUpload[] = [];
  /** Answers 403 to these calls. */
  readonly denied = new Set<string>();
  private readonly policies: { readonly at: number; readonly text?: string }[] = [];
  private readonly keys = new Map<string, Stored[]>();

  constructor(private readonly world: FakeEstate, readonly region: string, readonly name: string) {}

  /** Versions of a key, newest first. */
  stack(key: string): readonly Stored[] {
    return this.keys.get(key) ?? [];
  }

  /** Every version, in S3's order. */
  get all(): readonly Stored[] {
    return [...this.keys.keys()].sort(compareKeys).flatMap((key) => this.keys.get(key)!);
  }

  /** A client's own write, or with no text its delete: judged by the policy, and replicated. */
  async clientPut(key: string, text: string | undefined): Promise<string> {
    if (this.world.dead.has(this.region)) throw new CallError({ call: 's3 PutObject', region: this.region, code: 'ECONNREFUSED', reason: `${this.region} is dead` });
    const action = text === undefined ? 's3:DeleteObject' : 's3:PutObject';
    if (this.denies(action, key)) throw this.error('PutObject', 'AccessDenied', 403, 'with an explicit deny in a resource-based policy');
    return this.store(key, text).versionId;
  }

  store(key: string, text: string | undefined, replicated = true): Stored {
    const stored: Stored = {
      key,
      versionId: this.world.newVersionId(),
      current: true,
      deleteMarker: text === undefined,
      // As S3 tells it: whole seconds.
      modifiedAt: Math.floor(this.world.wall.now() / 1_000) * 1_000,
      ...(text === undefined ? {} : { size: text.length, etag: `"${text.length}"` }),
      origin: true,
      status: replicated ? 'PENDING' : undefined,
      text: text ?? '',
    };
    this.take(stored);
    if (replicated) this.world.replicate(this.region, stored);
    return stored;
  }

  /** Puts a version where its time says. */
  take(version: Stored): void {
    const rest = this.stack(version.key).filter((one) => one.versionId !== version.versionId);
    const sorted = [...rest, version].sort((a, b) => b.modifiedAt - a.modifiedAt || (a.versionId < b.versionId ? 1 : -1));
    for (const [index, one] of sorted.entries()) (one as { current: boolean }).current = index === 0;
    this.keys.set(version.key, sorted);
  }

  forget(prefix: string): void {
    for (const key of [...this.keys.keys()]) if (key.startsWith(prefix)) this.keys.delete(key);
  }

  /** Whether a Deny of the policy that requests are judged by now hits a client's action on a key. */
  denies(action: string, key: string): boolean {
    const now = this.world.clock.now() - this.world.options.policyMs;
    const text = this.world.options.policyMs === 0 ? this.policy : this.policies.filter((one) => one.at <= now).at(-1)?.text;
    if (text === undefined) return false;
    const statements = (JSON.parse(text) as { Statement: Statement[] }).Statement;
    return statements.some((statement) => statement.Effect === 'Deny' && this.hits(statement, action, `arn:aws:s3:::${this.name}/${key}`));
  }

  async probe(signal: AbortSignal): Promise<{ serverTime: number }> {
    await this.arrive('probe', signal);
    return { serverTime: this.world.wall.now() };
  }

  async putText(key: string, text: string, signal: AbortSignal, { ifAbsent = false } = {}): Promise<{ versionId: string }> {
    await this.arrive('putText', signal, key);
    if (this.denies('s3:PutObject', key)) throw this.error('PutObject', 'AccessDenied', 403, 'with an explicit deny in a resource-based policy');
    const [current] = this.stack(key);
    if (ifAbsent && current && !current.deleteMarker) throw this.error('PutObject', 'PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold');
    return { versionId: this.store(key, text).versionId };
  }

  async getText(key: string, signal: AbortSignal): Promise<string | undefined> {
    await this.arrive('getText', signal, key);
    const [current] = this.stack(key);
    return current && !current.deleteMarker ? current.text : undefined;
  }

  async listKeys(prefix: string, signal: AbortSignal, after = ''): Promise<{ keys: string[]; more: boolean }> {
    await this.arrive('listKeys', signal, prefix);
    const keys = [...this.keys.keys()]
      .filter((key) => key.startsWith(prefix) && compareKeys(key, after) > 0 && !this.stack(key)[0].deleteMarker)
      .sort(compareKeys);
    return { keys: keys.slice(0, 1_000), more: keys.length > 1_000 };
  }

  async removeVersion(key: string, versionId: string, signal: AbortSignal): Promise<void> {
    await this.arrive('removeVersion', signal, key);
    const rest = this.stack(key).filter((one) => one.versionId !== versionId);
    if (rest.length === 0) this.keys.delete(key);
    else {
      (rest[0] as { current: boolean }).current = true;
      this.keys.set(key, rest);
    }
  }

  async readPolicy(signal: AbortSignal): Promise<string | undefined> {
    await this.arrive('readPolicy', signal);
    return this.policy;
  }

  async putPolicy(text: string, signal: AbortSignal): Promise<void> {
    await this.arrive('putPolicy', signal);
    this.setPolicy(text);
  }

  async removePolicy(signal: AbortSignal): Promise<void> {
    await this.arrive('removePolicy', signal);
    this.setPolicy(undefined);
  }

  /** Somebody's change, at once in what is read and after the delay in what is judged. */
  setPolicy(text: string | undefined): void {
    this.policy = text;
    this.policies.push({ at: this.world.clock.now(), text });
  }

  async listVersions(signal: AbortSignal, { prefix = '', after, most = 1_000 }: { prefix?: string; after?: VersionCursor; most?: number } = {}) {
    await this.arrive('listVersions', signal, prefix);
    const all = this.all.filter(({ key }) => key.startsWith(prefix));
    const from = after === undefined ? 0 : all.findIndex((one) => compareKeys(one.key, after.key) > 0 || (one.key === after.key && after.versionId !== undefined && this.isAfter(one, after.versionId)));
    const page = from < 0 ? [] : all.slice(from, from + most);
    const last = page.at(-1);
    const more = from >= 0 && from + most < all.length && last !== undefined;
    return { versions: page.map((one) => ({ ...one })), ...(more ? { next: { key: last.key, versionId: last.versionId } } : {}) };
  }

  async headVersion(key: string, versionId: string, signal: AbortSignal) {
    await this.arrive('headVersion', signal, key);
    const version = this.stack(key).find((one) => one.versionId === versionId);
    return version && { replicationStatus: version.status, deleteMarker: version.deleteMarker };
  }

  async listUploads(signal: AbortSignal) {
    await this.arrive('listUploads', signal);
    return { uploads: [...this.uploads], more: false };
  }

  private isAfter(one: Stored, versionId: string): boolean {
    const stack = this.stack(one.key);
    const marker = stack.findIndex((other) => other.versionId === versionId);
    return stack.indexOf(one) > marker;
  }

  private async arrive(call: string, signal: AbortSignal, key?: string): Promise<void> {
    await this.world.arrive({ region: this.region, call, key }, signal);
    if (this.denied.has(call)) throw this.error(call, 'AccessDenied', 403, 'no identity-based policy allows it');
  }

  private error(call: string, code: string, status: number, reason: string): CallError {
    return new CallError({ call: `s3 ${call}`, region: this.region, code, status, reason });
  }

  private hits(statement: Statement, action: string, resource: string): boolean {
    const list = (value: string | readonly string[] | undefined): readonly string[] => (value === undefined ? [] : typeof value === 'string' ? [value] : value);
    const like = (pattern: string, text: string) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(text);
    if (!list(statement.Action).some((pattern) => like(pattern, action))) return false;
    if (statement.Resource !== undefined && !list(statement.Resource).some((pattern) => like(pattern, resource))) return false;
    if (statement.NotResource !== undefined && list(statement.NotResource).some((pattern) => like(pattern, resource))) return false;
    return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, value]) => {
        if (operator === 'DateLessThan' && key === 'aws:CurrentTime') return list(value).some((until) => this.world.wall.now() < Date.parse(until));
        if (operator === 'Bool' && key === 'aws:SecureTransport') return list(value).includes('true');
        throw new Error(`the fake bucket cannot judge ${operator} ${key}`);
      }),
    );
  }
}
