import { policyOf } from '../../../runtime/core/controller/policy';
import { CONTROL } from '../world/layout';
import { boundPerDay, boundsPerDay, ESTATE, liveDays } from './false-failovers';
import { judgeDay, verdictOf } from './judge';
import { DAY_MS, NOISE, NoisyDay, type Spell } from './noise';
import { settingNamed } from './settings';
import type { Decided } from './skim';

const policyNamed = (name: string) => policyOf({ ...settingNamed(name).given, order: ESTATE, voters: CONTROL });

describe('a noisy day', () => {
  const day = (seed: number, level = 1) => new NoisyDay(seed, ESTATE, CONTROL, level, 10_000);

  test('is decided by its seed, and more of the same happens at a higher level', () => {
    expect(day(3).spells).toEqual(day(3).spells);
    expect(day(4).spells).not.toEqual(day(3).spells);
    const spells = (level: number) => Array.from({ length: 60 }, (_, seed) => day(seed, level).spells.length).reduce((sum, one) => sum + one, 0);
    expect(spells(10) / spells(1)).toBeGreaterThan(8);
    expect(spells(10) / spells(1)).toBeLessThan(12);
  });

  test('shows the same to whoever looks at the same moment, and fails as often as is written down', () => {
    const quiet = Object.assign(day(5), { spells: [] });
    let failed = 0;
    for (let seed = 0; seed < 20; seed++) {
      const one = Object.assign(day(seed), { spells: [] });
      for (let at = 17; at < DAY_MS; at += 10_000) {
        const found = one.probe('voter/us-east-1', 'eu-west-1', at);
        if (found.kind === 'down' || found.kind === 'silence') failed++;
      }
    }
    expect(failed / (20 * 8_640)).toBeGreaterThan(NOISE.single * 0.7);
    expect(failed / (20 * 8_640)).toBeLessThan(NOISE.single * 1.3);
    expect(quiet.probe('self/eu-west-1', 'eu-west-1', 99_000)).toEqual(quiet.probe('self/eu-west-1', 'eu-west-1', 99_000.25));
  });
});

describe('a move is judged by what clients felt', () => {
  const moved = { tick: 600_000 } as Decided;
  const spell = (changed: Partial<Spell>): Spell => ({ kind: 'burst', at: 500_000, until: 700_000, region: 'eu-west-1', observers: 'all', much: 0.5, salt: 1, ...changed });
  const judged = (name: string, spells: Spell[]) => verdictOf(Object.assign(new NoisyDay(1, ESTATE, CONTROL, 1, 10_000), { spells }), policyNamed(name), moved);

  test.each<[string, Spell[], string]>([
    ['half of the requests failed', [spell({})], 'outage'],
    ['a twentieth failed', [spell({ much: 0.05 })], 'false'],
    ['half failed for a few seconds of the time', [spell({ at: 598_000 })], 'false'],
    ['only voters saw anything', [spell({ kind: 'link', observers: 'voters', much: 1 })], 'false'],
    ['another Region failed', [spell({ region: 'us-west-2', much: 1 })], 'false'],
    ['the Region asked to slow down', [spell({ kind: 'throttling', much: 1 })], 'false'],
    ['answers took a second and a half', [spell({ kind: 'slow', much: 40 })], 'slowness'],
    ['answers took longer than anybody waits', [spell({ kind: 'slow', much: 400 })], 'outage'],
  ])('%s', (_, spells, verdict) => expect(judged('2 s', spells)).toBe(verdict));

  test('answers that a longer probe would have waited for are no reason with it', () => {
    expect(judged('10 s', [spell({ kind: 'slow', much: 30 })])).toBe('false');
  });
});

test('a dispute is not ended by one failed look of the Region\'s own observer, nor by a late start of it', () => {
  // Each moved traffic once, from a Region whose clients were served.
  for (const seed of [36, 55, 98]) expect(judgeDay(seed, policyNamed('2 s'), 10)).toBeUndefined();
});

test.each([
  ['2 s', 3175, 2],
  ['10 s, unhealthyFor 120 s', 3175, 2],
  ['5 s', 322, 10],
  ['30 s, least unhealthyFor', 4325, 1],
])('a run of a voter that has just begun does not overrule a Region\'s own observer that is between two runs: %s, seed %i, noise x%i', (name, seed, level) => {
  // Each moved traffic once: whoever had not seen the observer's report move yet took it for none.
  expect(judgeDay(seed, policyNamed(name), level)).toBeUndefined();
});

test('days are counted by what moved traffic in them', () => {
  const moves: string[] = [];
  const lived = liveDays(settingNamed('10 s, least unhealthyFor'), 10, 30, ({ verdict }) => moves.push(verdict));
  expect(lived.days).toBe(30);
  expect(lived.moved.outage).toBe(moves.filter((one) => one === 'outage').length);
  expect(moves.length).toBeGreaterThan(0);
  expect(lived.moved.false).toBe(0);
});

test('the bound of a rate is the rule of three, and with some seen the upper end at 95 %', () => {
  expect(boundPerDay(0, 10_000)).toBe(3e-4);
  // Poisson: 4.744 for one, 7.754 for three (exact one-sided limits).
  expect(boundPerDay(1, 1)).toBeCloseTo(4.744, 3);
  expect(boundPerDay(3, 1)).toBeCloseTo(7.754, 3);
});

test('the rate lies between two bounds, the lower of which is none where none was seen', () => {
  expect(boundsPerDay(0, 10_000)).toEqual({ least: 0, most: 3e-4 });
  // Poisson: 0.0513 for one, 0.8177 for three (exact one-sided limits).
  expect(boundsPerDay(1, 1).least).toBeCloseTo(0.0513, 4);
  expect(boundsPerDay(3, 1).least).toBeCloseTo(0.8177, 4);
  expect(boundsPerDay(3, 1).most).toBe(boundPerDay(3, 1));
});
