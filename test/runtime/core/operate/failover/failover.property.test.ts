import fc from 'fast-check';
import { setRoutes } from '../../../../../runtime/core/operate/routes-set/routes-set';
import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import { activeRegions, routesWith, sameRoutes } from '../../../../../runtime/core/routes/routes';
import { MemoryTeller } from '../../../support/acting';
import type { Fault, Script } from '../../../support/control-plane';
import { FakeEstate } from '../../../support/fake-estate';
import type { Fate } from '../../../support/intercepted';
import { seeded } from '../../../support/random';
import { VirtualClock } from '../../../support/virtual-clock';
import { FIVE, historyIn, run, WEST } from './acting';
import { falseClaims, operator } from './claims';

/** Set FC_RUNS and FC_SEED to look further. */
const RUNS = Number(process.env.FC_RUNS ?? 120);
const SEED = Number(process.env.FC_SEED ?? 20261124);

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];

const failure = fc.constantFrom('server error', 'unreachable', 'connection lost', 'garbage', 'slow down', 'conflict', 'forbidden', 'wrong Region' as const);
const land = fc.option(fc.constantFrom(0, 50, 3_000, 20_000, 90_000), { nil: undefined });
const readFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: failure.map((fails) => ({ fails }) as Fault) },
  { weight: 1, arbitrary: fc.constant({ silent: true }) },
  { weight: 1, arbitrary: fc.constantFrom(200, 2_000, 8_000).map((latencyMs) => ({ latencyMs })) },
  { weight: 1, arbitrary: fc.constantFrom(...REGIONS).map((region) => ({ tells: routesWith([region], REGIONS) })) },
);
/** What is refused by name has not been done; a lost word may have been. */
const submitFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: failure.map((fails) => ({ fails }) as Fault) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('server error', 'connection lost', 'garbage' as const), land).map(([fails, landsAfterMs]) => ({ fails, landsAfterMs }) as Fault) },
  { weight: 2, arbitrary: land.map((landsAfterMs) => ({ silent: true, landsAfterMs })) },
  { weight: 1, arbitrary: fc.constantFrom(200, 2_000, 8_000).map((latencyMs) => ({ latencyMs })) },
);
const script: fc.Arbitrary<Script> = fc.record({ read: fc.array(readFault, { maxLength: 4 }), submit: fc.array(submitFault, { maxLength: 3 }) });

const scene = fc.record({
  scripts: fc.tuple(...FIVE.map(() => script)).map((all) => Object.fromEntries(FIVE.map((region, index) => [region, all[index]]))),
  dead: fc.subarray(REGIONS),
  silent: fc.boolean(),
  active: fc.constantFrom(['us-east-1'], ['eu-west-1'], ['us-east-1', 'eu-west-1'], [WEST], REGIONS),
  propagationMs: fc.constantFrom(0, 2_000, 60_000),
  force: fc.boolean(),
  asks: fc.boolean(),
  answer: fc.constantFrom('yes' as const, 'yes' as const, 'yes' as const, 'no' as const),
  /** Before which request of the first operator the second begins; what that one wants. */
  other: fc.option(fc.record({ at: fc.integer({ min: 1, max: 45 }), to: fc.constantFrom(WEST, 'eu-west-1'), verb: fc.constantFrom('failover' as const, 'routes set' as const), waits: fc.boolean() }), { nil: undefined }),
  interruptAt: fc.option(fc.integer({ min: 1, max: 45 }), { nil: undefined }),
  deadlineMs: fc.constantFrom(5_000, 60_000, 300_000),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

test('whatever fails: never zero active, no false success, no end without a word, and a second run ends it', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (one) => {
      const clock = new VirtualClock();
      const estate = new FakeEstate(clock, { scripts: one.scripts, active: one.active, propagationMs: one.propagationMs, seed: one.seed });
      for (const region of one.dead) estate.kill(region, one.silent ? 'silent' : 'refused');
      const abort = new AbortController();
      const limits = { deadline: one.deadlineMs, signal: abort.signal };

      const ben = operator(estate, 'ben', undefined, { random: seeded(one.seed + 1) });
      const bens = (world: Parameters<typeof run>[0]) =>
        one.other!.verb === 'failover'
          ? run(world, undefined, { to: one.other!.to, force: true })
          : setRoutes(world, new MemoryTeller(), { routes: routesWith([one.other!.to], REGIONS), force: true, dryRun: false, proof: 'served', limits: { deadline: clock.now() + 200_000 } });
      let running: Promise<unknown> | undefined;
      const ana = operator(estate, 'ana', async (count): Promise<Fate> => {
        if (count === one.interruptAt) abort.abort();
        if (one.other && count === one.other.at) {
          running = ben.begin(bens);
          if (one.other.waits) await running;
        }
        return 'goes on';
      });
      await clock.run(async () => {
        await ana.begin((world) => run(world, new MemoryTeller(one.answer), { force: one.force, asks: one.asks, limits }));
        await running;
      });
      const said = ana.outcome()!;
      expect(falseClaims(estate, ana)).toEqual([]);
      if (running) expect(falseClaims(estate, ben)).toEqual([]);
      if (said.kind === 'declined' || said.kind === 'refused') expect(said.quarantines?.length === 0 || said.change!.pending.length > 0 || said.change!.attempts.length > 0).toBe(true);

      // Everything heals, and what is on its way arrives.
      await clock.pass(400_000);
      const unsure = said.kind === 'unknown' && said.change?.kind === 'unknown' ? said.change.oneOf : undefined;
      if (unsure && !running && estate.plane.submits.length > 0) expect(unsure.some((routes) => sameRoutes(routes, estate.plane.live))).toBe(true);
      for (const region of REGIONS) estate.heal(region);
      const whole = new FakeEstate(clock, { active: activeRegions(estate.plane.live) });
      Object.assign(whole, { buckets: estate.buckets });
      const again = await clock.run(() => run(whole.world({ random: seeded(one.seed + 2) }), undefined, { force: true }));
      expect(again.kind).toBe('served');
      expect(whole.plane.active).toEqual([WEST]);
    }),
    { numRuns: RUNS, seed: SEED },
  );
}, 120_000);

test('every Region that a forced failover may have left is quarantined, wherever the tool stopped', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (one) => {
      const clock = new VirtualClock();
      const estate = new FakeEstate(clock, { scripts: one.scripts, active: ['us-east-1'], seed: one.seed });
      const abort = new AbortController();
      const ana = operator(estate, 'ana', (count) => {
        if (count === one.interruptAt) abort.abort();
        return 'goes on';
      });
      await clock.run(() => ana.begin((world) => run(world, undefined, { limits: { deadline: one.deadlineMs, signal: abort.signal } })));
      await clock.pass(400_000);
      const held = quarantined((await historyIn(estate)).records).map(({ region }) => region);
      if (sameRoutes(estate.plane.live, routesWith([WEST], REGIONS))) expect(held).toContain('us-east-1');
      if (estate.plane.submits.length === 0) expect(held).toEqual([]);
    }),
    { numRuns: RUNS, seed: SEED },
  );
}, 120_000);
