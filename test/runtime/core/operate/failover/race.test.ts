import { routesWith, sameRoutes } from '../../../../../runtime/core/routes/routes';
import { FakeEstate } from '../../../support/fake-estate';
import type { Fate } from '../../../support/intercepted';
import { seeded } from '../../../support/random';
import { VirtualClock } from '../../../support/virtual-clock';
import { run, WEST } from './acting';
import { falseClaims, operator } from './claims';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const west = routesWith([WEST], REGIONS);
const europe = routesWith(['eu-west-1'], REGIONS);
/** More requests than the first makes until its writes land. */
const REQUESTS = 45;

/** Ana goes to us-west-2; before her n-th request Ben goes to eu-west-1, and she waits for his end, or for a moment only. */
async function race(at: number, how: 'all of his act' | 'side by side') {
  const clock = new VirtualClock();
  const estate = new FakeEstate(clock, { propagationMs: 1_000 });
  estate.kill('us-east-1', 'refused');
  const ben = operator(estate, 'ben', undefined, { random: seeded(2) });
  let running: Promise<unknown> | undefined;
  const ana = operator(estate, 'ana', async (count): Promise<Fate> => {
    if (count !== at) return 'goes on';
    running = ben.begin((world) => run(world, undefined, { to: 'eu-west-1' }));
    if (how === 'all of his act') await running;
    return 'goes on';
  });
  await clock.run(async () => {
    await ana.begin((world) => run(world));
    await running;
  });
  await clock.pass(10_000);
  return { estate, ana, ben };
}

describe.each(['all of his act', 'side by side'] as const)('two operators, the second with %s', (how) => {
  test.each(Array.from({ length: REQUESTS }, (_, index) => index + 1))('before the %i-th request of the first: one wins, and nobody tells of a success that is not so', async (at) => {
    const { estate, ana, ben } = await race(at, how);
    const wins = [west, europe].filter((routes) => sameRoutes(routes, estate.plane.live));
    expect(wins).toHaveLength(1);
    expect(falseClaims(estate, ana)).toEqual([]);
    if (ben.outcome()) expect(falseClaims(estate, ben)).toEqual([]);
    const claims = [ana, ben].map((one) => one.outcome()?.kind);
    // Who won may be short of proof; who lost says so, and by whom.
    for (const [loser, winner] of [[ana, 'ben'], [ben, 'ana']] as const) {
      const said = loser.outcome();
      if (said?.kind === 'refused' || said?.kind === 'failed') expect(said.sentence).toContain(`by arn:aws:iam::111122223333:user/${winner}`);
    }
    expect(claims.some((kind) => kind === 'served' || kind === 'done')).toBe(true);
  });
});
