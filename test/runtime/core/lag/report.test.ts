import { EMPTY, known, observation, rule } from '../../support/lag';
import { lagReport } from '../../../../runtime/core/lag/report';

const MINUTE = 60_000;

test('a Region that is behind is told in one sentence, with the age of the figures', () => {
  const report = known(lagReport(observation([rule('r', { latencySeconds: [[-70_000, 42]], pendingOperations: [[-70_000, 1204]] })])));
  expect(report).toMatchObject({ latencySeconds: 42, pendingOperations: 1204, ageMs: 70_000, fresh: true, failedOperations: 0 });
  expect(report.sentence).toBe('eu-west-1 was 42 s and 1,204 operations behind us-east-1, as of 70 s ago');
});

test.each<[string, Parameters<typeof rule>[1], string]>([
  ['bytes', { latencySeconds: [[-70_000, 900]], pendingOperations: [[-70_000, 1]], pendingBytes: [[-70_000, 3_100_000]] }, 'eu-west-1 was 15 min and 1 operation (3.1 MB) behind us-east-1, as of 70 s ago'],
  ['no latency', { pendingOperations: [[-70_000, 2]] }, 'eu-west-1 was 2 operations behind us-east-1, as of 70 s ago'],
  ['latency alone', { latencySeconds: [[-70_000, 2]] }, 'eu-west-1 was 2 s behind us-east-1, as of 70 s ago'],
  ['bytes alone', { pendingBytes: [[-70_000, 12]] }, 'eu-west-1 was 12 bytes behind us-east-1, as of 70 s ago'],
  ['nothing pending', { latencySeconds: [[-70_000, 3]], pendingOperations: [[-70_000, 0]] }, 'no operation was pending from us-east-1 to eu-west-1, as of 70 s ago'],
])('%s: the sentence says what S3 published, and no more', (_, series, sentence) => {
  expect(lagReport(observation([rule('r', series)])).sentence).toBe(sentence);
});

test('failed operations are counted over the whole window, and said not to be tried again', () => {
  const report = lagReport(observation([rule('r', { pendingOperations: [[-70_000, 0]], failedOperations: [[-50 * MINUTE, 2], [-2 * MINUTE, 1]] })]));
  expect(report.failedOperations).toBe(3);
  expect(report.sentence).toMatch(/; 3 operations failed in the last 60 min, and S3 does not try them again$/);
});

test('several rules add up, and the slowest decides', () => {
  const report = known(lagReport(observation([
    rule('a', { latencySeconds: [[-70_000, 5]], pendingOperations: [[-70_000, 1]] }),
    rule('b', { latencySeconds: [[-130_000, 90]], pendingOperations: [[-130_000, 10]] }),
  ])));
  expect(report).toMatchObject({ latencySeconds: 90, pendingOperations: 11, ageMs: 130_000 });
});

test('a rule that fell silent long ago does not make the figures of another old', () => {
  const report = known(lagReport(observation([
    rule('idle', { pendingOperations: [[-40 * MINUTE, 7]] }),
    rule('busy', { pendingOperations: [[-70_000, 2]] }),
  ])));
  expect(report).toMatchObject({ pendingOperations: 2, ageMs: 70_000 });
});

test('figures that are old are known with their age, and are not fresh', () => {
  expect(known(lagReport(observation([rule('r', { pendingOperations: [[-14 * MINUTE, 3]] })])))).toMatchObject({ fresh: false, ageMs: 14 * MINUTE });
});

test('metrics that are missing are not zero: without a data point nothing is known', () => {
  const report = lagReport(observation([EMPTY]));
  expect(report).toMatchObject({ kind: 'unknown', because: 'no data' });
  expect(report).not.toHaveProperty('pendingOperations');
  expect(report.sentence).toBe('how far eu-west-1 is behind us-east-1 is not known: S3 published no data point in the last 60 min, as for an idle rule or one without metrics');
});

test('a Region that did not answer is another matter than one with nothing to say', () => {
  const report = lagReport(observation([], [{ region: 'eu-west-1', reason: 'ECONNREFUSED' }]));
  expect(report).toMatchObject({ kind: 'unknown', because: 'no answer' });
  expect(report.sentence).toMatch(/is not known: eu-west-1: ECONNREFUSED$/);
});

test('while the source does not answer, failures that are not seen are not none', () => {
  const report = lagReport(observation([rule('r', { pendingOperations: [[-70_000, 1]] })], [{ region: 'us-east-1', reason: 'dead' }]));
  expect(report.kind).toBe('known');
  expect(report).not.toHaveProperty('failedOperations');
});

test('a data point from the future, by a clock that is behind, has no negative age', () => {
  expect(known(lagReport(observation([rule('r', { pendingOperations: [[30_000, 1]] })]))).ageMs).toBe(0);
});

