import type { Plan } from '../../../../../runtime/core/operate/act/plan';
import type { WantedProof } from '../../../../../runtime/core/operate/act/move';
import { routesWith, sameRoutes } from '../../../../../runtime/core/routes/routes';
import { FakeEstate, type FakeEstateOptions } from '../../../support/fake-estate';
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
async function race(at: number, how: 'all of his act' | 'side by side', { proof = 'served', scripts = {} }: { proof?: WantedProof; scripts?: FakeEstateOptions['scripts'] } = {}) {
  const clock = new VirtualClock();
  const estate = new FakeEstate(clock, { propagationMs: 1_000, scripts });
  estate.kill('us-east-1', 'refused');
  const ben = operator(estate, 'ben', undefined, { random: seeded(2) });
  let running: Promise<unknown> | undefined;
  const ana = operator(estate, 'ana', async (count): Promise<Fate> => {
    if (count !== at) return 'goes on';
    running = ben.begin((world) => run(world, undefined, { to: 'eu-west-1', proof }));
    if (how === 'all of his act') await running;
    return 'goes on';
  });
  await clock.run(async () => {
    await ana.begin((world) => run(world, undefined, { proof }));
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

/** Until a read-back: fewer than until writes land. */
const READ_BACK_REQUESTS = 25;

// Whoever submits at the slow endpoint has compared long before it lands there.
describe.each(['none', WEST, 'ap-southeast-2'])('two operators at once with proof read-back, submits slow at: %s', (slow) => {
  test.each(Array.from({ length: READ_BACK_REQUESTS }, (_, index) => index + 1))('the second from the %i-th request of the first on: one has success, the routes are its own, and the other says whose they are', async (at) => {
    const { estate, ana, ben } = await race(at, 'side by side', { proof: 'read back', scripts: { [slow]: { submit: [{ latencyMs: 3_000 }] } } });
    const both = [ana, ben].flatMap((one) => one.outcome() ?? []);
    const done = both.filter(({ kind }) => kind === 'done');
    // Who saw the other's routes in the plan undid them knowingly: then both were done, one after the other.
    if (!both.some(({ plan, kind }) => kind === 'done' && sawOthersRoutes(plan!))) {
      expect(done.map(({ sentence }) => sentence)).toHaveLength(1);
      expect(done[0].plan!.after).toEqual(estate.plane.live);
    }
    for (const { kind, sentence } of both) if (kind !== 'done') expect(sentence).toMatch(/by arn:aws:iam::111122223333:user\/(ana|ben)/);
    for (const one of [ana, ben]) if (one.outcome()) expect(falseClaims(estate, one)).toEqual([]);
  });
});

function sawOthersRoutes({ before, checks }: Plan): boolean {
  return [west, europe].some((routes) => sameRoutes(before, routes)) || checks.some(({ name, sentence }) => name === 'control endpoints' && /disagree/.test(sentence));
}
