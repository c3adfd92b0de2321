import { actRecordSchema, type ActRecord } from '../../../../../runtime/core/operate/history/record';

/** A forced failover from us-east-1 to us-west-2, but for what is given. */
export function record(changed: Partial<ActRecord> = {}): ActRecord {
  return actRecordSchema.parse({
    schema: 'cdk-s3-failover/act',
    version: 1,
    id: 'act0000000000001',
    phase: 'ended',
    verb: 'failover',
    planned: false,
    at: '2026-11-24T03:00:00.000Z',
    ...(changed.phase === 'begun' ? {} : { endedAt: '2026-11-24T03:00:09.000Z', outcome: 'served', proof: 'served' }),
    who: 'arn:aws:iam::111122223333:user/operator',
    from: ['us-east-1'],
    to: ['us-west-2'],
    ...changed,
  });
}
