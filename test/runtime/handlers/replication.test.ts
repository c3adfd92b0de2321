import {
  DeleteBucketReplicationCommand,
  GetBucketReplicationCommand,
  PutBucketReplicationCommand,
  S3Client,
  S3ServiceException,
  type ReplicationConfiguration,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { ResourceType, type ReplicationProperties } from '../../../lib/private/contract';
import { handleReplication } from '../../../runtime/handlers/replication';
import { ACCOUNT, makeEvent } from '../support/custom-resource-event';
import { MemoryLog } from '../support/log';
import { seeded } from '../support/random';
import { PREFIX, ROLE } from '../support/replication';
import { VirtualClock } from '../support/virtual-clock';

const s3 = mockClient(S3Client);
const PROPERTIES: ReplicationProperties = {
  Bucket: 'media-us-east-1',
  Region: 'us-east-1',
  RoleArn: ROLE,
  RulePrefix: PREFIX,
  Destinations: [{ Region: 'us-west-2', Bucket: 'media-us-west-2' }],
  KeyPrefix: '',
  DeleteMarkers: 'true',
  ReplicaModifications: 'true',
  TimeControl: 'false',
  Metrics: 'true',
};

/** What the mocked S3 holds. */
let held: ReplicationConfiguration | undefined;
let regions: Set<string>;

const failure = (name: string, httpStatusCode: number, message: string) => new S3ServiceException({ name, $fault: 'client', message, $metadata: { httpStatusCode } });

beforeEach(() => {
  s3.reset();
  held = undefined;
  regions = new Set();
  s3.on(GetBucketReplicationCommand).callsFake(async (_, getClient) => {
    regions.add(await getClient().config.region());
    if (!held) throw failure('ReplicationConfigurationNotFoundError', 404, 'The replication configuration was not found');
    return { ReplicationConfiguration: held };
  });
  s3.on(PutBucketReplicationCommand).callsFake((input) => ((held = input.ReplicationConfiguration), {}));
  s3.on(DeleteBucketReplicationCommand).callsFake(() => ((held = undefined), {}));
});

function handle(type: 'Create' | 'Update' | 'Delete', changed: Partial<ReplicationProperties> = {}) {
  const clock = new VirtualClock();
  const deps = { clock, random: seeded(2), log: new MemoryLog(), deadline: 800_000 };
  const event = makeEvent(type, ResourceType.REPLICATION, { ...PROPERTIES, ...changed }, { physicalId: 'replication/media-us-east-1', old: PROPERTIES });
  return clock.run(() => handleReplication(event, deps));
}

test('a first deployment sets the rules, in the Region of the bucket, for the account of the stack', async () => {
  await expect(handle('Create')).resolves.toEqual({ PhysicalResourceId: 'replication/media-us-east-1', Data: {} });

  expect(held?.Rules?.map(({ ID }) => ID)).toEqual([`${PREFIX}us-west-2`]);
  expect([...regions]).toEqual(['us-east-1']);
  expect(s3.commandCalls(PutBucketReplicationCommand)[0].args[0].input).toMatchObject({ Bucket: 'media-us-east-1', ExpectedBucketOwner: ACCOUNT });
});

test('an update that changes nothing makes no put', async () => {
  await handle('Create');

  await handle('Update');

  expect(s3.commandCalls(PutBucketReplicationCommand)).toHaveLength(1);
});

test('another bucket is another physical id, so that CloudFormation cleans up the old one', async () => {
  const { PhysicalResourceId } = await handle('Update', { Bucket: 'other-us-east-1' });

  expect(PhysicalResourceId).toBe('replication/other-us-east-1');
});

test('a delete removes the configuration, answers with the id that it was given, and may be repeated', async () => {
  await handle('Create');

  await expect(handle('Delete')).resolves.toEqual({ PhysicalResourceId: 'replication/media-us-east-1', Data: {} });
  await expect(handle('Delete')).resolves.toBeDefined();

  expect(held).toBeUndefined();
  expect(s3.commandCalls(DeleteBucketReplicationCommand)).toHaveLength(1);
});

test('a delete of rules of a bucket that is gone succeeds', async () => {
  s3.on(GetBucketReplicationCommand).rejects(failure('NoSuchBucket', 404, 'The specified bucket does not exist'));

  await expect(handle('Delete')).resolves.toBeDefined();
});

test('time control is asked for as text, and brings its metrics', async () => {
  await handle('Create', { TimeControl: 'true', Metrics: 'false' });

  expect(held?.Rules?.[0].Destination).toMatchObject({ ReplicationTime: { Status: 'Enabled' }, Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } } });
});

test('S3 that needs a while to see a versioned destination is waited for', async () => {
  const notYet = failure('InvalidRequest', 400, 'Destination bucket must have versioning enabled.');
  let refusals = 4;
  s3.on(PutBucketReplicationCommand).callsFake((input) => {
    if (refusals-- > 0) throw notYet;
    held = input.ReplicationConfiguration;
    return {};
  });

  await handle('Create');

  expect(held).toBeDefined();
});

test.each<[string, Partial<ReplicationProperties> | object, string]>([
  ['the bucket is no name', { Bucket: 'Media' }, "'Bucket' must be a bucket name"],
  ['the Region is none', { Region: 'mars' }, "'Region' must be a Region such as us-east-1, got 'mars'"],
  ['the role is no ARN', { RoleArn: 'role' }, "'RoleArn' must be the ARN of an IAM role, got 'role'"],
  ['the prefix would own every rule', { RulePrefix: '' }, "'RulePrefix' must have 1 to 200 letters"],
  ['there is no destination', { Destinations: [] }, "'Destinations' must name at least one bucket, got []"],
  ['a Region is named twice', { Destinations: [{ Region: 'us-west-2', Bucket: 'aaa' }, { Region: 'us-west-2', Bucket: 'bbb' }] }, "'Destinations' must name each Region once"],
  ['a bucket is named twice', { Destinations: [{ Region: 'us-west-1', Bucket: 'aaa' }, { Region: 'us-west-2', Bucket: 'aaa' }] }, "'Destinations' must name each bucket once"],
  ['the bucket replicates to itself', { Destinations: [{ Region: 'us-west-2', Bucket: 'media-us-east-1' }] }, "'Destinations' must not name 'Bucket' itself"],
  ['a flag is none', { DeleteMarkers: 'yes' }, "'DeleteMarkers' must be 'true' or 'false', got 'yes'"],
  ['a property is missing', { KeyPrefix: undefined }, "'KeyPrefix' must be a string, got nothing"],
])('fails when %s, before anything is asked of S3', async (_, changed, message) => {
  await expect(handle('Create', changed)).rejects.toThrow(message);

  expect(s3.calls()).toHaveLength(0);
});
