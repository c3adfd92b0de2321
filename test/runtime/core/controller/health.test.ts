import { answered, HealthMemory } from '../../../../runtime/core/controller/health';
import { freshForMs, policyOf, type PolicySettings } from '../../../../runtime/core/controller/policy';
import type { ProbeResult } from '../../../../runtime/core/controller/ports';
import { A, settings } from './estate';

const RESULTS: { readonly [letter: string]: ProbeResult } = {
  D: { kind: 'down', reason: '' },
  U: { kind: 'ok', ms: 1 },
  S: { kind: 'slow', ms: 1 },
  T: { kind: 'throttled' },
  M: { kind: 'misconfigured', reason: '' },
  B: { kind: 'blind', reason: '' },
};

/** One letter a tick of 10 s; a dot is a tick that did not happen. */
function seen(letters: string, changed: Partial<PolicySettings> = {}): HealthMemory {
  const memory = new HealthMemory(policyOf(settings(changed)));
  [...letters].forEach((letter, index) => letter !== '.' && memory.note(A, RESULTS[letter], index * 10_000));
  return memory;
}

test.each<[string, number | undefined]>([
  ['D', undefined],
  ['UDD', 20_000],
  ['UDDD', 30_000],
  ['DDDU', undefined],
  ['DUD', 10_000],
  ['DDUD', 40_000],
  ['DUUD', undefined],
  ['TT', undefined],
  ['MM', undefined],
  ['SS', undefined],
  ['DBD', 30_000],
  ['DBBB', undefined],
  ['DD....DD', 20_000],
  ['DD....D', undefined],
])('after %s a Region is down for %s ms', (letters, expected) => {
  expect(seen(letters).downFor(A, letters.length * 10_000)).toBe(expected);
});

test('a gap as long as a report is fresh is none, and a longer one ends what was known', () => {
  const gap = (milliseconds: number) => {
    const memory = new HealthMemory(policyOf(settings()));
    memory.note(A, RESULTS.D, 0);
    memory.note(A, RESULTS.D, milliseconds);
    return memory.downFor(A, milliseconds);
  };
  const fresh = freshForMs(policyOf(settings()));
  expect([gap(fresh), gap(fresh + 1)]).toEqual([fresh, undefined]);
});

test.each<[string, boolean]>([['U', true], ['S', true], ['T', true], ['M', true], ['D', false], ['B', false]])('%s is an answer of the Region: %s', (letter, expected) => {
  expect(answered(RESULTS[letter])).toBe(expected);
});

test('counts slow answers as failed where the policy says so', () => {
  expect(seen('SS', { actOnSlow: true }).downFor(A, 20_000)).toBe(20_000);
});

test('takes over what the process before saw, where it sees the same', () => {
  const memory = seen('D');
  memory.inherit(A, { downForMs: 300_000 }, 0, 10_000);
  expect(memory.downFor(A, 20_000)).toBe(310_000);
});

test('counts the age of what it takes over, as far as it saw the same meanwhile: a change of processes costs no time', () => {
  const memory = seen('DDD');
  memory.inherit(A, { downForMs: 300_000 }, 15_000, 20_000);
  expect(memory.downFor(A, 20_000)).toBe(315_000);
  const late = seen('UUD');
  late.inherit(A, { downForMs: 300_000 }, 15_000, 25_000);
  expect(late.downFor(A, 25_000)).toBe(305_000);
});

test('takes over nothing about a Region that it has not looked at', () => {
  const memory = seen('');
  memory.inherit(A, { downForMs: 300_000 }, 0, 10_000);
  expect(memory.downFor(A, 20_000)).toBeUndefined();
});

test('takes over nothing about a Region that is well to it', () => {
  const memory = seen('U');
  memory.inherit(A, { downForMs: 300_000 }, 0, 10_000);
  expect(memory.downFor(A, 20_000)).toBeUndefined();
});

describe('for how long nothing but failures was seen of a Region', () => {
  test.each<[string, number | undefined]>([
    ['DDD', 30_000],
    ['DDUDD', 20_000],
    ['DTD', 10_000],
    ['DBD', 30_000],
    ['DD....DD', 20_000],
    ['DDU', undefined],
  ])('after %s: %s ms', (letters, expected) => {
    expect(seen(letters).unbrokenFor(A, letters.length * 10_000)).toBe(expected);
  });

  test('a process takes it over with the rest', () => {
    const memory = seen('DDD');
    memory.inherit(A, { downForMs: 300_000, unbrokenForMs: 40_000 }, 15_000, 20_000);
    expect(memory.downFor(A, 20_000)).toBe(315_000);
    expect(memory.unbrokenFor(A, 20_000)).toBe(55_000);
    const without = seen('D');
    without.inherit(A, { downForMs: 300_000 }, 0, 10_000);
    expect(without.unbrokenFor(A, 10_000)).toBe(300_000);
  });

  test('a process that saw it answer itself takes over no older time', () => {
    const memory = seen('UDD');
    memory.inherit(A, { downForMs: 300_000 }, 0, 20_000);
    expect(memory.downFor(A, 20_000)).toBe(300_000);
    expect(memory.unbrokenFor(A, 20_000)).toBe(10_000);
  });
});
