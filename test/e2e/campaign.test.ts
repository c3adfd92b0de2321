import { ACTS, countPoints } from '../campaign/acts';
import { CampaignEstate } from '../campaign/estate';
import { nameOf, sampleOf, triplesOf, type Triple } from '../campaign/triples';
import { FACTOR, tryTriple } from '../campaign/try';
import { seeded } from '../runtime/support/random';

/** `npm run campaign` tries hundreds; here some of each fault, the same in every run. */
const SEED = 20261124;
const QUICK = 14;
const SLOW = 3;
const STILL = 4;
/** A try mostly waits; each lane has a local AWS of its own. */
const LANES = 3;

jest.setTimeout(600_000);

let estates: CampaignEstate[] = [];
let triples: Triple[];

beforeAll(async () => {
  for (let lane = 0; lane < LANES; lane++) estates = [...estates, await CampaignEstate.start()];
  const points = await countPoints(estates[0], ACTS, FACTOR);
  const of = (names: readonly string[], most: number) => sampleOf(triplesOf(ACTS.filter(({ name }) => names.includes(name)), points, seeded(SEED)), most);
  triples = [...of(['failover', 'routes set'], QUICK), ...of(['switchover'], SLOW), ...of(['fence lift', 'reconcile'], STILL)];
});
afterAll(() => Promise.all(estates.map((estate) => estate.stop())));

test('whatever strikes between two requests, no invariant is breached, and a rerun ends the job', async () => {
  const breaches: string[] = [];
  let struck = 0;
  const left = [...triples];
  const lane = async (estate: CampaignEstate) => {
    for (let triple = left.shift(); triple; triple = left.shift()) {
      const verdict = await tryTriple(estate, triple, nameOf(triple));
      if (verdict.struck) struck++;
      // A run makes now more requests and now fewer: what came too late for it comes earlier.
      else if (triple.point > 1) left.push({ ...triple, point: Math.floor(triple.point / 2) });
      for (const breach of verdict.breaches) breaches.push(`${nameOf(triple)} (${verdict.request}, exit ${verdict.code}): ${breach}`);
    }
  };
  await Promise.all(estates.map(lane));
  expect(breaches).toEqual([]);
  // A fault that never strikes proves nothing.
  expect(struck).toBe(triples.length);
});
