import { historyOf } from '../../../../runtime/core/operate/history/store';
import { FakeEstate, type FakeEstateOptions } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { shell } from '../support/shell';

const estate = (options: FakeEstateOptions = {}) => new FakeEstate(new VirtualClock(), { propagationMs: 3_000, ...options });
const WEST = 'routes set us-east-1=passive us-west-2=active eu-west-1=passive';
const BOTH = 'routes set us-east-1=active us-west-2=active eu-west-1=passive';

test('moves traffic, proves it, and leaves a record', async () => {
  const world = estate();
  const { code, out, err } = await shell(world, [...WEST.split(' '), '--yes', '--why', 'a test']);
  expectGolden('routes-set/pipe.txt', `${err}--- standard output\n${out}`);
  expect(code).toBe(0);
  expect(world.plane.active).toEqual(['us-west-2']);
  const { records } = await world.clock.run(() => historyOf(world.world()).read());
  expect(records).toMatchObject([{ verb: 'routes set', planned: false, from: ['us-east-1'], to: ['us-west-2'], outcome: 'served', why: 'a test', quarantines: [] }]);
});

test('adds an active Region, and says what several of them mean', async () => {
  const world = estate();
  const { code, err } = await shell(world, BOTH, { terminal: true, answers: ['y'] });
  expect(code).toBe(0);
  expect(err).toMatch(/With several Regions active/);
  expect(err).not.toMatch(/Nothing is waited for/);
  expect(world.plane.active).toEqual(['us-east-1', 'us-west-2']);
});

test('declines when it is not agreed to', async () => {
  const world = estate();
  expect((await shell(world, WEST, { terminal: true, answers: ['n'] })).code).toBe(4);
  expect(world.plane.submits).toEqual([]);
});

test('nothing is asked and nothing sent when the routes are already so', async () => {
  const world = estate();
  const { code, questions } = await shell(world, 'routes set us-east-1=active us-west-2=passive eu-west-1=passive', { terminal: true });
  expect([code, questions, world.plane.submits]).toEqual([0, [], []]);
  expect((await world.clock.run(() => historyOf(world.world()).read())).records).toEqual([]);
});

test('fails when a Region is missing, with the full line to type from live routes', async () => {
  const world = estate({ active: ['us-east-1', 'eu-west-1'] });
  const { code, err } = await shell(world, 'routes set us-west-2=active --yes');
  expect(code).toBe(2);
  expect(err).toBe(
    "error  'routes set': every Region of the access point must be named, missing us-east-1, eu-west-1\n" +
      'next   s3-failover routes set us-east-1=active us-west-2=active eu-west-1=active\n',
  );
  expect(world.plane.submits).toEqual([]);
});

test('fails when no Region would be active', async () => {
  const world = estate();
  const { code, err } = await shell(world, 'routes set us-east-1=passive us-west-2=passive eu-west-1=passive --yes');
  expect(code).toBe(2);
  expect(err).toMatch(/at least one Region must stay active, got none/);
  expect(world.plane.submits).toEqual([]);
});

test('fails when a Region that takes traffic looks dead, but not for one that is only left', async () => {
  const world = estate();
  world.kill('us-west-2');
  expect((await shell(world, `${BOTH} --yes`)).code).toBe(3);
  const left = estate();
  left.kill('us-east-1');
  expect((await shell(left, `${WEST} --yes`)).code).toBe(0);
});
