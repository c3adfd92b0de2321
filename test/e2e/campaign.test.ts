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

jest.setTimeout(600_000);

let estate: CampaignEstate;
let triples: Triple[];

beforeAll(async () => {
  estate = await CampaignEstate.start();
  const points = await countPoints(estate, ACTS, FACTOR);
  const of = (names: readonly string[], most: number) => sampleOf(triplesOf(ACTS.filter(({ name }) => names.includes(name)), points, seeded(SEED)), most);
  triples = [...of(['failover', 'routes set'], QUICK), ...of(['switchover'], SLOW), ...of(['fence lift', 'reconcile'], STILL)];
});
afterAll(() => estate?.stop());

test('whatever strikes between two requests, no invariant is breached, and a rerun ends the job', async () => {
  const breaches: string[] = [];
  let struck = 0;
  for (const triple of triples) {
    const verdict = await tryTriple(estate, triple, nameOf(triple));
    if (verdict.struck) struck++;
    breaches.push(...verdict.breaches.map((breach) => `${nameOf(triple)} (${verdict.request}, exit ${verdict.code}): ${breach}`));
  }
  expect(breaches).toEqual([]);
  // A fault that never strikes proves nothing.
  expect(struck).toBeGreaterThanOrEqual(triples.length - 2);
});
