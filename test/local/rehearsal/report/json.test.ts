import { renderJson } from '../../../../local/rehearsal/report/json';
import { reportSchema } from '../../../../local/rehearsal/report/schema';
import { sampleReport } from '../support/sample';

test('is one line of JSON that names its schema and version', () => {
  const printed = renderJson(sampleReport());

  expect(printed.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(printed)).toMatchObject({ schema: 'cdk-s3-failover/rehearsal', version: 2, outcome: 'passed', failure: null });
});

test('says the same as the report that it was made from', () => {
  const report = sampleReport();
  expect(reportSchema.parse(JSON.parse(renderJson(report)))).toEqual(report);
});

test('holds every request of the timeline', () => {
  const { timeline, writes, reads } = JSON.parse(renderJson(sampleReport()));

  expect(timeline.writes).toHaveLength(writes.attempted);
  expect(timeline.reads).toHaveLength(reads.attempted);
  expect(timeline.writes.filter((write: { ok: boolean }) => !write.ok)).toHaveLength(writes.failed);
  expect(timeline.writes.filter((write: { by: string | null }) => write.by === 'us-west-2')).toHaveLength(writes.servedBy['us-west-2']);
});

test('fails when the report does not fit the schema', () => {
  expect(() => renderJson({ ...sampleReport(), elapsed: Number.NaN })).toThrow();
});
