import { changesBetween } from '../../../../../runtime/core/operate/status/changes';
import { observeStatus } from '../../../../../runtime/core/operate/status/observe';
import { routesWith } from '../../../../../runtime/core/routes/routes';
import { FakeEstate } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

const look = (world: FakeEstate) => world.clock.run(() => observeStatus(world.world(), { deadline: Infinity }));

test('the first look is all news', async () => {
  expect(changesBetween(undefined, await look(new FakeEstate(new VirtualClock())))).toEqual([
    'active: us-east-1',
    ...['us-east-1', 'us-west-2', 'eu-west-1'].flatMap((region) => [
      `${region} route: ${region === 'us-east-1' ? 'active' : 'passive'}`,
      `${region} health: healthy`,
      `${region} fence: none`,
      `${region} quarantine: none`,
      `${region} exclusion: none`,
    ]),
    ...['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((endpoint) => `endpoint ${endpoint}: ok`),
    'controller: none',
    'at work: none',
  ]);
});

test('nothing is news while nothing changes, whatever time passes', async () => {
  const world = new FakeEstate(new VirtualClock());
  const before = await look(world);
  await world.clock.pass(60_000);
  expect(changesBetween(before, await look(world))).toEqual([]);
});

test('each change is one sentence with what was and what is', async () => {
  const world = new FakeEstate(new VirtualClock());
  const before = await look(world);
  world.kill('us-east-1', 'refused');
  world.plane.live = routesWith(['us-west-2'], ['us-east-1', 'us-west-2', 'eu-west-1']);
  expect(changesBetween(before, await look(world))).toEqual([
    'active: us-east-1 -> us-west-2',
    'us-east-1 route: active -> passive',
    'us-east-1 health: healthy -> no answer (ECONNREFUSED)',
    'us-east-1 fence: none -> unknown',
    'us-west-2 route: passive -> active',
  ]);
});
