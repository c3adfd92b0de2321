import { guardAccessPoint, type GuardDeps, type GuardRequest } from '../../../../runtime/core/guard/apply';
import { guardPropertiesSchema } from '../../../../runtime/core/guard/properties';
import { MemoryLog } from '../../support/log';
import { buckets, guardProperties, LIVE_ARN, manifest, NAME, NEW_ARN, REGIONS } from '../../support/manifest';
import { DEAD, DENIED, ParameterWorld, SILENT } from '../../support/parameter-world';
import { seeded } from '../../support/random';
import { VirtualClock } from '../../support/virtual-clock';

function world(copies: { [region: string]: unknown } = {}, rollingBack: () => Promise<boolean> = async () => false) {
  const clock = new VirtualClock();
  const ssm = new ParameterWorld();
  for (const [region, copy] of Object.entries(copies)) ssm.of(region).set(NAME, typeof copy === 'string' ? copy : JSON.stringify(copy));
  const log = new MemoryLog();
  const status = jest.fn(rollingBack);
  const deps: GuardDeps = { clock, log, random: seeded(5), deadline: 800_000, stores: ssm.stores, rollingBack: status };
  const guard = (changed: Parameters<typeof guardProperties>[0] = {}, request: Partial<GuardRequest> = {}) =>
    clock.run(() => guardAccessPoint({ wanted: guardPropertiesSchema.parse(guardProperties(changed)), created: false, ...request }, deps));
  return { clock, ssm, log, status, guard };
}

const everywhere = (copy: unknown) => Object.fromEntries(REGIONS.map((region) => [region, copy]));
const CHANGED = { Buckets: buckets(['us-east-1', 'us-west-2']) };

test('an access point that stays is let through without a look at the stack', async () => {
  const { guard, status } = world(everywhere(manifest()));

  await expect(guard()).resolves.toMatchObject({ action: 'pass', live: { arn: LIVE_ARN } });

  expect(status).not.toHaveBeenCalled();
});

test('fails when the access point would be replaced', async () => {
  const { guard } = world(everywhere(manifest()));

  await expect(guard(CHANGED)).rejects.toThrow(/eu-west-1 leaves with .*set 'acknowledgeReplacement' to/);
});

test('a stack that rolls back is let through, and the live access point is still known', async () => {
  const { guard } = world(everywhere(manifest({}, NEW_ARN)), async () => true);

  await expect(guard(CHANGED)).resolves.toMatchObject({ action: 'pass', live: { arn: NEW_ARN }, reason: /rolling back/ });
});

test('a stack that rolls back is let through when nothing can be read', async () => {
  const { guard, ssm } = world({}, async () => true);
  for (const region of REGIONS) ssm.faults.set(region, DEAD);

  await expect(guard()).resolves.toMatchObject({ action: 'pass' });
});

test('fails when it would refuse and the status of the stack cannot be read, with both reasons', async () => {
  const { guard } = world(everywhere(manifest()), () => Promise.reject(new Error('CloudFormation did not answer')));

  await expect(guard(CHANGED)).rejects.toThrow(/eu-west-1 leaves with .*; nor could the stack's status be read, to know whether it is rolling back: CloudFormation did not answer$/);
});

test.each([
  ['refuses connections', DEAD, 0],
  ['never answers', SILENT, 12_000],
])('a Region that %s holds up no other, and is named', async (_, fault, longest) => {
  const { guard, ssm, log, clock } = world(everywhere(manifest()));
  ssm.faults.set('us-east-1', fault);

  await expect(guard()).resolves.toMatchObject({ action: 'pass' });

  expect(clock.now()).toBeLessThanOrEqual(longest);
  expect(log.lines).toEqual([{ level: 'warn', message: 'the manifest in us-east-1 could not be read', fields: expect.objectContaining({ region: 'us-east-1' }) }]);
});

test('a copy that nobody understands is named, and the others count', async () => {
  const { guard, log } = world({ ...everywhere(manifest()), 'us-west-2': '{"version": 2}' });

  await expect(guard()).resolves.toMatchObject({ action: 'pass' });

  expect(log.lines[0].message).toMatch(/the manifest in us-west-2 cannot be used: 'version' is 2/);
});

test('fails when no Region can be read', async () => {
  const { guard, ssm } = world();
  for (const region of REGIONS) ssm.faults.set(region, DEAD);

  await expect(guard({}, { created: true })).rejects.toThrow(/must be readable.*eu-west-1.*us-east-1.*us-west-2/);
});

test('waits for permissions that have not spread yet', async () => {
  const { guard, ssm } = world();
  for (const region of REGIONS) ssm.faults.set(region, (where, attempt) => (attempt < 5 ? DENIED(where) : undefined));

  await expect(guard({}, { created: true })).resolves.toMatchObject({ action: 'pass' });
});

test('fails when reading is never allowed, within a bounded time', async () => {
  const { guard, ssm, clock } = world();
  for (const region of REGIONS) ssm.faults.set(region, DENIED);

  await expect(guard({}, { created: true })).rejects.toThrow(/AccessDeniedException/);

  expect(clock.now()).toBeLessThanOrEqual(60_000);
});

test('looks also in the Regions of the deployment before, and only there for the manifest', async () => {
  const { guard, ssm } = world({ 'eu-west-1': manifest() });
  const moved = { ManifestRegions: ['sa-east-1', 'us-east-1'], Buckets: buckets(['sa-east-1', 'us-east-1']) };
  const former = guardPropertiesSchema.parse(guardProperties({ Buckets: moved.Buckets }));

  await expect(guard(moved, { former })).rejects.toThrow(/eu-west-1 leaves with/);

  expect([...new Set(ssm.calls.map(({ region }) => region))].sort()).toEqual(['eu-west-1', 'sa-east-1', 'us-east-1', 'us-west-2']);
});
