import fc from 'fast-check';
import { CallError } from '../../../../../runtime/core/calls/call-error';
import { fenceTerms } from '../../../../../runtime/core/operate/fence/statement';
import { FENCE_TIMES } from '../../../../../runtime/core/operate/fence/times';
import { switchOver } from '../../../../../runtime/core/operate/switchover/switchover';
import type { SwitchoverOutcome } from '../../../../../runtime/core/operate/switchover/world';
import { activeRegions, routesWith } from '../../../../../runtime/core/routes/routes';
import type { Script } from '../../../support/control-plane';
import { seeded } from '../../../support/random';
import { EAST, IRELAND, Process, Scene, ScriptedTeller, WEST } from './support';

const REGIONS = [EAST, WEST, IRELAND];
const ENDPOINTS = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const RUNS = 80;
/** More than an act may take beyond its time: taking back, cleaning up and writing down. */
const AFTERWARDS_MS = 200_000;

/** One thing that goes wrong, at one call of the act. */
const mishap = fc.record({
  call: fc.integer({ min: 1, max: 260 }),
  what: fc.constantFrom('fails', 'answer lost', 'slow', 'policy overwritten', 'policy brought back', 'routes moved', 'second operator', 'Region dies', 'Region heals', 'straggler', 'interrupted'),
  region: fc.constantFrom(...REGIONS),
});

const fault = fc.constantFrom<Script>(
  {},
  { submit: [{ silent: true, landsAfterMs: 200 }, {}] },
  { submit: [{ fails: 'timed out', landsAfterMs: 40_000 }, {}] },
  { submit: [{ fails: 'conflict' }, {}] },
  { submit: [{ fails: 'server error' }, {}] },
  { read: [{ silent: true }], submit: [{ silent: true }] },
  { read: [{}, { fails: 'server error' }, {}] },
);

const estate = fc.record({
  lagMs: fc.constantFrom(200, 3_000, 30_000),
  propagationMs: fc.constantFrom(0, 10_000, 110_000),
  policyMs: fc.constantFrom(0, 2_000, 15_000),
  active: fc.constantFrom([EAST], [EAST, IRELAND], REGIONS),
});

const scenario = fc.record({
  estate,
  faults: fc.array(fc.tuple(fc.constantFrom(...ENDPOINTS), fault), { maxLength: 3 }),
  mishaps: fc.array(mishap, { maxLength: 4 }),
  fence: fc.boolean(),
  drain: fc.constantFrom('listing' as const, 'listing' as const, 'metrics' as const),
  seed: fc.nat(),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function interfere(scene: Scene, { what, region }: Scenario['mishaps'][number], second: () => void): void {
  const bucket = scene.estate.bucket(region);
  const failed = (code: string, status?: number) => new CallError({ call: 's3 Something', region, code, status, reason: 'as the test has it' });
  switch (what) {
    case 'fails':
      throw failed('InternalError', 500);
    case 'answer lost':
      throw failed('ECONNRESET');
    case 'policy overwritten':
      return bucket.setPolicy(undefined);
    case 'policy brought back':
      return bucket.setPolicy(bucket.policy);
    case 'routes moved':
      return scene.estate.plane.move(routesWith([IRELAND], REGIONS));
    case 'second operator':
      return second();
    case 'Region dies':
      return scene.estate.kill(region);
    case 'Region heals':
      return scene.estate.heal(region);
    case 'straggler':
      return void bucket.store(`straggler in ${region}`, 'x');
    case 'interrupted':
      return scene.interrupt.abort();
    case 'slow':
      return;
  }
}

/** A fence never promises itself a longer life than it may have. */
function watchFences(scene: Scene): void {
  const { wall } = scene.estate;
  for (const bucket of scene.estate.buckets.values()) {
    const set = bucket.setPolicy.bind(bucket);
    bucket.setPolicy = (text) => {
      for (const statement of text === undefined ? [] : (JSON.parse(text) as { Statement: unknown[] }).Statement) {
        const terms = fenceTerms(wall, statement);
        if (terms) expect(terms.until! - wall.now()).toBeLessThanOrEqual(FENCE_TIMES.lifetimeMs + 5_000);
      }
      set(text);
    };
  }
}

test('whatever goes wrong: never without an active Region, no fence that outlives its time, no false success, no false "nothing lost", and the same again ends it', async () => {
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(scenario, async ({ estate: options, faults, mishaps, fence, drain, seed }) => {
      const scene = new Scene({ ...options, seed, scripts: Object.fromEntries(faults) });
      watchFences(scene);
      const told: { readonly outcome: SwitchoverOutcome; readonly active: readonly string[]; readonly missing: number }[] = [];
      const tell = (outcome: SwitchoverOutcome) => {
        const missing = scene.client.missingIn(outcome.target).filter(({ region }) => activeRegions(scene.estate.plane.history[0].routes).includes(region) && region !== outcome.target);
        told.push({ outcome, active: scene.active, missing: missing.length });
      };
      const others: Promise<void>[] = [];
      const second = () => {
        others.push(switchOver({ ...scene.world(), random: seeded(seed + 1) }, new ScriptedTeller(), scene.request({ target: IRELAND, fence, limits: { deadline: scene.clock.now() + 900_000 } })).then(tell));
      };
      const tool = new Process(scene.world(), async (call, name) => {
        for (const one of mishaps.filter((candidate) => candidate.call === call)) {
          if (one.what === 'slow') await scene.clock.sleep(8_000);
          else if (!(name.startsWith('register') && one.what === 'fails')) interfere(scene, one, second);
        }
      });
      const publishing = new AbortController();
      void scene.metrics.publish(publishing.signal);
      const deadline = scene.clock.now() + 1_200_000;
      await scene.clock.run(async () => {
        const writing = scene.client.run();
        await scene.clock.sleep(2_000);
        tell(await switchOver(tool.world, scene.teller, scene.request({ fence, drain, limits: { deadline, signal: scene.interrupt.signal } })));
        expect(scene.clock.now()).toBeLessThan(deadline + AFTERWARDS_MS);
        await Promise.all(others);
        scene.client.stop();
        await writing;
      });

      for (const { routes } of scene.estate.plane.history) expect(activeRegions(routes).length).toBeGreaterThan(0);
      for (const { outcome, active, missing } of told) {
        kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
        if (outcome.kind === 'served') expect({ of: outcome.sentence, active }).toEqual({ of: outcome.sentence, active: [outcome.target] });
        if (outcome.nothingLost) expect({ kind: outcome.kind, fence, drain: outcome.level, held: outcome.fences.map(({ held }) => held), missing }).toEqual({ kind: 'served', fence: true, drain: 'listing', held: outcome.fences.map(() => true), missing: 0 });
        else expect(outcome.sentence).not.toMatch(/nothing lost/);
      }

      // All faults over, and every fence lapsed.
      for (const region of REGIONS) scene.estate.heal(region);
      await scene.clock.pass(FENCE_TIMES.lifetimeMs + options.policyMs + 5_000);
      for (const region of REGIONS) await scene.estate.bucket(region).clientPut('afterwards', 'x');
      const again = await scene.clock.run(() => switchOver(scene.world({ random: seeded(seed + 2) }), new ScriptedTeller(), { ...scene.request({ drain: 'listing', waitMs: 120_000 }), limits: { deadline: scene.clock.now() + 3_600_000 } }));
      publishing.abort();
      expect({ sentence: again.sentence, kind: again.kind, active: scene.active }).toEqual({ sentence: again.sentence, kind: 'served', active: [WEST] });
      for (const region of REGIONS) expect(scene.fences(region)).toEqual([]);
    }),
    { numRuns: RUNS, seed: 20261124 },
  );
  // The scenarios reach every end that an act may have.
  for (const kind of ['served', 'refused', 'failed', 'unknown']) expect(kinds.get(kind) ?? 0).toBeGreaterThan(0);
}, 120_000);
