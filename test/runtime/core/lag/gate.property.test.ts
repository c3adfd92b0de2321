import fc from 'fast-check';
import { DRAINED } from '../../../../runtime/core/lag/drain';
import { DrainGate } from '../../../../runtime/core/lag/gate';
import { FakeEstate } from '../../support/fake-estate';
import { FakeMetrics } from '../../support/fake-metrics';
import { VirtualClock } from '../../support/virtual-clock';

/** Set FC_RUNS and FC_SEED to look further. */
const RUNS = Number(process.env.FC_RUNS ?? 100);
const SEED = Number(process.env.FC_SEED ?? 20261124);

const FROM = 'us-east-1';
const TO = 'eu-west-1';
const MINUTE = 60_000;

const time = fc.integer({ min: 0, max: 14 * MINUTE });
const event = fc.oneof(
  fc.record({ at: time, what: fc.constantFrom('pause' as const, 'unpause' as const), region: fc.constant(FROM), silent: fc.constant(true) }),
  fc.record({ at: time, what: fc.constant('heal' as const), region: fc.constantFrom(FROM, TO), silent: fc.constant(true) }),
  fc.record({ at: time, what: fc.constant('kill' as const), region: fc.constantFrom(FROM, TO), silent: fc.boolean() }),
);
const worlds = fc.record({
  /** Lags of what was written before the gate: behind a fence nothing follows. */
  lags: fc.array(fc.integer({ min: 0, max: 12 * MINUTE }), { maxLength: 6 }),
  events: fc.array(event, { maxLength: 6 }),
  markerLagMs: fc.integer({ min: 0, max: 90_000 }),
  delayMs: fc.integer({ min: 0, max: 2 * MINUTE }),
  zeros: fc.boolean(),
  startMs: fc.integer({ min: 0, max: 2 * MINUTE }),
});

/** What once opened the gate too early, or kept it shut for ever. */
const REGRESSIONS: Parameters<Parameters<typeof worlds.map>[0]>[0][] = [
  // Silence counted from the marker's write: the minute after it landed was not published yet.
  { lags: [170_283], events: [{ at: 80_302, what: 'pause', region: FROM, silent: true }], markerLagMs: 80_281, delayMs: 90_881, zeros: false, startMs: 89_980 },
  // A marker slower than a minute was taken for somebody's work, for ever.
  { lags: [376_537], events: [{ at: 206_998, what: 'kill', region: FROM, silent: false }], markerLagMs: 81_287, delayMs: 29_205, zeros: false, startMs: 103_464 },
  // The Region died before the minute of the last marker was published, and nobody sent another.
  { lags: [660_001], events: [{ at: 591_681, what: 'kill', region: FROM, silent: false }], markerLagMs: 0, delayMs: 0, zeros: false, startMs: 78_390 },
];

test('behind a fence the gate never opens before everything has arrived, and does open once all is well', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ lags, events, markerLagMs, delayMs, zeros, startMs }) => {
      const clock = new VirtualClock();
      const world = new FakeEstate(clock, { regions: [FROM, TO] });
      const metrics = new FakeMetrics(world, { delayMs, zeros });
      const stop = new AbortController();
      const lagOf = new Map(lags.map((lag, index) => [`k${index}`, lag]));
      world.lagOf = (key) => lagOf.get(key) ?? markerLagMs;

      await clock.run(async () => {
        void metrics.publish(stop.signal);
        for (const key of lagOf.keys()) world.bucket(FROM).store(key, 'x');
        await clock.sleep(startMs);
        for (const one of events) {
          void clock.sleep(one.at, stop.signal).then(() => {
            if (one.what === 'pause') world.pause(FROM, TO);
            else if (one.what === 'unpause') world.unpause(FROM, TO);
            else if (one.what === 'heal') world.heal(one.region);
            else world.kill(one.region, one.silent ? 'silent' : 'refused');
          });
        }
        // In the end all is well, so that the gate must open.
        void clock.sleep(15 * MINUTE, stop.signal).then(() => {
          world.unpause(FROM, TO);
          for (const region of [FROM, TO]) world.heal(region);
        });
        const deadline = clock.now() + 60 * MINUTE;
        const ports = { clock, wall: world.wall, metrics, source: world.bucket(FROM), destination: world.bucket(TO), configuration: async () => metrics.configuration(FROM) };
        const gate = new DrainGate(ports, { runId: 'run', deadline, pollMs: 10_000 }, DRAINED);
        let poll = await gate.poll();
        while (poll.nextPollMs !== undefined && clock.now() < deadline) {
          await clock.sleep(poll.nextPollMs);
          poll = await gate.poll();
        }
        stop.abort();
        expect(poll).toMatchObject({ open: true });
        expect(world.onTheWay.filter(({ to, key }) => to === TO && lagOf.has(key))).toEqual([]);
      });
    }),
    { numRuns: RUNS, seed: SEED, examples: REGRESSIONS.map((world) => [world]) },
  );
}, 120_000);
