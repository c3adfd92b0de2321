import { DRAINED, judgeDrain, type DrainEvidence, type DrainPolicy, type MarkerState } from '../../../../runtime/core/lag/drain';
import type { RuleMetrics } from '../../../../runtime/core/lag/metrics';
import type { LagObservation } from '../../../../runtime/core/lag/observe';
import type { DataRule } from '../../../../runtime/core/lag/rules';
import { DIRECTION, observation, rule, T0 } from '../../support/lag';

const RULE: DataRule = { id: 'r', keyPrefix: '', byTags: false, metrics: true };
const TOLERANT: DrainPolicy = { ...DRAINED, toleratedMs: 60_000, inARow: 1, afterMarker: false, quietMs: 0, markerAlone: true };

/** Written 200 s ago, seen 3 s later. */
const ARRIVED: MarkerState = { kind: 'arrived', watchedMs: 200_000, tookMs: 3_000, writtenAt: T0 - 200_000, flights: [] };
const LONG_AGO: MarkerState = { kind: 'arrived', watchedMs: 300_000, tookMs: 3_000, writtenAt: T0 - 300_000, flights: [] };

interface Given {
  readonly rules?: readonly DataRule[];
  readonly marker?: MarkerState;
  readonly metrics?: readonly RuleMetrics[];
  readonly silent?: LagObservation['silent'];
}

function evidence({ rules = [RULE], marker = ARRIVED, metrics = [], silent }: Given): DrainEvidence {
  return { direction: DIRECTION, rules: { ok: true, rules }, markers: new Map(rules.filter(({ byTags }) => !byTags).map(({ id }) => [id, marker])), observation: observation(metrics, silent) };
}

const drained = (given: Given) => judgeDrain(evidence(given), DRAINED);
const tolerant = (given: Given) => judgeDrain(evidence(given), TOLERANT);
const pending = (...points: [number, number][]) => rule('r', { pendingOperations: points });
const minutesAgo = (minutes: number, value: number): [number, number] => [-minutes * 60_000, value];

describe('for a switch that loses nothing', () => {
  test('it opens on zeros in a row, in minutes that began after the marker was written', () => {
    const verdict = drained({ metrics: [pending(minutesAgo(5, 9), minutesAgo(3, 0), minutesAgo(2, 0))] });
    expect(verdict).toMatchObject({ open: true, cause: 'drained' });
    expect(verdict.reason).toBe('a marker arrived in eu-west-1 within 3 s; no operation was pending from us-east-1 to eu-west-1, as of 2 min ago');
  });

  test.each<[string, [number, number][]]>([
    ['one zero alone', [minutesAgo(2, 0)]],
    ['zeros of minutes that began before the marker was written', [minutesAgo(5, 0), minutesAgo(4, 0), minutesAgo(2, 0)]],
    ['zeros with a gap', [minutesAgo(3, 0), minutesAgo(1, 0)]],
    ['a zero after work', [minutesAgo(3, 1), minutesAgo(2, 0)]],
  ])('it stays shut on %s', (_, points) => {
    expect(drained({ metrics: [pending(...points)] })).toMatchObject({ open: false, cause: 'not shown yet', curable: true, markersWanted: [] });
  });

  test('it stays shut while operations are pending, and wants a marker that is newer than the minute which said so', () => {
    const verdict = drained({ metrics: [pending(minutesAgo(3, 0), minutesAgo(2, 7))] });
    expect(verdict).toMatchObject({ open: false, cause: 'behind', markersWanted: ['r'] });
    expect(verdict.reason).toMatch(/7 operations behind us-east-1/);
  });

  test('it stays shut while bytes are pending, whatever the operations say', () => {
    const both = rule('r', { pendingOperations: [minutesAgo(3, 0), minutesAgo(2, 0)], pendingBytes: [minutesAgo(3, 0), minutesAgo(2, 5)] });
    expect(drained({ metrics: [both] })).toMatchObject({ open: false, cause: 'behind' });
  });

  test('latency alone never says that nothing is pending', () => {
    expect(drained({ metrics: [rule('r', { latencySeconds: [minutesAgo(3, 0), minutesAgo(2, 0)] })] }).open).toBe(false);
  });

  test('an idle rule passes when nothing was published for a while after the marker, and says what it is', () => {
    expect(drained({ metrics: [] })).toMatchObject({ open: false, cause: 'not shown yet', reason: expect.stringMatching(/0 of 2 data points since then .* counts as idle in 100 s/) });
    const verdict = drained({ marker: LONG_AGO });
    expect(verdict).toMatchObject({ open: true });
    expect(verdict.reason).toMatch(/S3 published nothing since, as for an idle rule, which is not a count of zero$/);
  });

  test('an idle rule passes after one zero and then nothing', () => {
    const verdict = drained({ marker: LONG_AGO, metrics: [pending(minutesAgo(4, 0))] });
    expect(verdict).toMatchObject({ open: true, reason: expect.stringMatching(/published little since/) });
  });

  test('work that was pending before, in the very minute of the marker, is shown when the rule went idle', () => {
    const verdict = drained({ marker: LONG_AGO, metrics: [pending([-330_000, 50])] });
    expect(verdict).toMatchObject({ open: true, reason: expect.stringMatching(/before that, eu-west-1 was 50 operations behind/) });
  });

  test('metrics that did not even notice the marker prove nothing when work was pending before', () => {
    const verdict = drained({ marker: LONG_AGO, metrics: [pending([-420_000, 50])] });
    expect(verdict).toMatchObject({ open: false, cause: 'behind', curable: true, markersWanted: ['r'] });
    expect(verdict.reason).toMatch(/50 operations behind .* no data point came since, although a marker was replicated: metrics that are missing are not zero/);
  });

  test('a minute in which only our own markers can have been pending says nothing', () => {
    const flights = [{ from: T0 - 200_000, to: T0 - 110_000 }];
    const own = { ...ARRIVED, flights };
    expect(drained({ marker: own, metrics: [pending(minutesAgo(3, 1), minutesAgo(2, 1))] })).toMatchObject({ cause: 'not shown yet', markersWanted: [] });
    expect(drained({ marker: own, metrics: [pending(minutesAgo(3, 2))] })).toMatchObject({ cause: 'behind' });
    expect(drained({ marker: own, metrics: [pending(minutesAgo(2, 1), minutesAgo(1, 1))] })).toMatchObject({ cause: 'behind' });
    expect(drained({ marker: { ...LONG_AGO, flights }, metrics: [pending(minutesAgo(3, 1))] })).toMatchObject({ open: true });
  });

  test('each rule must be drained', () => {
    const rules = [RULE, { ...RULE, id: 's' }];
    const zeros: [number, number][] = [minutesAgo(3, 0), minutesAgo(2, 0)];
    expect(drained({ rules, metrics: [pending(...zeros), rule('s', { pendingOperations: [minutesAgo(3, 0), minutesAgo(2, 2)] })] })).toMatchObject({ open: false, cause: 'behind', markersWanted: ['s'] });
    expect(drained({ rules, metrics: [pending(...zeros)] })).toMatchObject({ open: false, cause: 'not shown yet' });
    expect(drained({ rules, metrics: [pending(...zeros), rule('s', { pendingOperations: zeros })] }).open).toBe(true);
  });

  test('fails when S3 publishes no metrics of the rule', () => {
    expect(drained({ rules: [{ ...RULE, metrics: false }] })).toMatchObject({ open: false, cause: 'no metrics', curable: false, reason: expect.stringMatching(/no metrics of rule 'r'/) });
  });
});

describe('for a switch that tolerates some lag', () => {
  test.each<[string, RuleMetrics[], boolean]>([
    ['within it', [rule('r', { latencySeconds: [minutesAgo(1, 60)], pendingOperations: [minutesAgo(1, 500)] })], true],
    ['beyond it', [rule('r', { latencySeconds: [minutesAgo(1, 61)], pendingOperations: [minutesAgo(1, 500)] })], false],
    ['beyond it before, and within it now', [rule('r', { latencySeconds: [minutesAgo(2, 600), minutesAgo(1, 10)], pendingOperations: [minutesAgo(2, 9), minutesAgo(1, 1)] })], true],
    ['slow arrivals, and nothing pending now', [rule('r', { latencySeconds: [minutesAgo(1, 600)], pendingOperations: [minutesAgo(1, 0)] })], true],
    ['pending work without a latency', [pending(minutesAgo(1, 1))], false],
    ['idle', [], true],
    ['figures too old to tell of now', [rule('r', { latencySeconds: [minutesAgo(6, 600)], pendingOperations: [minutesAgo(6, 9)] })], true],
  ])('%s', (_, metrics, open) => expect(tolerant({ metrics })).toMatchObject({ open, cause: open ? 'drained' : 'behind' }));

  test('no other marker is wanted while the newest one is newer than what the metrics say', () => {
    expect(tolerant({ metrics: [rule('r', { latencySeconds: [minutesAgo(4, 100)], pendingOperations: [minutesAgo(4, 1)] })] })).toMatchObject({ cause: 'behind', markersWanted: [] });
  });

  test('a marker alone is enough without metrics, and that is said', () => {
    expect(tolerant({ rules: [{ ...RULE, metrics: false }] })).toMatchObject({ open: true, reason: expect.stringMatching(/publishes no metrics of the rule, so that only the marker says so/) });
  });
});

describe.each([['nothing is lost', drained], ['some lag is tolerated', tolerant]])('whether %s', (_, judge) => {
  const good = [rule('r', { latencySeconds: [minutesAgo(3, 0), minutesAgo(2, 0)], pendingOperations: [minutesAgo(3, 0), minutesAgo(2, 0)] })];

  test('nothing opens before the marker arrived', () => {
    expect(judge({ marker: { kind: 'under way', ageMs: 12_000 }, metrics: good })).toMatchObject({
      open: false,
      cause: 'marker under way',
      reason: expect.stringMatching(/written into us-east-1 12 s ago has not arrived in eu-west-1; no operation was pending/),
    });
  });

  test('a destination that cannot be asked for the marker is named', () => {
    expect(judge({ marker: { kind: 'under way', ageMs: 12_000, unseen: 'AccessDenied' }, metrics: good }).reason).toMatch(/\(eu-west-1 could not be asked: AccessDenied\)/);
  });

  test('a marker that could not be written is wanted again, with the reason', () => {
    expect(judge({ marker: { kind: 'not written', reason: 'us-east-1 is dead' }, metrics: good })).toMatchObject({
      open: false,
      cause: 'marker not written',
      curable: true,
      markersWanted: ['r'],
      reason: expect.stringMatching(/no marker could be written into us-east-1: us-east-1 is dead/),
    });
  });

  test('fails when operations failed, for waiting does not cure that', () => {
    const verdict = judge({ metrics: [rule('r', { pendingOperations: [minutesAgo(3, 0), minutesAgo(2, 0)], failedOperations: [minutesAgo(30, 2)] })] });
    expect(verdict).toMatchObject({ open: false, cause: 'failed operations', curable: false, reason: expect.stringMatching(/2 operations failed in the last 60 min/) });
  });

  test('fails when no rule replicates that way', () => {
    expect(judge({ rules: [] })).toMatchObject({ open: false, cause: 'no rule', curable: false, reason: 'no enabled rule replicates from us-east-1 to eu-west-1: what is written there stays there' });
  });

  test('fails when the only rules are for tagged objects', () => {
    expect(judge({ rules: [{ ...RULE, byTags: true }] })).toMatchObject({ open: false, cause: 'no rule', reason: expect.stringMatching(/only rules for tagged objects/) });
  });

  test('fails when there are more rules than can be looked at', () => {
    const rules = Array.from({ length: 21 }, (_, index) => ({ ...RULE, id: `r${index}` }));
    expect(judge({ rules, metrics: good })).toMatchObject({ open: false, cause: 'too many rules', curable: false, reason: '21 rules replicate from us-east-1 to eu-west-1, and no more than 20 are looked at' });
  });

  test('a rule for tagged objects has no marker, and is judged by its metrics', () => {
    const rules = [RULE, { ...RULE, id: 'tagged', byTags: true }];
    const tagged = (value: number) => rule('tagged', { latencySeconds: [minutesAgo(3, 0), minutesAgo(2, value * 600)], pendingOperations: [minutesAgo(3, 0), minutesAgo(2, value)] });
    expect(judge({ rules, metrics: [...good, tagged(1)] })).toMatchObject({ open: false, cause: 'behind', markersWanted: [] });
    expect(judge({ rules, metrics: [...good, tagged(0)] }).open).toBe(true);
  });

  test('a Region whose metrics are silent keeps it shut, whatever the other says', () => {
    expect(judge({ metrics: good, silent: [{ region: 'us-east-1', reason: 'timed out' }] })).toMatchObject({ open: false, cause: 'metrics silent', curable: true, reason: expect.stringMatching(/us-east-1: timed out/) });
  });

  test('rules that cannot be read keep it shut', () => {
    expect(judgeDrain({ ...evidence({ metrics: good }), rules: { ok: false, reason: 'dead' } }, DRAINED)).toMatchObject({ open: false, cause: 'rules not read', curable: true });
  });

  test('metrics that were not asked yet keep it shut', () => {
    expect(judgeDrain({ ...evidence({}), observation: undefined }, DRAINED)).toMatchObject({ open: false, cause: 'not shown yet' });
  });
});
