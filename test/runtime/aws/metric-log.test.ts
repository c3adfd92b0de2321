import { metricLog } from '../../../runtime/aws/metric-log';
import type { Sample } from '../../../runtime/core/controller/tell/samples';

/** What a function's log gets, document by document. */
function published(samples: readonly Sample[]): { [name: string]: unknown }[] {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((line) => Boolean(lines.push(String(line))));
  try {
    metricLog('acme-media').publish(samples);
  } finally {
    write.mockRestore();
  }
  return lines.join('').trim().split('\n').map((line) => JSON.parse(line) as { [name: string]: unknown });
}

test('metrics of one set of dimensions are one document, in the namespace and with the dimensions of the contract alone', () => {
  const documents = published([
    { name: 'VotersFresh', value: 3, unit: 'Count', dimensions: {} },
    { name: 'BrakeOn', value: 0, unit: 'Count', dimensions: {} },
    { name: 'ReplicationLagSeconds', value: 61, unit: 'Seconds', dimensions: { Region: 'eu-west-1' } },
    { name: 'DecisionHeld', value: 1, unit: 'Count', dimensions: { Reason: 'disputed' } },
  ]);
  expect(documents).toEqual([
    {
      _aws: { Timestamp: expect.any(Number), CloudWatchMetrics: [{ Namespace: 'S3Failover', Dimensions: [['Controller']], Metrics: [{ Name: 'VotersFresh', Unit: 'Count' }, { Name: 'BrakeOn', Unit: 'Count' }] }] },
      Controller: 'acme-media', VotersFresh: 3, BrakeOn: 0,
    },
    {
      _aws: { Timestamp: expect.any(Number), CloudWatchMetrics: [{ Namespace: 'S3Failover', Dimensions: [['Controller', 'Region']], Metrics: [{ Name: 'ReplicationLagSeconds', Unit: 'Seconds' }] }] },
      Controller: 'acme-media', Region: 'eu-west-1', ReplicationLagSeconds: 61,
    },
    {
      _aws: { Timestamp: expect.any(Number), CloudWatchMetrics: [{ Namespace: 'S3Failover', Dimensions: [['Controller', 'Reason']], Metrics: [{ Name: 'DecisionHeld', Unit: 'Count' }] }] },
      Controller: 'acme-media', Reason: 'disputed', DecisionHeld: 1,
    },
  ]);
});
