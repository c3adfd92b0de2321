import fc from 'fast-check';
import { decide } from '../../../../runtime/core/controller/decide';
import { policyOf } from '../../../../runtime/core/controller/policy';
import { REASONS } from '../../../../runtime/core/controller/reasons';
import type { Sight } from '../../../../runtime/core/controller/report';
import { ORDER, settings, VOTERS } from './estate';
import { all, ok, stateOf, viewOf, WALL, type Said, type Scene } from './views';

const VETO = { region: VOTERS[0], name: 'orders' };
const RUNS = { numRuns: 3_000 };
const span = fc.oneof(fc.constantFrom(0, 34, 35, 59, 60, 75, 90, 600, 900), fc.integer({ min: 0, max: 2_000 }));
const region = fc.constantFrom(...ORDER);
const sight: fc.Arbitrary<Sight> = fc.record(
  { result: fc.constantFrom('ok', 'slow', 'throttled', 'misconfigured', 'blind', 'down'), elsewhere: fc.boolean(), downForMs: span.map((seconds) => seconds * 1000) },
  { requiredKeys: ['result', 'elsewhere'] },
);
const said: fc.Arbitrary<Said> = fc.oneof({ weight: 3, arbitrary: fc.constant(all(ok)) }, fc.tuple(sight, sight, sight), { weight: 2, arbitrary: span.map((seconds) => all({ result: 'down', elsewhere: true, downForMs: seconds * 1000 })) });
const some = fc.uniqueArray(region, { maxLength: 3 });
const active = fc.uniqueArray(region, { minLength: 1, maxLength: 2 });
const state = fc.record(
  {
    intent: fc.oneof({ weight: 4, arbitrary: region.map((one) => [one]) }, active),
    act: fc.record({ id: fc.constant('x'), kind: fc.constantFrom('failover', 'failback', 'human', 'adopted', 'repair', 'called off'), by: fc.constant('b'), why: fc.constant('w'), from: some, quarantines: some, state: fc.constantFrom('open', 'done', 'done', 'done', 'failed', 'unknown') }),
    excluded: some.map((names) => names.map((name) => ({ region: name, why: 'x' }))),
    quarantined: some,
    doubts: fc.array(fc.record({ epoch: fc.nat(), active, leftMs: fc.nat() }), { maxLength: 2 }),
    brake: fc.record({ by: fc.constant('b'), why: fc.constant('w'), until: fc.constantFrom(0, 0, 0, WALL) }),
  },
  { requiredKeys: [] },
);
const scene: fc.Arbitrary<Scene> = fc.record(
  {
    policy: fc.record({ maxDataLossMs: fc.constantFrom(60_000, 65_000), vetoAlarms: fc.constantFrom([], [VETO]), actOnSlow: fc.boolean(), failback: fc.constant({ kind: 'when drained' as const, forMs: 60_000 }) }, { requiredKeys: [] }),
    self: fc.constantFrom(VOTERS[0], VOTERS[0], ...VOTERS, ...ORDER),
    says: fc.record({ [ORDER[0]]: said, [ORDER[1]]: said, [ORDER[2]]: said }),
    own: fc.dictionary(region, sight),
    ages: fc.tuple(...VOTERS.map(() => fc.oneof({ weight: 5, arbitrary: fc.constant(5) }, fc.option(span, { nil: undefined })))),
    hashes: fc.tuple(...VOTERS.map(() => fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.constant('other')))),
    state,
    coolDownLeft: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, span),
    actAge: span,
    routes: fc.oneof({ weight: 3, arbitrary: fc.constant({ kind: 'not known' as const, reason: 'r' }) }, fc.record({ kind: fc.constant('seen' as const), active: some, confirmed: fc.boolean() })),
    vetoes: fc.constantFrom<Scene['vetoes']>('not asked', [{ ...VETO, state: 'quiet' }], [{ ...VETO, state: 'quiet' }], [{ ...VETO, state: 'in alarm' }], [{ ...VETO, state: 'not known', why: 'w' }]),
    lag: fc.dictionary(region, fc.record({ lagMs: fc.nat(130_000), drainedForMs: fc.nat(120_000) }, { requiredKeys: [] })),
  },
  { requiredKeys: ['says'] },
);

function decisionOn(one: Scene) {
  const policy = policyOf(settings(one.policy));
  const view = viewOf(one, policy);
  return { policy, view, decision: decide(view, policy, WALL) };
}

/** The same, with nothing but the state of Regions in the way of an act: the active one is down for long. */
function pressing(one: Scene): Scene {
  const { brake: _, ...rest } = one.state ?? {};
  const [leaving] = stateOf(rest).intent;
  return { ...one, self: VOTERS[0], ages: [0, 5, 5], hashes: [], state: rest, says: { ...one.says, [leaving]: all({ result: 'down', elsewhere: true, downForMs: 900_000 }) } };
}

/** Regions that a decision would send traffic to. */
function targets(one: Scene): readonly string[] {
  const { decision } = decisionOn(one);
  if (decision.action === 'fail over' || decision.action === 'fail back') return [decision.to];
  return decision.action === 'repair' || decision.action === 'finish' ? decision.active : [];
}

test('is total, and the same for the same view', () => {
  fc.assert(
    fc.property(scene, (one) => {
      const { decision } = decisionOn(one);
      expect(REASONS).toContain(decision.reason);
      expect(decision.sentence).not.toMatch(/undefined|NaN|\[object/);
      expect(decisionOn(one).decision).toEqual(decision);
    }),
    RUNS,
  );
});

test('never intends that no Region is active', () => {
  fc.assert(
    fc.property(scene, (one) => {
      const { decision } = decisionOn(one);
      if ('active' in decision) expect(decision.active.length).toBeGreaterThan(0);
    }),
    RUNS,
  );
});

test('never sends traffic to a Region that is quarantined, excluded, outside the order, or not well to a majority', () => {
  let sent = 0;
  fc.assert(
    fc.property(scene.map(pressing), (one) => {
      const registered = stateOf(one.state);
      for (const target of targets(one)) {
        sent++;
        expect(registered.quarantined).not.toContain(target);
        expect(registered.excluded.map((exclusion) => exclusion.region)).not.toContain(target);
        expect(ORDER).toContain(target);
        const well = (one.says?.[target] ?? all(ok)).filter(({ result, downForMs }) => (result === 'ok' || result === 'slow') && downForMs === undefined);
        expect(well.length).toBeGreaterThanOrEqual(2);
      }
    }),
    RUNS,
  );
  expect(sent).toBeGreaterThan(50);
});

test('moves nothing on the false word of any one observer, the rest sound', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1, 2), fc.record({ [ORDER[0]]: sight, [ORDER[1]]: sight, [ORDER[2]]: sight }), fc.dictionary(region, sight), region, fc.constantFrom(...VOTERS), (liar, lies, own, activeRegion, self) => {
      const says = Object.fromEntries(ORDER.map((name) => [name, VOTERS.map((_, index) => (index === liar ? lies[name] : ok)) as unknown as Said]));
      expect(targets({ says, self, state: { intent: [activeRegion] } })).toEqual([]);
      expect(targets({ own, self, state: { intent: [activeRegion] } })).toEqual([]);
    }),
    RUNS,
  );
});

test('moves nothing over a brake, within a cool-down, or without a majority of fresh voters of one policy', () => {
  fc.assert(
    fc.property(scene, (one) => {
      expect(targets({ ...one, state: { ...one.state, brake: { by: 'a', why: 'b' } } })).toEqual([]);
      expect(targets({ ...one, ages: [5, undefined, 36] })).toEqual([]);
      expect(targets({ ...one, self: VOTERS[0], hashes: [undefined, 'other', undefined], ages: [0, 5, 5] })).toEqual([]);
      const { decision } = decisionOn({ ...one, coolDownLeft: 1 });
      expect(['fail over', 'fail back']).not.toContain(decision.action);
    }),
    RUNS,
  );
});

test('begins no move that a veto alarm holds, or before each was asked; one that cannot be read holds nothing', () => {
  let held = 0;
  fc.assert(
    fc.property(scene.map(pressing), (one) => {
      const vetoed = (vetoes: Scene['vetoes']) => decisionOn({ ...one, policy: { ...one.policy, vetoAlarms: [VETO] }, vetoes }).decision;
      const free = vetoed([{ ...VETO, state: 'quiet' }]);
      const moves = free.action === 'fail over' || free.action === 'fail back';
      const unread = vetoed([{ ...VETO, state: 'not known', why: 'no answer' }]);
      expect(unread.action).toBe(free.action);
      for (const vetoes of ['not asked', [{ ...VETO, state: 'in alarm' }]] as const) {
        const decision = vetoed(vetoes);
        if (moves) {
          held++;
          expect(['hold', 'alarm']).toContain(decision.action);
        } else expect(decision).toEqual(free);
      }
      if (moves) expect(unread.sentence).toContain('no answer');
    }),
    RUNS,
  );
  expect(held).toBeGreaterThan(100);
});
