import { drainedForMs } from '../../../../runtime/core/controller/drained';
import { lagReader } from '../../../../runtime/core/controller/lag-reader';
import type { RuleMetrics } from '../../../../runtime/core/lag/metrics';
import type { LagObservation } from '../../../../runtime/core/lag/observe';
import { VirtualClock } from '../../support/virtual-clock';
import { A, B, C, ORDER } from './estate';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

/** Pending operations and bytes of the last minutes, the newest first; undefined: no data point. */
function rule(minutes: readonly (readonly [operations: number, bytes?: number] | undefined)[], failed: readonly number[] = []): RuleMetrics {
  const points = (index: 0 | 1) => minutes.flatMap((one, i) => (one?.[index] === undefined ? [] : [{ at: NOW - (i + 2) * MINUTE, value: one[index] }])).reverse();
  return { ruleId: 'r', latencySeconds: [], pendingOperations: points(0), pendingBytes: points(1), failedOperations: failed.map((value, i) => ({ at: NOW - i * MINUTE, value })) };
}

function span(rules: readonly RuleMetrics[], changed: Partial<LagObservation> = {}, lagMs: number | undefined = 30_000): number | undefined {
  return drainedForMs({ direction: { source: { region: A, bucket: 'a' }, destination: { region: B, bucket: 'b' } }, askedAt: NOW, windowMs: 3_600_000, rules, silent: [], ...changed }, lagMs);
}

const clear = [0, 0] as const;

test('minutes in a row without anything pending count', () => {
  expect(span([rule([clear, clear, clear])])).toBe(3 * MINUTE);
  expect(span([rule([clear, [0], clear, [7, 900], clear])])).toBe(3 * MINUTE);
});

test('a heartbeat on its way counts as nothing, what is larger or more does not', () => {
  expect(span([rule([[1, 80], [1, 512], clear])])).toBe(3 * MINUTE);
  expect(span([rule([[1, 513], clear])])).toBeUndefined();
  expect(span([rule([[2, 80], clear])])).toBeUndefined();
  expect(span([rule([[1], clear])])).toBeUndefined();
});

test('of several rules the worst counts', () => {
  expect(span([rule([clear, clear, clear]), rule([clear, [9, 9]])])).toBe(MINUTE);
});

test.each<[string, readonly RuleMetrics[], Partial<LagObservation>, number | undefined]>([
  ['no rule publishes anything', [], {}, 0],
  ['a Region did not answer', [rule([clear, clear])], { silent: [{ region: A, reason: 'no answer' }] }, 0],
  ['an operation failed', [rule([clear, clear], [0, 1])], {}, 0],
  ['the newest data point is old', [rule([undefined, undefined, undefined, undefined, clear])], {}, 0],
  ['no heartbeat has arrived', [rule([clear, clear])], {}, undefined],
  ['one of two rules publishes what is on its way', [rule([clear, clear]), rule([[9, 9]])], {}, 0],
  ['heartbeats arrive late', [rule([clear, clear])], {}, 180_001],
])('nothing is known where %s', (_, rules, changed, lagMs) => {
  expect(drainedForMs({ direction: { source: { region: A, bucket: 'a' }, destination: { region: B, bucket: 'b' } }, askedAt: NOW, windowMs: 3_600_000, rules, silent: [], ...changed }, lagMs)).toBeUndefined();
});

test('operations that did not fail, heartbeats as late as any and a data point as old as any are proof', () => {
  expect(span([rule([clear, clear], [0, 0])], {}, 180_000)).toBe(2 * MINUTE);
  expect(span([rule([undefined, undefined, undefined, clear])])).toBe(MINUTE);
});

test('data points a minute and a half apart are in a row, and no further', () => {
  const points = (apart: number) => [NOW - 2 * MINUTE - apart, NOW - 2 * MINUTE].map((at) => ({ at, value: 0 }));
  const apart = (milliseconds: number) => span([{ ...rule([]), pendingOperations: points(milliseconds), pendingBytes: points(milliseconds) }]);
  expect([apart(90_000), apart(90_001)]).toEqual([MINUTE + 90_000, MINUTE]);
});

test('a minute without a data point ends what is known', () => {
  expect(span([rule([clear, undefined, clear])])).toBe(MINUTE);
});

describe('the reader', () => {
  function reader(failback: Parameters<typeof lagReader>[1]['failback']) {
    const clock = new VirtualClock();
    const asked: string[] = [];
    const read = lagReader(
      {
        clock,
        wall: { now: () => NOW, iso: String, parse: Number },
        heartbeats: { beat: async () => 0, lagMs: async (_from, to, atAgeMs) => (to === C ? undefined : 40_000 - atAgeMs) },
        metrics: {
          read: async (region, { direction, from }) => {
            asked.push(`${region}: ${direction.source.bucket} to ${direction.destination.bucket}, ${(NOW - from) / MINUTE} min`);
            return [rule([clear, clear])];
          },
        },
        buckets: { [A]: 'a', [B]: 'b', [C]: 'c' },
      },
      { failback, order: ORDER },
    ).read;
    return { clock, asked, read: (from: string, to: string, olderThanMs = 0) => read(from, to, olderThanMs, new AbortController().signal) };
  }

  test('tells the lag by heartbeats alone, where nothing goes back by itself', async () => {
    const { asked, read } = reader({ kind: 'manual' });
    await expect(read(B, A, 10_000)).resolves.toEqual({ lagMs: 30_000 });
    await expect(read(B, C)).resolves.toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('asks both Regions for how long a preferred one has been drained to, once a minute', async () => {
    const { clock, asked, read } = reader({ kind: 'when drained', forMs: 20 * MINUTE });
    await expect(read(B, A)).resolves.toEqual({ lagMs: 40_000, drainedForMs: 2 * MINUTE });
    await expect(read(B, A)).resolves.toEqual({ lagMs: 40_000, drainedForMs: 2 * MINUTE });
    expect(asked).toEqual([`${A}: b to a, 30 min`, `${B}: b to a, 30 min`]);
    await clock.pass(MINUTE);
    await read(B, A);
    expect(asked).toHaveLength(4);
  });

  test('asks for no Region that comes after the active one', async () => {
    const { asked, read } = reader({ kind: 'when drained', forMs: MINUTE });
    await expect(read(A, B)).resolves.toEqual({ lagMs: 40_000 });
    expect(asked).toEqual([]);
  });
});
