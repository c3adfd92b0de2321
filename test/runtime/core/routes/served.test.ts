import { CallError } from '../../../../runtime/core/calls/call-error';
import { PROBE_PREFIX, proveServed, SERVED_TIMES, type Copy, type Landing, type WriteProbe, type Written } from '../../../../runtime/core/routes/served';
import { MemoryLog } from '../../support/log';
import { VirtualClock } from '../../support/virtual-clock';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];

interface Weather {
  /** Region that takes a write at that time, or the reason why none does. */
  readonly takes: (at: number, count: number) => string | Error;
  readonly lagMs?: number;
  readonly silent?: readonly string[];
  readonly keeps?: readonly string[];
  readonly answersAfterMs?: number;
}

/** Buckets that replicate to each other after a lag. */
class Buckets implements WriteProbe {
  readonly regions = REGIONS;
  readonly copies: { key: string; versionId: string; region: string; replica: boolean; at: number }[] = [];
  readonly keys: string[] = [];
  private count = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly weather: Weather,
  ) {}

  async write(key: string, signal: AbortSignal): Promise<string> {
    this.keys.push(key);
    await this.clock.sleep(30, signal);
    const took = this.weather.takes(this.clock.now(), ++this.count);
    if (took instanceof Error) throw took;
    const versionId = `v${this.count}`;
    for (const region of REGIONS) {
      this.copies.push({ key, versionId, region, replica: region !== took, at: this.clock.now() + (region === took ? 0 : (this.weather.lagMs ?? 500)) });
    }
    await this.clock.sleep(this.weather.answersAfterMs ?? 0, signal);
    return versionId;
  }

  async find({ key, versionId }: Written, region: string, signal: AbortSignal): Promise<Copy> {
    if (this.weather.silent?.includes(region)) return new Promise(() => undefined);
    await this.clock.sleep(20, signal);
    const found = this.copies.find((copy) => copy.key === key && copy.versionId === versionId && copy.region === region && copy.at <= this.clock.now());
    return found ? (found.replica ? 'replica' : 'origin') : 'none';
  }

  async removeAll(prefix: string, region: string): Promise<string[]> {
    if (this.weather.silent?.includes(region)) return new Promise(() => undefined);
    if (this.weather.keeps?.includes(region)) return ['AccessDenied'];
    for (const copy of this.copies.filter((one) => one.region === region && one.key.startsWith(prefix) && one.at <= this.clock.now())) {
      this.copies.splice(this.copies.indexOf(copy), 1);
      if (!copy.replica) this.drop(copy.versionId);
    }
    return [];
  }

  /** What is gone at its source is not replicated any more. */
  private drop(versionId: string): void {
    for (const copy of this.copies.filter((one) => one.versionId === versionId && one.at > this.clock.now())) this.copies.splice(this.copies.indexOf(copy), 1);
  }
}

type Options = { targets?: string[]; seconds?: number; signal?: AbortSignal; tell?: (landing: Landing, served: boolean, buckets: Buckets) => void };

async function prove(weather: Weather, { targets = ['us-west-2'], seconds = 120, signal, tell }: Options = {}) {
  const clock = new VirtualClock();
  const buckets = new Buckets(clock, weather);
  const log = new MemoryLog();
  const result = await clock.run(() => proveServed({ clock, log }, buckets, { targets, runId: 'run', limits: { deadline: seconds * 1000, signal }, tell: (landing, served) => tell?.(landing, served, buckets) }));
  expect(clock.pendingTimers).toBe(0);
  expect(clock.now()).toBeLessThanOrEqual(seconds * 1000);
  return { result, buckets, clock, log };
}

test('writes that land in the target for a while are proof', async () => {
  const { result, clock } = await prove({ takes: () => 'us-west-2' });
  expect(result).toMatchObject({ kind: 'served', leftovers: [] });
  expect(clock.now()).toBeGreaterThanOrEqual(SERVED_TIMES.quietMs);
  expect(result.sentence).toMatch(/^served: the last \d+ writes landed in us-west-2/);
});

test('a write elsewhere starts the wait again', async () => {
  const strayAt = 8_000;
  let strayed = false;
  const { result, clock } = await prove({
    takes: (at) => {
      if (strayed || at < strayAt) return 'us-west-2';
      strayed = true;
      return 'us-east-1';
    },
  });
  expect(result.kind).toBe('served');
  expect(clock.now()).toBeGreaterThanOrEqual(strayAt + SERVED_TIMES.quietMs);
});

test('propagation that takes two minutes is waited for', async () => {
  const { result, clock } = await prove({ takes: (at) => (at < 120_000 ? 'us-east-1' : 'us-west-2') }, { seconds: 300 });
  expect(result.kind).toBe('served');
  expect(clock.now()).toBeGreaterThan(120_000 + SERVED_TIMES.quietMs);
  expect(clock.now()).toBeLessThan(160_000);
});

test('traffic that is shared out evenly is never proof', async () => {
  const { result } = await prove({ takes: (_, count) => (count % 4 === 0 ? 'us-east-1' : 'us-west-2') });
  expect(result.kind).toBe('not served');
  expect(result.sentence).toMatch(/not served by us-west-2 so far: of \d+ writes, \d+ in us-west-2, \d+ in us-east-1/);
});

test('one of several active Regions is good enough', async () => {
  const { result } = await prove({ takes: (_, count) => (count % 2 === 0 ? 'us-east-1' : 'us-west-2') }, { targets: ['us-east-1', 'us-west-2'] });
  expect(result.kind).toBe('served');
});

test('a replica is never taken for a landing: the Region that took the write does not answer', async () => {
  const { result } = await prove({ takes: () => 'us-east-1', lagMs: 0, silent: ['us-east-1'] }, { seconds: 60 });
  expect(result.kind).toBe('not served');
  expect(new Set(result.landings.map((landing) => landing.kind))).toEqual(new Set(['lost sight']));
  expect(result.sentence).toMatch(/a replica in us-west-2; a replica in eu-west-1; us-east-1: no answer within/);
});

test('a dead Region elsewhere does not prevent proof, and its copies are reported', async () => {
  const { result } = await prove({ takes: () => 'us-west-2', silent: ['us-east-1'] });
  expect(result.kind).toBe('served');
  expect(result.leftovers).toEqual([{ region: 'us-east-1', reason: expect.stringMatching(/no answer within/) }]);
  expect(result.landings.every((landing) => landing.kind === 'landed')).toBe(true);
});

test('writes that fail break the row', async () => {
  const { result } = await prove({ takes: (_, count) => (count % 3 === 0 ? new Error('503') : 'us-west-2') }, { seconds: 60 });
  expect(result.kind).toBe('not served');
});

test('nothing but failures is told with its reason', async () => {
  const { result } = await prove({ takes: () => new Error('AccessDenied') }, { seconds: 60 });
  expect(result.sentence).toMatch(/not written; the last: AccessDenied/);
  expect(result.leftovers).toEqual([]);
});

test('a caller who may not write is told so after a few tries, and nothing is said of the target', async () => {
  const denial = new CallError({ call: 's3 PutObject', region: 'the access point', code: 'AccessDenied', status: 403, reason: 'no policy allows it' });
  const { result, clock } = await prove({ takes: () => denial });
  expect(result.kind).toBe('not allowed');
  expect(result.landings).toHaveLength(3);
  expect(clock.now()).toBeLessThan(5_000);
});

test('a refusal after a write that landed is waited out: permissions may spread late', async () => {
  const denial = new CallError({ call: 's3 PutObject', region: 'the access point', code: 'AccessDenied', status: 403, reason: 'no policy allows it' });
  const { result } = await prove({ takes: (_, count) => (count > 1 && count < 6 ? denial : 'us-west-2') });
  expect(result.kind).toBe('served');
});

test('that the target serves is told before anything is cleaned up, for a dead Region would hold it up', async () => {
  const told: { served: boolean; copies: number }[] = [];
  const { clock } = await prove({ takes: () => 'us-west-2', silent: ['us-east-1'] }, { tell: (_, served, { copies }) => told.push({ served, copies: copies.length }) });
  expect(told.filter(({ served }) => served)).toHaveLength(1);
  expect(told.at(-1)).toMatchObject({ served: true });
  expect(told.at(-1)!.copies).toBeGreaterThan(0);
  // One call of clean-up, not one for each pass.
  expect(clock.now()).toBeLessThan(SERVED_TIMES.quietMs + 2 * SERVED_TIMES.everyMs + 1.5 * SERVED_TIMES.callMs);
});

test('each write has a key of its own, under the reserved prefix', async () => {
  const { buckets } = await prove({ takes: () => 'us-west-2' });
  expect(new Set(buckets.keys).size).toBe(buckets.keys.length);
  for (const key of buckets.keys) expect(key.startsWith(`${PROBE_PREFIX}run/`)).toBe(true);
});

test('every version is removed from every bucket', async () => {
  const { buckets, result } = await prove({ takes: () => 'us-west-2', lagMs: 700 });
  expect(buckets.copies).toEqual([]);
  expect(result.leftovers).toEqual([]);
});

test('what was written without an answer is removed too', async () => {
  const { buckets, result } = await prove({ takes: () => 'us-west-2', answersAfterMs: 60_000 }, { seconds: 60 });
  expect(new Set(result.landings.map((landing) => landing.kind))).toEqual(new Set(['not written']));
  expect(buckets.keys.length).toBeGreaterThan(1);
  expect(buckets.copies).toEqual([]);
});

test('what may not be removed is reported', async () => {
  const { result, log } = await prove({ takes: () => 'us-west-2', keeps: ['eu-west-1'] });
  expect(result.leftovers).toEqual([{ region: 'eu-west-1', reason: 'AccessDenied' }]);
  expect(result.sentence).toMatch(/probe objects under \.s3-failover\/probe\/ could not be removed in eu-west-1/);
  expect(log.lines).toMatchObject([{ level: 'warn' }]);
});

test('time is kept for cleaning up when the target is never reached', async () => {
  const { result, buckets, clock } = await prove({ takes: () => 'us-east-1' }, { seconds: 40 });
  expect(result.kind).toBe('not served');
  expect(buckets.copies).toEqual([]);
  expect(clock.now()).toBeLessThanOrEqual(40_000);
});

test('a caller who gives up still gets a clean bucket', async () => {
  const controller = new AbortController();
  const { result, buckets } = await prove(
    {
      takes: (_, count) => {
        if (count === 3) controller.abort();
        return 'us-west-2';
      },
    },
    { signal: controller.signal },
  );
  expect(result.kind).toBe('not served');
  expect(result.landings).toHaveLength(3);
  expect(buckets.copies).toEqual([]);
});
