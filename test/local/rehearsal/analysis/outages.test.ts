import { findOutages, lengthOf } from '../../../../local/rehearsal/analysis/outages';
import type { ReadAttempt, WriteAttempt } from '../../../../local/rehearsal/traffic/ledger';

/** `ok 0-20`, `no 200-3200`: outcome, start and end of a write. */
function writes(...told: string[]): WriteAttempt[] {
  return told.map((one, index) => {
    const [, outcome, from, to] = /^(ok|no) (\d+)-(\d+)$/.exec(one)!;
    return { id: index + 1, key: `key-${index + 1}`, md5: '', sha256: '', startedAt: Number(from), endedAt: Number(to), outcome: outcome === 'ok' ? 'acknowledged' : 'failed' };
  });
}

const CASES: readonly { readonly name: string; readonly told: string[]; readonly expected: unknown[] }[] = [
  { name: 'finds none where every write succeeds', told: ['ok 0-20', 'ok 200-220'], expected: [] },
  { name: 'finds none in no writes', told: [], expected: [] },
  {
    name: 'counts from the start of the first failure to the end of the first success',
    told: ['ok 0-20', 'no 200-3200', 'no 400-3400', 'ok 600-650', 'ok 800-820'],
    expected: [{ from: 200, to: 650, failedWrites: 2, failedReads: 0 }],
  },
  {
    name: 'is not ended by a write that began before it, however late its answer',
    told: ['ok 0-900', 'no 200-210', 'no 400-410', 'ok 1000-1010'],
    expected: [{ from: 200, to: 1010, failedWrites: 2, failedReads: 0 }],
  },
  {
    name: 'orders writes by their start, not by their end',
    told: ['ok 600-650', 'no 200-3200', 'ok 0-20'],
    expected: [{ from: 200, to: 650, failedWrites: 1, failedReads: 0 }],
  },
  {
    name: 'tells two outages apart',
    told: ['no 0-10', 'ok 200-220', 'no 400-410', 'ok 600-620'],
    expected: [{ from: 0, to: 220, failedWrites: 1, failedReads: 0 }, { from: 400, to: 620, failedWrites: 1, failedReads: 0 }],
  },
  {
    name: 'leaves open an outage that nothing ended',
    told: ['ok 0-20', 'no 200-3200', 'no 400-3400'],
    expected: [{ from: 200, to: undefined, failedWrites: 2, failedReads: 0 }],
  },
];

test.each(CASES)('$name', ({ told, expected }) => {
  expect(findOutages(writes(...told), []).map(({ from, to, failedWrites, failedReads }) => ({ from, to, failedWrites, failedReads }))).toEqual(expected);
});

test('counts the reads that failed meanwhile', () => {
  const read = (startedAt: number, outcome: ReadAttempt['outcome']): ReadAttempt => ({ key: 'key', startedAt, endedAt: startedAt + 10, outcome });
  const [outage] = findOutages(writes('no 200-210', 'no 400-410', 'ok 600-620'), [read(100, 'failed'), read(300, 'failed'), read(320, 'found'), read(340, 'missing'), read(700, 'failed')]);

  expect(outage.failedReads).toBe(1);
});

test('measures an open outage up to the end of traffic', () => {
  const [open] = findOutages(writes('no 200-3200'), []);
  expect(lengthOf(open, 5_000)).toBe(4_800);
  expect(lengthOf({ ...open, to: 900 }, 5_000)).toBe(700);
});
