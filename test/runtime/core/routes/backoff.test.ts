import { backoffMs } from '../../../../runtime/core/routes/backoff';
import { seeded } from '../../support/random';

const backoff = { firstMs: 100, mostMs: 1_000 };

test('the ceiling doubles up to its bound', () => {
  const ceiling = (attempt: number) => backoffMs(backoff, attempt, () => 0.999999);
  expect([0, 1, 2, 3, 4, 1_000].map((attempt) => Math.round(ceiling(attempt)))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

test('any wait below the ceiling is as likely as any other', () => {
  const random = seeded(1);
  const waits = Array.from({ length: 1_000 }, () => backoffMs(backoff, 4, random));
  expect(Math.min(...waits)).toBeLessThan(50);
  expect(Math.max(...waits)).toBeGreaterThan(950);
  expect(waits.reduce((sum, wait) => sum + wait) / waits.length).toBeCloseTo(500, -2);
});
