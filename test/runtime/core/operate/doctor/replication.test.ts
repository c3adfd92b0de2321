import type { ReplicationRule } from '../../../../../runtime/core/replication/model';
import type { RuleMetrics } from '../../../../../runtime/core/lag/metrics';
import { CallError } from '../../../../../runtime/core/calls/call-error';
import { EPOCH } from '../../../support/fake-estate';
import { complaints, findings, type Illness, type Patient } from './sick';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const WAY = `${EAST} to ${WEST}`;

/** Changes the rule from us-east-1 to us-west-2. */
function changing(change: (rule: ReplicationRule) => ReplicationRule | undefined): Illness {
  return {
    wrong: ({ doctor }) => {
      doctor.of[EAST].rules = doctor.of[EAST].rules!.flatMap((rule) => (rule.ID!.endsWith(WEST) ? (change(rule) ?? []) : [rule]));
    },
  };
}

describe('replication rules', () => {
  test.each<[string, Illness, string[]]>([
    ['copy everything in every direction', {}, []],
    ['are none at one bucket', { wrong: ({ doctor }) => (doctor.of[EAST].rules = undefined) }, [`fails | rule-missing | ${WAY}`, `fails | rule-missing | ${EAST} to eu-west-1`]],
    ['lack one direction', changing(() => undefined), [`fails | rule-missing | ${WAY}`]],
    ['are off in one direction', changing((rule) => ({ ...rule, Status: 'Disabled' })), [`fails | rule-disabled | ${WAY}`]],
    ['cover a prefix only', changing((rule) => ({ ...rule, Filter: { Prefix: 'media/' } })), [`fails | rule-filtered | ${WAY}`]],
    ['cover tagged objects only', changing((rule) => ({ ...rule, Filter: { Tag: { Key: 'a', Value: 'b' } } })), [`fails | rule-filtered | ${WAY}`]],
    ['cover a prefix and tags', changing((rule) => ({ ...rule, Filter: { And: { Prefix: 'media/', Tags: [{ Key: 'a', Value: 'b' }] } } })), [`fails | rule-filtered | ${WAY}`]],
    ['do not carry changes of replicas', changing(({ SourceSelectionCriteria: _, ...rule }) => rule), [`warns | rule-without-replica-sync | ${WAY}`]],
    ['do not carry delete markers', changing((rule) => ({ ...rule, DeleteMarkerReplication: { Status: 'Disabled' } })), [`warns | rule-without-delete-markers | ${WAY}`]],
    ['publish no metrics', changing((rule) => ({ ...rule, Destination: { Bucket: rule.Destination!.Bucket } })), [`warns | rule-without-metrics | ${WAY}`]],
    ['are of the first version', changing(({ Filter: _, SourceSelectionCriteria: __, DeleteMarkerReplication: ___, ...rule }) => ({ ...rule, Prefix: '' })), [`warns | rule-without-replica-sync | ${WAY}`, `warns | rule-of-version-1 | ${WAY}`]],
    ['may not be looked at', { wrong: ({ doctor }) => doctor.denied.add(`${EAST} replication`) }, [`not checked | not-allowed | ${EAST}`]],
    ['are unknown in a dead Region', { wrong: ({ world }) => world.kill(EAST, 'refused') }, [`not checked | no-answer | ${EAST}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('replication-rules', illness)).toEqual(expected));

  test('a second rule of somebody else makes up for what one leaves out', async () => {
    const two: Illness = { wrong: ({ doctor }) => doctor.of[EAST].rules!.push({ ...doctor.of[EAST].rules!.find(({ ID }) => ID!.endsWith(WEST))!, ID: 'theirs', Filter: { Prefix: 'a/' } }) };
    expect(await complaints('replication-rules', two)).toEqual([]);
  });

  test('the evidence says which keys a rule covers', async () => {
    const found = await findings('replication-rules', changing((rule) => ({ ...rule, Filter: { Prefix: 'media/' } })));
    expect(found[0].evidence).toBe("rule 's3-failover-0a1b2c3d-us-west-2' covers keys that begin with 'media/'");
  });
});

describe('replication roles', () => {
  const ROLE = `arn:aws:iam::111122223333:role/Media-Role-${EAST}`;
  const iamIs = (error: CallError): Illness => ({ wrong: ({ doctor }) => doctor.failing.set('role', error) });
  test.each<[string, Illness, string[]]>([
    ['may do what they must', {}, []],
    ['are of another account', { wrong: ({ doctor }) => (doctor.of[EAST].role = 'arn:aws:iam::999999999999:role/theirs') }, [`fails | role-of-another-account | ${EAST}`]],
    ['are no roles', { wrong: ({ doctor }) => (doctor.of[EAST].role = 'nonsense') }, [`fails | role-malformed | ${EAST}`]],
    ['are gone', { wrong: ({ doctor }) => doctor.roleFacts.delete(ROLE) }, [`fails | role-gone | ${EAST}`]],
    ['do not trust S3', { wrong: ({ doctor }) => doctor.roleFacts.set(ROLE, { trustsS3: false }) }, [`fails | role-without-trust | ${EAST}`]],
    ['lack a permission', { wrong: ({ doctor }) => doctor.rolesMayNot.set(ROLE, ['s3:ReplicateDelete']) }, [`fails | role-may-not | ${EAST}`]],
    [
      'are those of another bucket, changed by hand',
      { wrong: ({ doctor }) => ((doctor.of[EAST].role = doctor.of[WEST].role), doctor.rolesMayNot.set(doctor.of[WEST].role, ['s3:GetObjectVersionForReplication'])) },
      [`fails | role-may-not | ${EAST}`, `fails | role-may-not | ${WEST}`],
    ],
    ['may not be looked at', { wrong: ({ doctor }) => doctor.denied.add('role') }, [EAST, WEST, 'eu-west-1'].map((region) => `not checked | not-allowed | ${region}`)],
    ['may not be judged', { wrong: ({ doctor }) => doctor.denied.add('simulate') }, [EAST, WEST, 'eu-west-1'].map((region) => `not checked | not-allowed | ${region}`)],
    ['cannot be asked for while IAM does not answer', iamIs(new CallError({ call: 'iam GetRole', region: EAST, code: 'ECONNREFUSED', reason: 'x' })), [1, 2, 3].map(() => 'not checked | no-answer | IAM')],
    ['do not matter without rules', { wrong: ({ doctor }) => (doctor.of[EAST].rules = undefined) }, []],
  ])('%s', async (_, illness, expected) => expect(await complaints('replication-roles', illness)).toEqual(expected));

  test('what a role lacks is named, with where', async () => {
    const found = await findings('replication-roles', { regions: [EAST, WEST], wrong: ({ doctor }) => doctor.rolesMayNot.set(ROLE, ['s3:ReplicateTags']) });
    expect(found[0].evidence).toBe(`${ROLE} may not s3:ReplicateTags on arn:aws:s3:::media-111122223333-us-west-2-an/*`);
  });
});

describe('the state of replication', () => {
  const points = (value: number, ago = 60_000) => [{ at: EPOCH - ago, value }];
  const published = (rule: Partial<RuleMetrics>, where: string): Illness => ({
    wrong: ({ world }: Patient) => {
      const empty = { ruleId: 'r', latencySeconds: [], pendingOperations: [], pendingBytes: [], failedOperations: [] };
      world.published = (region, { direction }) => (region === where && direction.source.region === EAST && direction.destination.region === WEST ? [{ ...empty, ...rule }] : []);
    },
  });
  test.each<[string, Illness, string[]]>([
    ['nothing is on its way', {}, []],
    ['little is on its way', published({ latencySeconds: points(12), pendingOperations: points(3) }, WEST), []],
    ['much is on its way', published({ latencySeconds: points(3_000), pendingOperations: points(9_000) }, WEST), [`warns | lag-long | ${WAY}`]],
    ['something failed, a day ago', published({ failedOperations: points(7, 20 * 3_600_000) }, EAST), [`fails | objects-failed | ${WAY}`]],
    [
      'the source is dead, so that nobody knows what failed',
      { wrong: ({ world }) => world.kill(EAST, 'refused') },
      // What failed on the way out to two Regions, and how far it is behind each of them.
      [1, 2, 3, 4].map(() => `not checked | no-answer | ${EAST}`),
    ],
    [
      'metrics may not be read',
      { regions: [EAST, WEST], wrong: ({ world }) => (world.before = ({ call, region }) => {
        if (call === 'metrics') throw new CallError({ call: 'cloudwatch GetMetricData', region, status: 403, code: 'AccessDenied', reason: 'x' });
      }) },
      [EAST, EAST, WEST, WEST].map((region) => `not checked | not-allowed | ${region}`),
    ],
    ['there is no rule to be behind with', { wrong: ({ doctor }) => ((doctor.of[EAST].rules = []), undefined) }, []],
  ])('%s', async (_, illness, expected) => expect((await complaints('replication-state', illness)).sort()).toEqual([...expected].sort()));
});

describe('a sample of objects', () => {
  const written = (status: 'FAILED' | 'COMPLETED', count = 1): Illness => ({
    wrong: ({ world }) => {
      for (let index = 0; index < count; index++) world.bucket(EAST).take({ ...world.bucket(EAST).store(`k${index}`, 'x', false), status });
    },
  });
  test.each<[string, Illness, string[]]>([
    ['in which all arrived', written('COMPLETED', 3), []],
    ['in which some failed', written('FAILED', 2), [`fails | sample-failed | ${EAST}`]],
    ['that may not be listed', { wrong: ({ world }) => world.bucket(EAST).denied.add('listVersions') }, [`not checked | not-allowed | ${EAST}`]],
    ['whose status may not be asked', { wrong: (patient) => (written('COMPLETED').wrong!(patient), patient.world.bucket(EAST).denied.add('headVersion'), undefined) }, [`not checked | not-allowed | ${EAST}`]],
  ])('%s', async (_, illness, expected) => expect(await complaints('failed-samples', illness)).toEqual(expected));

  test('is bounded, and says of how many it is', async () => {
    let heads = 0;
    const found = await findings('failed-samples', { wrong: (patient) => {
      written('COMPLETED', 230).wrong!(patient);
      patient.world.bucket(WEST).denied.add('listVersions');
      patient.world.before = ({ call }) => void (call === 'headVersion' && heads++);
    } });
    expect(heads).toBe(100);
    expect(found[0].evidence).toBe('of the 230 versions in media-111122223333-us-east-1-an the newest 100');
  });
});
