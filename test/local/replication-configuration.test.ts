import { DeleteBucketReplicationCommand, GetBucketReplicationCommand, GetBucketVersioningCommand, type ReplicationConfiguration, type ReplicationRule } from '@aws-sdk/client-s3';
import { arn, EAST, IRELAND, Lab, rule, WEST } from './replication-lab';

let lab: Lab;
let source: string;
let west: string;
let ireland: string;
let role: string;
beforeAll(async () => {
  lab = await Lab.start();
  [source, west, ireland] = [await lab.bucket(EAST), await lab.bucket(WEST), await lab.bucket(IRELAND)];
  role = await lab.role([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
}, 120_000);
afterAll(() => lab.stop());

const put = (...rules: ReplicationRule[]): Promise<void> => lab.putRules(EAST, source, role, rules);

async function get(): Promise<ReplicationConfiguration> {
  return (await lab.s3(EAST).send(new GetBucketReplicationCommand({ Bucket: source }))).ReplicationConfiguration!;
}

test('a configuration comes back as it was put', async () => {
  const rules: ReplicationRule[] = [
    rule(west, { ID: 'one', Priority: 9, Filter: { And: { Prefix: 'a/', Tags: [{ Key: 'x', Value: '1' }, { Key: 'y', Value: '2' }] } } }),
    rule(ireland, {
      ID: 'two', Priority: 2, Status: 'Disabled', DeleteMarkerReplication: { Status: 'Enabled' }, SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
      Destination: { Bucket: arn(ireland), StorageClass: 'STANDARD_IA', Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } }, ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } } },
    }),
  ];
  await put(...rules);
  expect(await get()).toEqual({ Role: role, Rules: rules });
  await lab.s3(EAST).send(new DeleteBucketReplicationCommand({ Bucket: source }));
  await expect(get()).rejects.toMatchObject({ name: 'ReplicationConfigurationNotFoundError' });
});

test.each<[string, () => ReplicationRule[], RegExp]>([
  ['a destination does not exist', () => [rule('nobody-has-this')], /^Destination bucket must exist\.$/],
  ['a rule with a filter has no priority', () => [rule(west, { Priority: undefined })], /^Priority must be specified for this version/],
  ['a rule with a filter does not say what becomes of delete markers', () => [rule(west, { DeleteMarkerReplication: undefined })], /^DeleteMarkerReplication must be specified for this version/],
  ['a rule of the older form speaks of delete markers', () => [rule(west, { Filter: undefined, Prefix: '' })], /^DeleteMarkerReplication cannot be used for this version/],
  ['delete markers are replicated by tag', () => [rule(west, { Filter: { Tag: { Key: 'x', Value: '1' } }, DeleteMarkerReplication: { Status: 'Enabled' } })], /^Delete marker replication is not supported if any Tag filter/],
  ['two rules have one priority', () => [rule(west), rule(ireland)], /different priorities/],
  ['rules of the older form have several destinations', () => [west, ireland].map((name) => rule(name, { Filter: undefined, Prefix: '', Priority: undefined, DeleteMarkerReplication: undefined })), /^Number of distinct destination bucket ARNs cannot exceed 1$/],
])('fails when %s', async (_, rules, message) => {
  await expect(put(...rules())).rejects.toMatchObject({ name: 'InvalidRequest', message: expect.stringMatching(message), $metadata: { httpStatusCode: 400 } });
  await expect(get()).rejects.toMatchObject({ name: 'ReplicationConfigurationNotFoundError' });
});

test('fails when the destination is not versioned', async () => {
  const plain = await lab.bucket(WEST, 'off');
  await expect(put(rule(plain))).rejects.toMatchObject({ name: 'InvalidRequest', message: 'Destination bucket must have versioning enabled.' });
});

test('fails when versioning of the source is suspended while it replicates', async () => {
  const other = await lab.bucket(EAST);
  await lab.replicate(EAST, other, [west]);
  await expect(lab.setVersioning(EAST, other, 'Suspended')).rejects.toMatchObject({ name: 'InvalidBucketState', message: expect.stringMatching(/first delete the replication configuration/) });
  await lab.s3(EAST).send(new DeleteBucketReplicationCommand({ Bucket: other }));
  await lab.setVersioning(EAST, other, 'Suspended');
  expect((await lab.s3(EAST).send(new GetBucketVersioningCommand({ Bucket: other }))).Status).toBe('Suspended');
});
