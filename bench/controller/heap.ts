// What a loop's heap holds over many ticks, with outages, acts and runs that end. Prints JSON. Argument: ticks.
import { policyOf } from '../../runtime/core/controller/policy';
import type { Item, Prober, Stored, Table } from '../../runtime/core/controller/ports';
import { Ticker, type Controller } from '../../runtime/core/controller/tick';
import type { Clock } from '../../runtime/core/ports';
import { activeRegions, routesWith } from '../../runtime/core/routes/routes';

const ticks = Number(process.argv[2]);
const ORDER = ['us-east-1', 'us-west-2', 'eu-west-1'];
const VOTERS = ['us-east-1', 'us-east-2', 'us-west-2'];
const ENDPOINTS = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const INTERVAL_MS = 2_000;
/** Looks of one run. */
const RUN_TICKS = 57;
/** The active Region dies so often, for so long. */
const OUTAGE = { every: 2_000, length: 30 };
const SAMPLE_EVERY = 500;

let now = 0;
/** Whatever is called answers at once; who sleeps does so until it is woken. */
const clock: Clock = { now: () => now, sleep: (_ms, signal) => new Promise((resolve) => (signal?.aborted ? resolve() : signal?.addEventListener('abort', () => resolve(), { once: true }))) };
const items = new Map<string, Stored>();
const table: Table = {
  get: async (key) => items.get(key),
  list: async (prefix) => new Map([...items].filter(([key]) => key.startsWith(prefix))),
  put: async (key, item, ifRevision) => {
    const revision = items.get(key)?.revision;
    if (revision !== ifRevision) return 'refused';
    items.set(key, { item: JSON.parse(JSON.stringify(item)) as Item, revision: (revision ?? 0) + 1 });
    return 'written';
  },
};

let routes = routesWith([ORDER[0]], ORDER);
let down: string | undefined;
let probes = 0;
let acts = 0;
const prober: Prober = { probe: async (region) => (++probes % 997 === 0 || region === down ? { kind: 'down', reason: `500 InternalError ${probes}` } : { kind: 'ok', ms: 30 }) };
const endpoints = ENDPOINTS.map((region) => ({
  region,
  read: async () => ({ ok: true as const, value: routes }),
  submit: async (_: unknown, wanted: typeof routes) => {
    routes = wanted;
    acts++;
    return { ok: true as const, value: undefined };
  },
}));
const policy = policyOf({ order: ORDER, voters: VOTERS, intervalMs: INTERVAL_MS, coolDownMs: 600_000 });
const quiet = () => undefined;

function ticker(role: 'voter' | 'self', region: string): Ticker {
  const world = {
    clock,
    wall: { now: () => now, iso: String, parse: Number },
    random: () => 0.5,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    table,
    prober,
    lag: { read: async () => undefined },
    notices: { decided: async () => undefined, reported: async () => undefined, acted: async () => undefined },
    endpoints,
    accessPoint: { arn: 'arn:aws:s3::111122223333:accesspoint/bench.mrap', partition: 'aws', account: '111122223333', alias: 'bench.mrap' },
  };
  return new Ticker({ world, policy, self: { role, region }, code: 'now' } as unknown as Controller);
}

async function main(): Promise<void> {
  const observers = [...VOTERS.map((region) => ['voter', region] as const), ...ORDER.map((region) => ['self', region] as const)];
  const running = observers.map(([role, region]) => ticker(role, region));
  const { signal } = new AbortController();
  const at: { ticks: number; heapMiB: number }[] = [];
  let most = 0;
  for (let tick = 1; tick <= ticks; tick++) {
    now += INTERVAL_MS;
    // A turn of Node's own loop, as a real tick has: what is only weakly held goes then.
    await new Promise((resolve) => setImmediate(resolve));
    const phase = tick % OUTAGE.every;
    if (phase === 0) down = activeRegions(routes)[0];
    if (phase === OUTAGE.length) down = undefined;
    // The Regions that were left may be chosen again, as after a person's word.
    if (phase === OUTAGE.length + 1) forgive();
    // All but the first voter are of a run that ends; the first one shows what a single one would keep.
    observers.forEach(([role, region], index) => {
      if (index > 0 && (tick + 9 * index) % RUN_TICKS === 0) running[index] = ticker(role, region);
    });
    for (const [index, one] of running.entries()) if (observers[index][1] !== down || observers[index][0] === 'voter') await one.tick(signal);
    if (tick % SAMPLE_EVERY === 0) most = Math.max(most, process.memoryUsage().heapUsed);
    if (tick === 1_000 || tick === ticks / 10 || tick === ticks) at.push({ ticks: tick, heapMiB: used() });
  }
  if (acts < ticks / OUTAGE.every / 2) throw new Error(`only ${acts} submits: the loop did not act`);
  console.log(JSON.stringify({ at, mostMiB: most / 2 ** 20, rssMiB: process.memoryUsage.rss() / 2 ** 20, acts, observers: observers.length }));
}

function forgive(): void {
  const register = items.get('register');
  if (register) items.set('register', { item: { ...register.item, quarantined: [], excluded: [] }, revision: register.revision + 1 });
}

function used(): number {
  (globalThis as unknown as { gc(): void }).gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

void main();
