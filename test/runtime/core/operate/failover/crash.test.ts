import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import { activeRegions, routesWith, sameRoutes } from '../../../../../runtime/core/routes/routes';
import { FakeEstate } from '../../../support/fake-estate';
import { seeded } from '../../../support/random';
import { mortal } from '../../../support/intercepted';
import { VirtualClock } from '../../../support/virtual-clock';
import { historyIn, run, WEST } from './acting';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const east = routesWith(['us-east-1'], REGIONS);
const west = routesWith([WEST], REGIONS);
/** More requests than a failover makes before it only waits for writes to land. */
const REQUESTS = 60;

/** Runs a failover whose process is killed at its n-th request, and lets everything that is under way come to its end. */
async function killed(dies: number, last: 'never sent' | 'never answered') {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { propagationMs: 2_000 });
  world.kill('us-east-1', 'refused');
  const process = mortal(world.world(), dies, last);
  let ended = false;
  void run(process.world).then(() => (ended = true));
  await clock.pass(400_000);
  return { clock, world, ended, dead: process.dead() };
}

describe.each(['never sent', 'never answered'] as const)('a tool that is killed at a request that is %s', (last) => {
  const all = Array.from({ length: REQUESTS }, (_, index) => index + 1);

  test.each(all)('the %i-th: routes are as they were or as meant, and a second run ends it', async (dies) => {
    const { clock, world, ended, dead } = await killed(dies, last);
    // Only the requests of an act that did not need so many are left.
    expect(ended || dead).toBe(true);
    expect([east, west].some((routes) => sameRoutes(routes, world.plane.live))).toBe(true);
    const movedAlready = sameRoutes(world.plane.live, west);

    const again = await clock.run(() => run(world.world({ random: seeded(2) })));
    expect(again.kind).toBe('served');
    expect(world.plane.live).toEqual(west);
    expect(world.plane.history.every(({ routes }) => activeRegions(routes).length === 1)).toBe(true);
    const { records } = await historyIn(world);
    expect(quarantined(records).map(({ region }) => region)).toEqual(['us-east-1']);
    // Traffic never moved without a word of it in some Region.
    if (movedAlready) expect(records.some(({ quarantines }) => quarantines.includes('us-east-1'))).toBe(true);
  });
});

test('the requests that are tried reach past the submit and the last word', async () => {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { propagationMs: 2_000 });
  world.kill('us-east-1', 'refused');
  let count = 0;
  const counting = mortal(world.world(), Infinity, 'never sent').world;
  const endpoints = counting.endpoints.map((endpoint) => ({ ...endpoint, region: endpoint.region, read: endpoint.read, submit: async (...given: Parameters<typeof endpoint.submit>) => ((count = world.calls.length + world.plane.calls.length), endpoint.submit(...given)) }));
  await clock.run(() => run({ ...counting, endpoints }));
  expect(count).toBeGreaterThan(5);
  expect(count).toBeLessThan(REQUESTS - 10);
});
