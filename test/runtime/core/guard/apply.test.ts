import { guardAccessPoint, type GuardDeps, type GuardRequest } from '../../../../runtime/core/guard/apply';
import type { TableExists } from '../../../../runtime/core/guard/controller';
import { guardPropertiesSchema } from '../../../../runtime/core/guard/properties';
import { MemoryLog } from '../../support/log';
import { buckets, guardProperties, LIVE_ARN, manifest, NAME, NEW_ARN, REGIONS } from '../../support/manifest';
import { DEAD, DENIED, ParameterWorld, SILENT } from '../../support/parameter-world';
import { seeded } from '../../support/random';
import { VirtualClock } from '../../support/virtual-clock';

function world(copies: { [region: string]: unknown } = {}, rollingBack: () => Promise<boolean> = async () => false, tableExists: TableExists = async () => Promise.reject(new Error('nobody asks for a table'))) {
  const clock = new VirtualClock();
  const ssm = new ParameterWorld();
  for (const [region, copy] of Object.entries(copies)) ssm.of(region).set(NAME, typeof copy === 'string' ? copy : JSON.stringify(copy));
  const log = new MemoryLog();
  const status = jest.fn(rollingBack);
  const deps: GuardDeps = { clock, log, random: seeded(5), deadline: 800_000, stores: ssm.stores, rollingBack: status, tableExists };
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

  await expect(guard(CHANGED)).resolves.toMatchObject({ action: 'pass', live: { arn: NEW_ARN }, reason: 'the stack is rolling back, to the access point that it had' });
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
  const { guard, log } = world({ ...everywhere(manifest()), 'us-west-2': '{"version": 3}' });

  await expect(guard()).resolves.toMatchObject({ action: 'pass' });

  expect(log.lines[0].message).toMatch(/the manifest in us-west-2 cannot be used: 'version' is 3/);
  expect(log.lines[0].fields).toEqual({ region: 'us-west-2' });
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

describe('a controller', () => {
  const controller = (voters: string[]) => ({ table: 'media-controller', policy: { voters } });
  const VOTERS = ['us-east-2', 'us-west-2', 'us-east-1'];
  const live = { version: 2, routing: { mode: 'failover-order' as const, regions: ['us-east-1', 'us-west-2'] }, controller: controller(VOTERS) };
  const wants = (voters: string[]) => ({ Controller: JSON.stringify(controller(voters)) });
  const EUROPE = ['eu-west-1', 'eu-west-2', 'eu-west-3'];
  const gone = async () => false;
  const there = async () => true;
  const asked = (answers: { [region: string]: boolean }): TableExists => async (region, table) => {
    expect(table).toBe('media-controller');
    if (!(region in answers)) throw new Error(`${region} did not answer`);
    return answers[region];
  };

  test('that stays is not looked for, in whatever order its voters act', async () => {
    await expect(world(everywhere(manifest(live))).guard(wants([...VOTERS].reverse()))).resolves.toMatchObject({ action: 'pass' });
  });

  test('that comes in is not looked for', async () => {
    await expect(world(everywhere(manifest())).guard(wants(VOTERS))).resolves.toMatchObject({ action: 'pass' });
  });

  test('may be left out, and may change its Regions, once its table is gone, whether or not every Region says so', async () => {
    for (const answer of [gone, asked({ 'us-west-2': false })]) {
      await expect(world(everywhere(manifest(live)), undefined, answer).guard()).resolves.toMatchObject({ action: 'pass', live: { arn: LIVE_ARN } });
      await expect(world(everywhere(manifest(live)), undefined, answer).guard(wants(EUROPE))).resolves.toMatchObject({ action: 'pass' });
    }
  });

  test('fails when it is left out while its table is there', async () => {
    await expect(world(everywhere(manifest(live)), undefined, there).guard()).rejects.toThrow(
      /^the controller of this bucket must be destroyed before this deployment leaves it out, and its table 'media-controller' is still in us-east-2, us-west-2, us-east-1; .* would go on moving traffic: destroy the stacks 'media-controller-<region>' with the app as it was deployed last, and deploy again$/,
    );
  });

  test('fails when one Region still has the table, whatever the others say', async () => {
    await expect(world(everywhere(manifest(live)), undefined, asked({ 'us-east-1': true, 'us-west-2': false })).guard()).rejects.toThrow(/its table 'media-controller' is still in us-east-1;/);
  });

  test('fails when it comes by another table while the one before is there', async () => {
    const other = { Controller: JSON.stringify({ ...controller(VOTERS), table: 'other-controller' }) };
    await expect(world(everywhere(manifest(live)), undefined, there).guard(other)).rejects.toThrow(/its table 'media-controller' is still in us-east-2/);
  });

  test('is not looked for where the access point itself is refused', async () => {
    const asks: string[] = [];
    await expect(world(everywhere(manifest(live)), undefined, async (region) => (asks.push(region), true)).guard(CHANGED)).rejects.toThrow(/eu-west-1 leaves with/);
    expect(asks).toEqual([]);
  });

  test('fails when its control Regions change while its table is there', async () => {
    await expect(world(everywhere(manifest(live)), undefined, there).guard(wants(EUROPE))).rejects.toThrow(/destroyed before its control Regions change from us-east-2, us-west-2, us-east-1 to eu-west-1, eu-west-2, eu-west-3, and/);
  });

  test('fails when no Region says whether its table is there', async () => {
    await expect(world(everywhere(manifest(live)), undefined, asked({})).guard()).rejects.toThrow(/none of us-east-2, us-west-2, us-east-1 says whether its table 'media-controller' is still there/);
  });

  test('of a stack that rolls back is left as it is', async () => {
    await expect(world(everywhere(manifest(live)), async () => true, there).guard()).resolves.toMatchObject({ action: 'pass', reason: 'the stack is rolling back, to the access point that it had' });
  });
});
