import { ObserverMemory } from '../../../../runtime/core/controller/observer-memory';
import { policyOf } from '../../../../runtime/core/controller/policy';
import type { ProbeResult, Stored } from '../../../../runtime/core/controller/ports';
import { formatReport, reportKey, type Report } from '../../../../runtime/core/controller/report';
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
