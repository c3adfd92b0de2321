import { DRAINED, type DrainPolicy } from '../../../../runtime/core/lag/drain';
import { DrainGate, type DrainPoll } from '../../../../runtime/core/lag/gate';
import { FakeEstate, type BucketCall } from '../../support/fake-estate';
import { FakeMetrics, ruleIdTo, type FakeMetricsOptions } from '../../support/fake-metrics';
import { VirtualClock } from '../../support/virtual-clock';

const FROM = 'us-east-1';
const TO = 'eu-west-1';
const OTHER = 'us-west-2';
const MINUTE = 60_000;

interface Setting extends FakeMetricsOptions {
  readonly lagMs?: number;
  readonly minutes?: number;
  readonly policy?: DrainPolicy;
  /** Before the gate begins. */
  readonly prepare?: (world: FakeEstate, metrics: FakeMetrics) => void;
  readonly before?: (call: BucketCall, world: FakeEstate) => void;
  /** Between polls. */
  readonly meanwhile?: (world: FakeEstate, atMs: number) => void;
  readonly startMs?: number;
}

/** Polls the gate until it is open, cannot open, or the time is up. */
async function drain({ lagMs = 1_000, minutes = 15, policy = DRAINED, prepare, before, meanwhile, startMs = 0, ...options }: Setting = {}) {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { regions: [FROM, TO, OTHER], lagMs });
  const metrics = new FakeMetrics(world, options);
  prepare?.(world, metrics);
  if (before) world.before = (call) => before(call, world);
  const polls: DrainPoll[] = [];
  const stop = new AbortController();
  const left = await clock.run(async () => {
    void metrics.publish(stop.signal);
    await clock.sleep(startMs);
    const deadline = clock.now() + minutes * MINUTE;
    const gate = new DrainGate(
      { clock, wall: world.wall, metrics, source: world.bucket(FROM), destination: world.bucket(TO), others: [world.bucket(OTHER)], configuration: async () => metrics.configuration(FROM) },
      { runId: 'run', deadline },
      policy,
    );
    let poll: DrainPoll;
    do {
      poll = await gate.poll();
      polls.push(poll);
      meanwhile?.(world, clock.now());
      if (poll.nextPollMs !== undefined) await clock.sleep(poll.nextPollMs);
    } while (poll.nextPollMs !== undefined && clock.now() < deadline);
    const cleaned = await gate.clean();
    stop.abort();
    return cleaned;
  });
  const markers = () => [...world.buckets.values()].flatMap((bucket) => bucket.all.filter(({ key }) => key.includes('.s3-failover/marker/')).map(({ key }) => `${bucket.region}:${key}`));
  return { world, metrics, polls, last: polls.at(-1)!, clock, left, markers: markers() };
}

test('a bucket that was busy and is fenced opens when its last work has arrived', async () => {
  const { last, polls, clock } = await drain({ lagMs: 20_000, startMs: 30_000, prepare: (world) => { for (let i = 0; i < 50; i++) world.bucket(FROM).store(`k${i}`, 'x'); } });
  expect(last).toMatchObject({ open: true, cause: 'drained' });
  expect(polls.some(({ cause }) => cause === 'marker under way')).toBe(true);
  expect(clock.now()).toBeLessThan(8 * MINUTE);
});

test('zeros in consecutive minutes open it sooner than silence does', async () => {
  const zeros = await drain({ zeros: true });
  const silence = await drain({ zeros: false });
  expect([zeros.last.open, silence.last.open]).toEqual([true, true]);
  expect(zeros.clock.now()).toBeLessThan(silence.clock.now());
  expect(zeros.last.reason).toMatch(/no operation was pending/);
  expect(silence.last.reason).toMatch(/as for an idle rule, which is not a count of zero/);
});

test('it stays shut while replication stands still, and never opens by silence', async () => {
  const { last, polls } = await drain({ minutes: 20, prepare: (world) => { world.pause(FROM, TO); world.bucket(FROM).store('k', 'x'); } });
  expect(polls.every(({ open }) => !open)).toBe(true);
  expect(last).toMatchObject({ cause: 'marker under way', report: { kind: 'known', pendingOperations: 2 } });
});

test('a marker that overtakes the work does not open it', async () => {
  const { polls, last, clock } = await drain({
    minutes: 30,
    prepare: (world) => {
      world.lagOf = (key) => (key === 'large' ? 16 * MINUTE : 1_000);
      world.bucket(FROM).store('large', 'x');
    },
  });
  expect(last.open).toBe(true);
  expect(clock.now()).toBeGreaterThan(16 * MINUTE);
  expect(polls.filter(({ cause }) => cause === 'behind').length).toBeGreaterThan(10);
});

test('another marker is sent after a minute that said "pending", and no more than one a minute', async () => {
  const { metrics, world } = await drain({
    minutes: 10,
    prepare: (one) => {
      one.lagOf = (key) => (key === 'large' ? 9 * MINUTE : 1_000);
      one.bucket(FROM).store('large', 'x');
    },
  });
  const sent = world.calls.filter(({ call }) => call === 'putText');
  expect(sent.length).toBeGreaterThan(3);
  for (const [index, { at }] of sent.slice(1).entries()) expect(at - sent[index].at).toBeGreaterThanOrEqual(MINUTE * 0.9);
  expect(metrics.asked.length).toBeLessThanOrEqual(2 * (10 * 4 + 2));
});

test('the markers go through the prefix of the rule, each run with keys of its own, and are removed from every bucket', async () => {
  const { world, markers, left } = await drain({ keyPrefix: 'media/' });
  const keys = world.calls.filter(({ call }) => call === 'putText').map(({ key }) => key);
  expect(keys).toEqual(['media/.s3-failover/marker/us-east-1/run-1']);
  expect([markers, left]).toEqual([[], undefined]);
});

test('a marker that has not arrived everywhere is left, since its removal would count as a failed operation', async () => {
  const { markers } = await drain({ minutes: 1, prepare: (world) => world.pause(FROM, OTHER) });
  expect(markers).toEqual([`${FROM}:.s3-failover/marker/us-east-1/run-1`, `${TO}:.s3-failover/marker/us-east-1/run-1`]);
});

test('markers that an earlier run had to leave are removed once they have arrived, and young ones of others are not', async () => {
  const { markers } = await drain({
    prepare: (world) => {
      const old = world.bucket(FROM).store('.s3-failover/marker/us-east-1/earlier-1', 'x');
      (old as { modifiedAt: number }).modifiedAt -= 2 * 3_600_000;
      world.bucket(FROM).store('.s3-failover/marker/us-east-1/neighbour-1', 'x');
    },
  });
  expect(new Set(markers.map((marker) => marker.split('/').at(-1)))).toEqual(new Set(['neighbour-1']));
});

test('a copy whose origin is gone is removed', async () => {
  const { markers } = await drain({
    prepare: (world) => world.bucket(OTHER).take({ ...world.bucket(OTHER).store('.s3-failover/marker/us-east-1/run-9', 'x', false), origin: false }),
  });
  expect(markers).toEqual([]);
});

test('a write without an answer is sent again under another key, and its copies are removed all the same', async () => {
  let first = true;
  const { world, last, markers } = await drain({
    before: (call, one) => {
      if (call.call !== 'putText' || !first) return;
      first = false;
      one.bucket(FROM).store(call.key!, 'x');
      throw new Error('answer lost');
    },
  });
  expect(last.open).toBe(true);
  expect(world.calls.filter(({ call }) => call === 'putText').map(({ key }) => key!.split('/').at(-1))).toEqual(['run-1', 'run-2']);
  expect(markers).toEqual([]);
});

test('what opens it is looked at again in that moment: a failure published since the last look keeps it shut', async () => {
  const { last, polls } = await drain({
    policy: { ...DRAINED, toleratedMs: MINUTE, inARow: 1, afterMarker: false, quietMs: 0, markerAlone: true },
    prepare: (world, metrics) => {
      const read = metrics.read.bind(metrics);
      const none = { latencySeconds: [], pendingOperations: [], pendingBytes: [] };
      metrics.read = async (...given) =>
        world.clock.now() < 500 ? read(...given) : [{ ruleId: ruleIdTo(TO), ...none, failedOperations: [{ at: world.wall.now(), value: 1 }] }];
    },
  });
  expect(polls.map(({ cause }) => cause)).toEqual(['marker under way', 'failed operations']);
  expect(last.open).toBe(false);
});

test('a dead source is told, poll after poll, and holds up no poll for long', async () => {
  const { polls, clock } = await drain({ minutes: 2, prepare: (world) => world.kill(FROM, 'silent') });
  expect(polls.every(({ cause }) => cause === 'marker not written')).toBe(true);
  expect(polls[0].reason).toMatch(/no marker could be written into us-east-1/);
  expect(clock.now() / polls.length).toBeLessThan(15_000);
});

test('a source that comes back is gone on with', async () => {
  const { last, polls } = await drain({ prepare: (world) => world.kill(FROM, 'refused'), meanwhile: (world, at) => at > MINUTE && world.heal(FROM) });
  expect([polls[0].open, last.open]).toEqual([false, true]);
});

test('rules are read until they can be read', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { regions: [FROM, TO] });
  const metrics = new FakeMetrics(world);
  let tries = 0;
  const configuration = async () => {
    if (++tries === 1) throw new Error('denied');
    return metrics.configuration(FROM);
  };
  const gate = new DrainGate({ clock, wall: world.wall, metrics, source: world.bucket(FROM), destination: world.bucket(TO), configuration }, { runId: 'run', deadline: 60_000, pollMs: 500 }, DRAINED);
  const polls = [await clock.run(() => gate.poll()), await clock.run(() => gate.poll()), await clock.run(() => gate.poll())];
  expect(polls.map(({ cause }) => cause)).toEqual(['rules not read', 'marker under way', 'marker under way']);
  expect([tries, polls[0].nextPollMs]).toEqual([2, 500]);
});

test('it sends no markers through more rules than it would look at', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { regions: [FROM, TO] });
  const metrics = new FakeMetrics(world);
  const [rule] = metrics.configuration(FROM).Rules!;
  const configuration = async () => ({ Role: 'role', Rules: Array.from({ length: 30 }, (_, index) => ({ ...rule, ID: `r${index}` })) });
  const gate = new DrainGate({ clock, wall: world.wall, metrics, source: world.bucket(FROM), destination: world.bucket(TO), configuration }, { runId: 'run', deadline: 60_000 }, DRAINED);
  expect(await clock.run(() => gate.poll())).toMatchObject({ open: false, cause: 'too many rules' });
  expect(world.calls).toEqual([]);
});

test('it says that it cannot open when nothing replicates that way, and writes nothing', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { regions: [FROM, TO] });
  const gate = new DrainGate({ clock, wall: world.wall, metrics: new FakeMetrics(world), source: world.bucket(FROM), destination: world.bucket(TO), configuration: async () => undefined }, { runId: 'run', deadline: 60_000 }, DRAINED);
  const poll = await clock.run(() => gate.poll());
  expect(poll).toMatchObject({ open: false, cause: 'no rule' });
  expect(poll).not.toHaveProperty('nextPollMs');
  expect(world.calls).toEqual([]);
});
