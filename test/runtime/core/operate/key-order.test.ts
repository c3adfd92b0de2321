import fc from 'fast-check';
import { compareKeys } from '../../../../runtime/core/operate/key-order';

test('keys are ordered as S3 lists them, by their UTF-8 bytes', () => {
  const key = fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(fc.property(key, key, (a, b) => Math.sign(compareKeys(a, b)) === Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))), { numRuns: 2_000 });
});

test('what lies above U+FFFF comes after what lies between U+E000 and U+FFFF', () => {
  expect(compareKeys('a\u{1f600}', 'a\uffee')).toBeGreaterThan(0);
  expect(compareKeys('a\uffee', 'a\u{1f600}')).toBeLessThan(0);
  expect(compareKeys('a', 'a\u{1f600}')).toBeLessThan(0);
});
