import { fenceStatement } from '../../../../runtime/core/operate/fence/statement';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { FakeDoctor } from '../../support/fake-doctor';
import { EPOCH, FakeEstate, type FakeEstateOptions } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { OPERATOR, shell, type Ran, type ShellOptions } from '../support/shell';

type Change = (world: FakeEstate, doctor: FakeDoctor) => void;

async function examined(line: string, change: Change = () => undefined, options: ShellOptions = {}, estate: FakeEstateOptions = {}): Promise<Ran> {
  const world = new FakeEstate(new VirtualClock(), estate);
  const doctor = new FakeDoctor(world);
  change(world, doctor);
  return shell(world, line, { ...options, aws: { doctor: () => doctor.adapters() } });
}

/** Much at once: a dead Region, a fence, rules and permissions that are missing, an endpoint that tells the past, open uploads. */
const sick: Change = (world, doctor) => {
  world.kill('eu-west-1');
  const bucket = world.bucket('us-west-2');
  bucket.policy = `{"Version":"2012-10-17","Statement":[${fenceStatement(world.wall, { actId: 'act0000000000001', until: EPOCH + 120_000 }, { partition: 'aws', bucket: bucket.name })}]}`;
  bucket.uploads.push({ key: 'big/film.mov', uploadId: 'u1', initiatedAt: EPOCH - 86_400_000 });
  doctor.of['us-west-2'].versioning = 'Suspended';
  doctor.of['us-east-1'].rules = doctor.of['us-east-1'].rules!.filter(({ ID }) => !ID!.endsWith('us-west-2'));
  doctor.denied.add('put history').add('lifecycle').add('role');
  doctor.facts = { source: 'sso', temporary: true, expiresAt: EPOCH + 40 * 60_000, renewals: [{ service: 'IAM Identity Center', region: 'us-east-1' }] };
};
const SICK: FakeEstateOptions = {
  scripts: { 'eu-west-1': { read: [{ fails: 'unreachable' }] }, 'ap-northeast-1': { read: [{ tells: routesWith(['us-west-2'], ['us-east-1', 'us-west-2', 'eu-west-1']) }] } },
};

describe.each<[string, Change, FakeEstateOptions, number]>([
  ['healthy', () => undefined, {}, 0],
  ['sick', sick, SICK, 3],
])('a %s estate', (name, change, estate, exit) => {
  test('on a terminal', async () => {
    const { code, out } = await examined('doctor', change, { terminal: true }, estate);
    expectGolden(`doctor/${name}-terminal.txt`, out);
    expect(code).toBe(exit);
  });

  test('through a pipe', async () => {
    const { code, out, err } = await examined('doctor', change, {}, estate);
    expectGolden(`doctor/${name}-pipe.txt`, out);
    expect(code).toBe(exit);
    expect(err).toMatch(/^Looking at everything \.\.\.\nok {2}Looking at everything {2}\d/);
  });

  test('as JSON', async () => {
    const { code, out } = await examined('doctor --json', change, {}, estate);
    expectGolden(`doctor/${name}.json`, out);
    expect(code).toBe(exit);
  });
});

test.each<[string, Change, number]>([
  ['0 when nothing was found', () => undefined, 0],
  ['5 for a warning', (_, doctor) => (doctor.of['us-west-2'].ownership = 'ObjectWriter'), 5],
  ['5 for what could not be looked at', (_, doctor) => doctor.denied.add('lifecycle'), 5],
  ['3 for what would make a failover fail', (_, doctor) => (doctor.of['us-west-2'].versioning = 'Suspended'), 3],
])('the exit code is %s', async (_, change, code) => expect((await examined('doctor', change)).code).toBe(code));

test('nothing is left behind, whatever is wrong', async () => {
  const world = new FakeEstate(new VirtualClock(), SICK);
  const doctor = new FakeDoctor(world);
  sick(world, doctor);
  const policies = [...world.buckets.values()].map(({ policy }) => policy);
  await shell(world, 'doctor --deep', { aws: { doctor: () => doctor.adapters() } });
  expect([...world.buckets.values()].map(({ policy }) => policy)).toEqual(policies);
  expect([...world.buckets.values()].flatMap(({ all }) => all)).toEqual([]);
  expect(world.plane.history).toHaveLength(1);
  expect(world.clock.pendingTimers).toBe(0);
});

test('a Region that never answers costs one call, not one for each check', async () => {
  const world = new FakeEstate(new VirtualClock());
  world.kill('us-west-2', 'silent');
  world.kill('eu-west-1', 'silent');
  await shell(world, 'doctor');
  expect(world.clock.now()).toBeLessThanOrEqual(20_000);
});

test('credentials that are missing are the one finding', async () => {
  const missing = Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
  const { code, out } = await examined('doctor', (_, doctor) => (doctor.facts = missing), { caller: missing });
  expect(code).toBe(3);
  expectGolden('doctor/no-credentials.txt', out);
});

test('fails when the manifest is about another account', async () => {
  const { code, err } = await examined('doctor', undefined, { caller: { ...OPERATOR, account: '999999999999' } });
  expect(code).toBe(3);
  expect(err).toContain("its account is '111122223333' and the caller's is '999999999999'");
});

test('--deep looks at objects as well', async () => {
  const change: Change = (world) => world.bucket('us-east-1').take({ ...world.bucket('us-east-1').store('a', 'x', false), status: 'FAILED' });
  expect((await examined('doctor', change)).code).toBe(0);
  const { code, out } = await examined('doctor --deep', change);
  expect(code).toBe(3);
  expect(out).toContain('1 of 1 objects looked at in us-east-1 failed to replicate');
});
