import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { ResourceType, type ManifestProperties } from '../../../lib/private/contract';
import { parseManifest } from '../../../runtime/core/manifest/schema';
import { handleManifest } from '../../../runtime/handlers/manifest';
import { makeEvent, type MakeEventOptions } from '../support/custom-resource-event';
import { MemoryLog } from '../support/log';
import { buckets, LIVE_ARN, manifestProperties, NAME, NEW_ARN } from '../support/manifest';
import { mockSsm } from '../support/mocked-ssm';
import { seeded } from '../support/random';
import { VirtualClock } from '../support/virtual-clock';

const { values, dead, reset } = mockSsm();
const cloudFormation = mockClient(CloudFormationClient);
const NOW = 1_795_000_000;

beforeEach(() => {
  reset();
  cloudFormation.reset();
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ StackName: 'Media', CreationTime: new Date(0), StackStatus: 'UPDATE_IN_PROGRESS' }] });
});

function handle(type: 'Create' | 'Update' | 'Delete', changed: Partial<ManifestProperties> = {}, options: MakeEventOptions = {}) {
  const clock = new VirtualClock();
  const deps = { clock, random: seeded(2), log: new MemoryLog(), deadline: 800_000 };
  const event = makeEvent(type, ResourceType.MANIFEST, manifestProperties(changed), { physicalId: `manifest/${NAME}`, old: manifestProperties(), ...options });
  return clock.run(() => handleManifest(event, deps, { secondsNow: () => NOW }));
}

test('a first deployment writes a manifest that every reader understands, and the plain parameters', async () => {
  await expect(handle('Create')).resolves.toEqual({ PhysicalResourceId: `manifest/${NAME}`, Data: { Revision: String(NOW), UnreachableRegions: '' } });

  expect([...values.keys()].sort()).toEqual(
    ['eu-west-1', 'us-east-1', 'us-west-2'].flatMap((region) => [`${region} ${NAME}`, `${region} ${NAME}/alias`, `${region} ${NAME}/arn`]),
  );
  expect(values.get(`us-west-2 ${NAME}/arn`)).toBe(LIVE_ARN);
  expect(parseManifest(values.get(`us-west-2 ${NAME}`)!)).toMatchObject({ manifest: { revision: NOW, accessPoint: { arn: LIVE_ARN } } });
});

test('an update in an outage says which Region has an old copy', async () => {
  await handle('Create');
  dead.add('us-west-2');

  await expect(handle('Update', { RoutingRegions: ['eu-west-1'] })).resolves.toMatchObject({ Data: { Revision: String(NOW + 1), UnreachableRegions: 'us-west-2' } });
});

test('fails when an outage would leave a Region with the manifest of a replaced access point', async () => {
  await handle('Create');
  dead.add('us-west-2');

  await expect(handle('Update', { AccessPointArn: NEW_ARN })).rejects.toThrow(/us-west-2 failed/);
});

test('a rollback in an outage goes on', async () => {
  await handle('Create', { AccessPointArn: NEW_ARN });
  dead.add('us-west-2');
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ StackName: 'Media', CreationTime: new Date(0), StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' }] });

  await expect(handle('Update')).resolves.toMatchObject({ Data: { UnreachableRegions: 'us-west-2' } });
});

test('Regions that leave lose their copies', async () => {
  await handle('Create');

  await handle('Update', { Regions: ['us-east-1', 'us-west-2'], AccessPointBuckets: buckets(['us-east-1', 'us-west-2']), Buckets: buckets(['us-east-1', 'us-west-2']) });

  expect([...values.keys()].filter((key) => key.startsWith('eu-west-1'))).toEqual([]);
});

test('another name is another physical id, and the old name goes with its own delete', async () => {
  await handle('Create');

  const renamed = await handle('Update', { ManifestParameterName: '/s3-failover/films', Regions: ['us-east-1', 'us-west-2'] });
  expect(renamed.PhysicalResourceId).toBe('manifest//s3-failover/films');
  expect(values.has(`eu-west-1 ${NAME}`)).toBe(true);

  await handle('Delete');
  expect([...values.keys()].every((key) => key.includes('/s3-failover/films'))).toBe(true);
});

test('a new name asks nothing of Regions that only the old name was in', async () => {
  await handle('Create');
  dead.add('eu-west-1');

  const { Data } = await handle('Update', { ManifestParameterName: '/s3-failover/films', Regions: ['us-east-1', 'us-west-2'] });

  expect(Data.UnreachableRegions).toBe('');
});

test('a delete answers with the id that it was given', async () => {
  await handle('Create');

  await expect(handle('Delete', {}, { physicalId: 'something else' })).resolves.toEqual({ PhysicalResourceId: 'something else', Data: {} });

  expect(values.size).toBe(0);
});

test.each<[string, Partial<ManifestProperties>, string]>([
  ['the name is none', { ManifestParameterName: 'media' }, "'ManifestParameterName' must be a parameter name"],
  ['the ARN is none', { AccessPointArn: 'arn:aws:s3:::media', AccessPointAlias: 'a.mrap' }, "'AccessPointArn' must be the ARN of a Multi-Region Access Point, got 'arn:aws:s3:::media'"],
  ['no Region gets a copy', { Regions: [] }, "'Regions' must name at least one Region, got []"],
  ['the account is none', { Account: '1' }, "'Account' must be an account id of 12 digits, got '1'"],
  ['the routing is unknown', { RoutingMode: 'random' }, "'RoutingMode' must be one of latency, active-passive, failover-order, got 'random'"],
])('fails when %s, before anything is written', async (_, changed, message) => {
  await expect(handle('Create', changed)).rejects.toThrow(message);

  expect(values.size).toBe(0);
});
