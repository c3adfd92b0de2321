import { LagWatch } from '../../../../runtime/core/controller/lag-watch';
import { policyOf } from '../../../../runtime/core/controller/policy';
import type { Sight } from '../../../../runtime/core/controller/report';
import { A, settings } from './estate';
import { ok, viewOf, type Said } from './views';

const SECOND = 1_000;
const policy = policyOf(settings());
const down = (downForMs: number, unbrokenForMs?: number): Sight => ({ result: 'down', elsewhere: true, downForMs, ...(unbrokenForMs !== undefined && { unbrokenForMs }) });

/** As of how long ago the lag is asked for, by what the three voters say of the active Region. */
async function askedFor(...said: Said): Promise<readonly number[]> {
  const asked: number[] = [];
  const clock = { now: () => 0, sleep: async () => undefined };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const lag = { read: async (_from: string, _to: string, olderThanMs: number) => (asked.push(olderThanMs), undefined) };
  await new LagWatch({ clock, log, lag }, policy).look(viewOf({ says: { [A]: said } }, policy), new AbortController().signal);
  return [...new Set(asked)];
}

test('the lag is asked for as of when a majority last saw the Region answer', async () => {
  expect(await askedFor(ok, ok, ok)).toEqual([0]);
  expect(await askedFor(down(80 * SECOND), ok, ok)).toEqual([0]);
  expect(await askedFor(down(80 * SECOND), down(70 * SECOND), ok)).toEqual([70 * SECOND]);
  expect(await askedFor(down(80 * SECOND), down(70 * SECOND), down(60 * SECOND))).toEqual([70 * SECOND]);
});

// A Region that answers now and then is down all the same, and told clients meanwhile that their writes are safe.
test('an answer within an outage ends the time before it', async () => {
  expect(await askedFor(down(80 * SECOND, 20 * SECOND), down(70 * SECOND, 10 * SECOND), down(60 * SECOND, 15 * SECOND))).toEqual([15 * SECOND]);
  // One voter alone proves nothing, either way.
  expect(await askedFor(down(80 * SECOND, 0), down(70 * SECOND), down(60 * SECOND))).toEqual([60 * SECOND]);
});
