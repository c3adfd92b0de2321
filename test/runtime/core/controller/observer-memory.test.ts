import { ObserverMemory } from '../../../../runtime/core/controller/observer-memory';
import { freshForMs, policyOf } from '../../../../runtime/core/controller/policy';
import type { ProbeResult, Stored } from '../../../../runtime/core/controller/ports';
import { formatReport, MOST_REASON, reportKey, type Report } from '../../../../runtime/core/controller/report';
import { A, B, settings, VOTERS } from './estate';

const SECOND = 1_000;
const policy = policyOf(settings({ intervalMs: 30 * SECOND, unhealthyForMs: 180 * SECOND }));
const self = { role: 'voter', region: VOTERS[0] } as const;
const key = reportKey(self);
const down: ReadonlyMap<string, ProbeResult> = new Map([[A, { kind: 'down', reason: 'no answer' }], [B, { kind: 'ok', ms: 30 }]]);
const well: ReadonlyMap<string, ProbeResult> = new Map([[A, { kind: 'ok', ms: 30 }], [B, { kind: 'ok', ms: 30 }]]);

/** What the process before says at its looks: down since the first. */
function before(sequence: number, downForMs: number): ReadonlyMap<string, Stored> {
  const report: Report = { observer: self, boot: 1, sequence, policy: policy.hash, code: 'c', regions: { [A]: { result: 'down', downForMs, elsewhere: true } } };
  return new Map([[key, { item: formatReport(report), revision: sequence }]]);
}

/** Two looks of a process that begins beside another one, whose last report it sees at its second look. */
function begun(): ObserverMemory {
  const memory = new ObserverMemory(policy, self, 'c');
  memory.note(down, 0);
  expect(memory.next(down, SECOND)).toEqual({ kind: 'waiting' });
  memory.take(before(4, 90 * SECOND), SECOND);
  memory.note(down, 30 * SECOND);
  expect(memory.next(down, 31 * SECOND)).toEqual({ kind: 'waiting' });
  memory.take(before(5, 120 * SECOND), 31 * SECOND);
  return memory;
}

test('a process that takes over goes on from where the one before was, and adds the time that it has itself seen go by', () => {
  const memory = begun();
  memory.note(down, 60 * SECOND);
  expect(memory.next(down, 61 * SECOND)).toMatchObject({ kind: 'report', ifRevision: 5, report: { boot: 2, sequence: 1, regions: { [A]: { downForMs: 150 * SECOND }, [B]: { result: 'ok' } } } });
});

test('it says how long nothing but failures was seen, where the Region answered while it was down', () => {
  const memory = new ObserverMemory(policy, self, 'c');
  memory.take(new Map(), 0);
  [down, down, well, down].forEach((results, look) => memory.note(results, look * 30 * SECOND));
  const next = memory.next(down, 91 * SECOND);
  expect(next.kind === 'report' && next.report.regions[A]).toEqual({ result: 'down', downForMs: 91 * SECOND, unbrokenForMs: SECOND, elsewhere: true, reason: 'no answer' });
  const whole = begun();
  whole.note(down, 60 * SECOND);
  const report = whole.next(down, 61 * SECOND);
  expect(report.kind === 'report' && 'unbrokenForMs' in report.report.regions[A]).toBe(false);
});

test('it takes nothing over that its own eyes do not see', () => {
  const memory = begun();
  memory.note(well, 60 * SECOND);
  const next = memory.next(well, 61 * SECOND);
  expect(next).toMatchObject({ kind: 'report', report: { regions: { [A]: { result: 'ok' } } } });
  expect(next.kind === 'report' && next.report.regions[A].downForMs).toBeUndefined();
});

test('it ends once a later one reports', () => {
  const memory = begun();
  memory.note(down, 60 * SECOND);
  const next = memory.next(down, 61 * SECOND);
  if (next.kind === 'report') memory.wrote(next.report);
  const later: Report = { observer: self, boot: 3, sequence: 1, policy: policy.hash, code: 'c', regions: {} };
  memory.take(new Map([[key, { item: formatReport(later), revision: 9 }]]), 62 * SECOND);
  expect(memory.next(down, 91 * SECOND)).toEqual({ kind: 'superseded' });
});

test('it waits for two looks to see the one before move, and takes one that does not for gone', () => {
  const memory = new ObserverMemory(policy, self, 'c');
  memory.take(before(4, 90 * SECOND), 0);
  const kinds = [1, 31, 61, 91].map((second) => {
    memory.note(down, second * SECOND);
    return memory.next(down, second * SECOND).kind;
  });
  expect(kinds).toEqual(['waiting', 'waiting', 'report', 'report']);
});

test.each([[0, 'report'], [1, 'waiting']] as const)('the word of one before that is %i ms older than fresh: %s', (late, kind) => {
  const memory = new ObserverMemory(policy, self, 'c');
  memory.take(before(4, 90 * SECOND), 0);
  memory.take(before(5, 90 * SECOND), SECOND);
  expect(memory.next(down, SECOND + freshForMs(policy) + late).kind).toBe(kind);
});

test('what the one before did not call down is not taken over as down', () => {
  const memory = new ObserverMemory(policy, self, 'c');
  const said = (sequence: number): ReadonlyMap<string, Stored> => {
    const report: Report = { observer: self, boot: 1, sequence, policy: policy.hash, code: 'c', regions: { [A]: { result: 'down', elsewhere: true } } };
    return new Map([[key, { item: formatReport(report), revision: sequence }]]);
  };
  memory.take(said(4), 0);
  memory.note(down, 0);
  memory.take(said(5), SECOND);
  const next = memory.next(down, SECOND);
  expect(next.kind === 'report' && next.report.regions[A]).toStrictEqual({ result: 'down', elsewhere: true, reason: 'no answer' });
});

test('its own report that nobody understands is written over, from its revision', () => {
  const memory = new ObserverMemory(policy, self, 'c');
  memory.take(new Map([[key, { item: { version: 9 }, revision: 12 }]]), 0);
  expect(memory.next(well, SECOND)).toMatchObject({ kind: 'report', ifRevision: 12, report: { boot: 1, sequence: 1 } });
});

test('a Region answers for the others, never for itself', () => {
  const memory = new ObserverMemory(policy, self, 'c');
  memory.take(new Map(), 0);
  const elsewhere = (results: ReadonlyMap<string, ProbeResult>) => {
    const next = memory.next(results, SECOND);
    return next.kind === 'report' && Object.values(next.report.regions).map((sight) => sight.elsewhere);
  };
  const dead = { kind: 'down', reason: 'no answer' } as const;
  expect(elsewhere(down)).toEqual([true, false]);
  expect(elsewhere(well)).toEqual([true, true]);
  expect(elsewhere(new Map([[A, dead], [B, dead]]))).toEqual([false, false]);
});

test('a reason is as long as a report may hold', () => {
  const memory = new ObserverMemory(policy, self, 'c');
  memory.take(new Map(), 0);
  const next = memory.next(new Map([[A, { kind: 'down', reason: 'x'.repeat(MOST_REASON + 1) }], [B, { kind: 'ok', ms: 1 }]]), SECOND);
  expect(next.kind === 'report' && next.report.regions).toStrictEqual({ [A]: { result: 'down', elsewhere: true, reason: 'x'.repeat(MOST_REASON) }, [B]: { result: 'ok', elsewhere: false } });
});

test.each([[0, 0], [1, undefined]] as const)('what moved between two listings that are two ticks, a probe and %i ms apart has the age %s', (late, age) => {
  const memory = new ObserverMemory(policy, self, 'c');
  const gap = 2 * policy.intervalMs + policy.probeTimeoutMs + late;
  memory.take(before(4, 90 * SECOND), 0);
  memory.take(before(5, 90 * SECOND), gap);
  expect(memory.reports(gap)[0].ageMs).toBe(age);
});

describe('the last word of a Region\'s own observer', () => {
  const inside = { role: 'self', region: A } as const;
  /** The table: what the process before says, and the Region's own observer, which has said nothing new. */
  const table = (sequence: number, forMs: number | undefined, own = 7): ReadonlyMap<string, Stored> => {
    const sight = { result: 'down', downForMs: 90 * SECOND, elsewhere: true, ...(forMs !== undefined && { lastWord: { boot: 2, sequence: 7, forMs } }) } as const;
    const voter: Report = { observer: self, boot: 1, sequence, policy: policy.hash, code: 'c', regions: { [A]: sight } };
    const its: Report = { observer: inside, boot: 2, sequence: own, policy: policy.hash, code: 'c', regions: { [A]: { result: 'ok', elsewhere: false } } };
    return new Map([voter, its].map((report) => [reportKey(report.observer), { item: formatReport(report), revision: sequence }]));
  };
  const stillFor = (memory: ObserverMemory, now: number) => memory.reports(now).find(({ observer }) => observer.role === 'self')?.stillForMs;

  test('is as old as the process before knew, and the time since', () => {
    const memory = new ObserverMemory(policy, self, 'c');
    memory.take(table(4, 80 * SECOND), SECOND);
    expect(stillFor(memory, 3 * SECOND)).toBe(82 * SECOND);
    // A second word may know more: of the look that the first one was written before.
    memory.take(table(5, 115 * SECOND), 31 * SECOND);
    expect(stillFor(memory, 31 * SECOND)).toBe(115 * SECOND);
  });

  test('is counted from the first sight where the process before did not know, and anew where the observer speaks again', () => {
    const memory = new ObserverMemory(policy, self, 'c');
    memory.take(table(4, undefined), SECOND);
    expect(stillFor(memory, 3 * SECOND)).toBe(2 * SECOND);
    memory.take(table(5, 115 * SECOND, 8), 31 * SECOND);
    expect(stillFor(memory, 32 * SECOND)).toBe(SECOND);
  });

  test('is handed on for a Region that is called down, and for no other', () => {
    const memory = new ObserverMemory(policy, self, 'c');
    const its: Report = { observer: inside, boot: 2, sequence: 7, policy: policy.hash, code: 'c', regions: {} };
    memory.take(new Map([[reportKey(inside), { item: formatReport(its), revision: 1 }]]), SECOND);
    memory.note(down, 30 * SECOND);
    const young = memory.next(down, 31 * SECOND);
    expect(young.kind === 'report' && young.report.regions[A]).toEqual({ result: 'down', elsewhere: true, reason: 'no answer' });
    memory.note(down, 60 * SECOND);
    const next = memory.next(down, 61 * SECOND);
    expect(next.kind === 'report' && next.report.regions[A].lastWord).toEqual({ boot: 2, sequence: 7, forMs: 60 * SECOND });
    expect(next.kind === 'report' && next.report.regions[B].lastWord).toBeUndefined();
  });

  test('is none of what a Region says of itself', () => {
    const memory = new ObserverMemory(policy, inside, 'c');
    const alone: ReadonlyMap<string, ProbeResult> = new Map([[A, { kind: 'down', reason: 'no answer' }]]);
    memory.take(new Map(), 0);
    for (const at of [0, 30]) {
      memory.note(alone, at * SECOND);
      const next = memory.next(alone, at * SECOND);
      if (next.kind !== 'report') throw new Error(next.kind);
      memory.wrote(next.report);
      memory.take(new Map([[reportKey(inside), { item: formatReport(next.report), revision: 1 }]]), at * SECOND);
      expect(next.report.regions[A].lastWord).toBeUndefined();
    }
  });
});
