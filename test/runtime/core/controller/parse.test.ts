import { demand, isRecord, isSpan, isText, isTexts, isWhole, Malformed } from '../../../../runtime/core/controller/parse';

test.each<[unknown, boolean, boolean]>([[0, true, true], [7, true, true], [0.5, false, true], [-1, false, false], [-0.5, false, false], [NaN, false, false], [Infinity, false, false], [2 ** 53, false, true], ['7', false, false], [null, false, false], [[7], false, false], [7n, false, false]])('%p is a whole number: %p, a time: %p', (value, whole, span) => {
  expect(isWhole(value)).toBe(whole);
  expect(isSpan(value)).toBe(span);
});

test('a text has at most the length that is asked for, and 2,000 where none is', () => {
  expect(isText('abc', 3)).toBe(true);
  expect(isText('abcd', 3)).toBe(false);
  expect(isText('x'.repeat(2_000))).toBe(true);
  expect(isText('x'.repeat(2_001))).toBe(false);
  expect(isText(['a'], 3)).toBe(false);
});

test('texts are a list of at most so many, and 50 where nothing is said', () => {
  expect(isTexts(['a', 'b'], 2)).toBe(true);
  expect(isTexts(['a', 'b', 'c'], 2)).toBe(false);
  expect(isTexts(Array(50).fill('a'))).toBe(true);
  expect(isTexts(Array(51).fill('a'))).toBe(false);
  expect(isTexts(['a', 5])).toBe(false);
  expect(isTexts(['x'.repeat(2_001)])).toBe(false);
  expect(isTexts({ length: 1, every: () => true })).toBe(false);
});

test.each<[unknown, boolean]>([[{}, true], [{ a: 1 }, true], [null, false], [[], false], ['a', false], [undefined, false], [() => undefined, false]])('%p is a record: %p', (value, record) => {
  expect(isRecord(value)).toBe(record);
});

test('what is demanded and does not hold is malformed, in the words of who demands it, with the item\'s key where it is known', () => {
  expect(() => demand(true, 'unused')).not.toThrow();
  expect(() => demand(false, `'version' must be 1`)).toThrow(new Malformed(`'version' must be 1`));
  expect(() => demand(false, `'version' must be 1`, 'report/voter/us-east-1')).toThrow(new Malformed(`'version' must be 1 in 'report/voter/us-east-1'`));
  expect(new Malformed('x').name).toBe('Malformed');
});
