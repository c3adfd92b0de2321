import { duration, operations, size } from '../../../../runtime/core/lag/words';

test.each([[0, '0 operations'], [1, '1 operation'], [1204, '1,204 operations']])('%d is %s', (count, text) => expect(operations(count)).toBe(text));

test.each([[-5, '0 s'], [42_000, '42 s'], [119_400, '119 s'], [120_000, '2 min'], [3_600_000, '60 min'], [7_200_000, '2 h']])('%d ms is %s', (milliseconds, text) =>
  expect(duration(milliseconds)).toBe(text));

test.each([[0, '0 bytes'], [999, '999 bytes'], [1_000, '1.0 KB'], [3_100_000, '3.1 MB'], [2e18, '2000.0 PB']])('%d is %s', (bytes, text) => expect(size(bytes)).toBe(text));
