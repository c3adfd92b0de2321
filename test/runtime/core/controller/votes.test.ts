import { freshForMs, policyOf } from '../../../../runtime/core/controller/policy';
import type { SeenReport, Sight } from '../../../../runtime/core/controller/report';
import type { View } from '../../../../runtime/core/controller/view';
import { freshVoters, isWell, selfObjects, tally, unbrokenForMs } from '../../../../runtime/core/controller/votes';
import { A, B, settings, VOTERS } from './estate';
import { viewOf } from './views';

const policy = policyOf(settings());
const FRESH = freshForMs(policy);
const STANDS = Math.max(FRESH, policy.unhealthyForMs);
const ok: Sight = { result: 'ok', elsewhere: true };
const down = (downForMs: number, changed: Partial<Sight> = {}): Sight => ({ result: 'down', downForMs, elsewhere: true, ...changed });

function report(region: string, sight: Sight | undefined, changed: Partial<SeenReport> = {}): SeenReport {
  return { observer: { role: 'voter', region }, boot: 1, sequence: 1, code: 'c', policy: policy.hash, regions: sight ? { [A]: sight } : {}, stillForMs: 0, ageMs: 0, ...changed };
}
const own = (sight: Sight | undefined, changed: Partial<SeenReport> = {}): SeenReport => report(A, sight, { observer: { role: 'self', region: A }, ...changed });
const view = (...reports: SeenReport[]): View => ({ ...viewOf({}, policy), reports });
/** What the three voters say of A, in their order. */
const said = (...sights: (Sight | undefined)[]) => sights.map((sight, index) => report(VOTERS[index], sight));

describe('a voter is heard', () => {
  const heard = (...reports: SeenReport[]) => freshVoters(view(...reports), policy).map(({ observer }) => observer.region);

  test('in the order of the policy, while its report is fresh', () => {
    expect(heard(...said(ok, ok, ok).reverse())).toEqual(VOTERS);
    expect(heard(report(VOTERS[0], ok, { ageMs: FRESH }), report(VOTERS[1], ok, { ageMs: FRESH + 1 }), report(VOTERS[2], ok, { ageMs: undefined }))).toEqual([VOTERS[0]]);
  });

  test('only as a voter of the policy', () => {
    expect(heard(own(ok, { observer: { role: 'self', region: VOTERS[0] } }), report('eu-north-1', ok))).toEqual([]);
  });
});

describe('a Region is called down', () => {
  test('for as long as a majority says at least', () => {
    expect(tally(view(...said(down(9), down(30), down(20))), policy, A)).toEqual({ region: A, votes: 3, downForMs: 20 });
    expect(tally(view(...said(down(100), down(9), ok)), policy, A)).toEqual({ region: A, votes: 2, downForMs: 9 });
    expect(tally(view(...said(down(100), ok, ok)), policy, A)).toEqual({ region: A, votes: 1, downForMs: 0 });
  });

  test.each<[string, SeenReport]>([
    ['has another policy', report(VOTERS[1], down(9), { policy: 'other' })],
    ['reached nothing else', report(VOTERS[1], down(9, { elsewhere: false }))],
    ['says nothing of it', report(VOTERS[1], undefined)],
    ['is not heard', report(VOTERS[1], down(9), { ageMs: FRESH + 1 })],
  ])('by no voter that %s', (_, other) => {
    expect(tally(view(report(VOTERS[0], down(9)), other), policy, A).votes).toBe(1);
  });

  test('never by what every object is born with', () => {
    const born = said(ok, ok, ok).map((one) => ({ ...one, regions: Object.create({ [A]: down(9) }) as { [region: string]: Sight } }));
    expect(tally(view(...born), policy, A).votes).toBe(0);
  });

  test('without a break for as long as a majority saw none, which is as long as it is down where nothing else is said', () => {
    expect(unbrokenForMs(view(...said(down(50, { unbrokenForMs: 5 }), down(40, { unbrokenForMs: 10 }), down(30))), policy, A)).toBe(10);
    expect(unbrokenForMs(view(...said(down(50), down(40, { unbrokenForMs: 10 }), ok)), policy, A)).toBe(10);
  });
});

describe('a Region is well', () => {
  const well = (...reports: SeenReport[]) => isWell(view(...reports), policy, A);

  test('to a majority of the voters that are heard, under one policy', () => {
    expect(well(...said(ok, ok, down(9)))).toBe(true);
    expect(well(...said(ok, down(9), down(9)))).toBe(false);
    expect(well(report(VOTERS[0], ok), report(VOTERS[1], ok, { policy: 'other' }))).toBe(false);
    expect(well(report(VOTERS[0], ok), report(VOTERS[1], ok, { ageMs: FRESH + 1 }))).toBe(false);
  });

  test.each<[string, Sight | undefined, boolean]>([
    ['ok', ok, true],
    ['slow', { result: 'slow', elsewhere: true }, true],
    ['throttled', { result: 'throttled', elsewhere: true }, false],
    ['ok, and still counted as down', { ...ok, downForMs: 1 }, false],
    ['nothing', undefined, false],
  ])('where they say %s: %s', (_, sight, expected) => {
    expect(well(...said(sight, sight, sight))).toBe(expected);
  });

  test('to nobody who finds it slow, where slow counts as down', () => {
    const strict = policyOf(settings({ actOnSlow: true }));
    const slow = said(...Array<Sight>(3).fill({ result: 'slow', elsewhere: true })).map((one) => ({ ...one, policy: strict.hash }));
    expect(isWell(view(...slow), strict, A)).toBe(false);
    expect(isWell(view(...slow.map((one) => ({ ...one, regions: { [A]: ok } }))), strict, A)).toBe(true);
  });

  test('not while its own observer calls it down, as long as that one is heard', () => {
    expect(well(...said(ok, ok, ok), own(down(9)))).toBe(false);
    expect(well(...said(ok, ok, ok), own(ok))).toBe(true);
    expect(well(...said(ok, ok, ok), own(down(9), { ageMs: FRESH + 1 }))).toBe(true);
    expect(well(...said(ok, ok, ok), own(down(9), { observer: { role: 'self', region: B } }))).toBe(true);
  });
});

describe('the Region\'s own observer objects', () => {
  const objects = (...reports: SeenReport[]) => selfObjects(view(...reports), policy, A);

  test.each<[string, Sight | undefined, boolean]>([
    ['well', ok, true],
    ['throttled', { result: 'throttled', elsewhere: false }, true],
    ['failed once', { result: 'down', elsewhere: false }, true],
    ['down', down(9), false],
    ['blind', { result: 'blind', elsewhere: false }, false],
    ['misconfigured', { result: 'misconfigured', elsewhere: false }, false],
    ['nothing', undefined, false],
  ])('where it says %s: %s', (_, sight, expected) => {
    expect(objects(own(sight))).toBe(expected);
  });

  test('for as long as a decision needs, after its last word, and no longer', () => {
    expect(objects(own(ok, { stillForMs: STANDS }))).toBe(true);
    expect(objects(own(ok, { stillForMs: STANDS + 1 }))).toBe(false);
    const short = policyOf(settings({ intervalMs: 2_000, unhealthyForMs: 7_000 }));
    const longest = Math.max(freshForMs(short), short.unhealthyForMs);
    expect([longest, longest + 1].map((stillForMs) => selfObjects(view(own(ok, { stillForMs })), short, A))).toEqual([true, false]);
  });

  test('as itself alone', () => {
    expect(objects()).toBe(false);
    expect(objects(report(A, ok))).toBe(false);
    expect(objects(own(ok, { observer: { role: 'self', region: B } }))).toBe(false);
  });
});
