import { CloudFormationClient, CloudFormationServiceException, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { ResourceType, type GuardProperties } from '../../../lib/private/contract';
import { handleGuard } from '../../../runtime/handlers/guard';
import { makeEvent, STACK_ID } from '../support/custom-resource-event';
import { MemoryLog } from '../support/log';
import { buckets, guardProperties, LIVE_ARN, manifest, NAME, REGIONS } from '../support/manifest';
import { mockSsm } from '../support/mocked-ssm';
import { seeded } from '../support/random';
import { VirtualClock } from '../support/virtual-clock';

const { ssm, values, dead, reset } = mockSsm();
const cloudFormation = mockClient(CloudFormationClient);
const dynamo = mockClient(DynamoDBClient);
const CHANGED = { Buckets: buckets(['us-east-1', 'us-west-2']) };

const status = (StackStatus: 'UPDATE_IN_PROGRESS' | 'UPDATE_ROLLBACK_IN_PROGRESS') =>
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ StackName: 'Media', CreationTime: new Date(0), StackStatus }] });

beforeEach(() => {
  reset();
  cloudFormation.reset();
  status('UPDATE_IN_PROGRESS');
});

const deployed = () => REGIONS.forEach((region) => values.set(`${region} ${NAME}`, JSON.stringify(manifest())));

function handle(type: 'Create' | 'Update' | 'Delete', changed: Partial<GuardProperties> = {}, old: object = guardProperties()) {
  const clock = new VirtualClock();
  const deps = { clock, random: seeded(2), log: new MemoryLog(), deadline: 800_000 };
  const event = makeEvent(type, ResourceType.GUARD, guardProperties(changed), { physicalId: `guard/${NAME}`, old });
  return clock.run(() => handleGuard(event, deps));
}

test('a first deployment passes, and names no live access point', async () => {
  await expect(handle('Create')).resolves.toEqual({
    PhysicalResourceId: `guard/${NAME}`,
    Data: { LiveAccessPointArn: 'arn:aws:s3::111122223333:accesspoint/none.mrap' },
  });
});

test('an update names the live access point, with a Region dead', async () => {
  deployed();
  dead.add('us-west-2');

  await expect(handle('Update')).resolves.toEqual({ PhysicalResourceId: `guard/${NAME}`, Data: { LiveAccessPointArn: LIVE_ARN } });
  expect(cloudFormation.calls()).toHaveLength(0);
});

test('fails when an update would replace the access point, after a look at the stack', async () => {
  deployed();

  await expect(handle('Update', CHANGED)).rejects.toThrow(/eu-west-1 leaves with/);
  expect(cloudFormation.commandCalls(DescribeStacksCommand)[0].args[0].input).toEqual({ StackName: STACK_ID });
});

test('the rollback of a refused change passes', async () => {
  deployed();
  status('UPDATE_ROLLBACK_IN_PROGRESS');

  await expect(handle('Update', {}, guardProperties(CHANGED))).resolves.toMatchObject({ Data: { LiveAccessPointArn: LIVE_ARN } });
});

test('the rollback of an acknowledged change passes, although the live manifest is already the new one', async () => {
  deployed();
  status('UPDATE_ROLLBACK_IN_PROGRESS');

  await expect(handle('Update', CHANGED)).resolves.toMatchObject({ Data: { LiveAccessPointArn: LIVE_ARN } });
});

test('fails when it would refuse and CloudFormation does not tell the status, after several tries', async () => {
  deployed();
  cloudFormation
    .on(DescribeStacksCommand)
    .rejects(new CloudFormationServiceException({ name: 'AccessDenied', $fault: 'client', message: 'not authorized', $metadata: { httpStatusCode: 403 } }));

  await expect(handle('Update', CHANGED)).rejects.toThrow(/eu-west-1 leaves with.*nor could the stack's status be read.*not authorized/);
  expect(cloudFormation.calls().length).toBeGreaterThan(1);
});

test('properties before this one that nobody understands are no reason to fail', async () => {
  deployed();

  await expect(handle('Update', {}, { ManifestRegions: 'mars' })).resolves.toBeDefined();
});

test('a delete does nothing', async () => {
  await expect(handle('Delete', { ManifestParameterName: 'not even valid' })).resolves.toEqual({ PhysicalResourceId: `guard/${NAME}`, Data: {} });
  expect(ssm.calls()).toHaveLength(0);
});

test.each<[string, Partial<GuardProperties>, string]>([
  ['the manifest has no name', { ManifestParameterName: '' }, "'ManifestParameterName' must be a parameter name"],
  ['there is nowhere to look', { ManifestRegions: [] }, "'ManifestRegions' must name at least one Region, got []"],
  ['a bucket is no name', { Buckets: { 'us-east-1': 'B' } }, "'Buckets.us-east-1' must be a bucket name"],
])('fails when %s', async (_, changed, message) => {
  await expect(handle('Create', changed)).rejects.toThrow(message);
});

describe('a controller that a deployment leaves out', () => {
  const live = manifest({ version: 2, routing: { mode: 'failover-order', regions: ['us-east-1', 'us-west-2'] }, controller: { table: 'media-controller', policy: { voters: ['us-east-2', 'us-west-2', 'us-east-1'] } } });

  beforeEach(() => {
    dynamo.reset();
    for (const region of REGIONS) values.set(`${region} ${NAME}`, JSON.stringify(live));
  });

  test('passes once DynamoDB knows no such table', async () => {
    dynamo.on(GetItemCommand).rejects(new ResourceNotFoundException({ message: 'Requested resource not found', $metadata: { httpStatusCode: 400 } }));

    await expect(handle('Update')).resolves.toMatchObject({ Data: { LiveAccessPointArn: LIVE_ARN } });
    expect(dynamo.commandCalls(GetItemCommand).map(({ args: [{ input }] }) => input.TableName)).toEqual(['media-controller', 'media-controller', 'media-controller']);
  });

  test('fails while the table is there, even with no register in it yet', async () => {
    dynamo.on(GetItemCommand).resolves({});

    await expect(handle('Update')).rejects.toThrow(/the controller of this bucket must be destroyed before this deployment leaves it out/);
  });
});
