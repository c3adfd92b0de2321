import { startClock } from '../../../../local/rehearsal/engine/clock';
import { sleep } from '../../../../local/rehearsal/engine/wait';
import { audit } from '../../../../local/rehearsal/traffic/audit';
import { Ledger } from '../../../../local/rehearsal/traffic/ledger';
import { Sightings } from '../../../../local/rehearsal/traffic/sightings';
import { SmallEstate, type Sabotage } from '../support/small-estate';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const calm = () => new AbortController().signal;

let estate: SmallEstate;
afterEach(() => estate.stop());

/** Writes so many objects, by way of us-east-1, and remembers them. */
async function written(n: number, sabotage: Sabotage = {}): Promise<Ledger> {
  estate = new SmallEstate(sabotage);
  const ledger = new Ledger();
  for (let i = 0; i < n; i++) {
    const { id, key, body, md5, sha256 } = ledger.intend((one) => `rehearsal/${one}`);
    const { versionId } = await estate.put(key, body, calm());
    ledger.wrote({ id, key, md5, sha256, startedAt: 0, endedAt: 1, outcome: 'acknowledged', versionId });
  }
  return ledger;
}

test('answers with what a Region lacks, and remembers when it first had it', async () => {
  const ledger = await written(3);
  const sightings = new Sightings(estate, ledger, startClock(), REGIONS);

  expect(await sightings.look('us-east-1', calm())).toEqual([]);
  expect(await sightings.look('us-west-2', calm())).toEqual([1, 2, 3]);
  await sleep(150);
  expect(await sightings.look('us-west-2', calm())).toEqual([]);
  expect(sightings.firstSeen.get('us-west-2')!.get(2)).toBeGreaterThan(100);
  expect(sightings.firstSeen.get('eu-west-1')!.size).toBe(0);
});

test('does not take a Region that gives no answer for one that lacks nothing', async () => {
  const ledger = await written(1);
  const sightings = new Sightings(estate, ledger, startClock(), REGIONS);
  await estate.kill('us-east-1');

  expect(await sightings.look('us-east-1', calm())).toBeUndefined();
  expect(sightings.samples).toMatchObject([{ region: 'us-east-1', missing: undefined }]);
});

test('goes on looking at the other Regions while one hangs', async () => {
  const ledger = await written(1);
  const list = estate.list.bind(estate);
  estate.list = (region, prefix) => (region === 'us-east-1' ? new Promise(() => undefined) : list(region, prefix));
  const sightings = new Sightings(estate, ledger, startClock(), REGIONS);
  sightings.start(10);
  await sleep(120);

  expect(sightings.samples.filter((sample) => sample.region === 'us-west-2').length).toBeGreaterThan(3);
  await sightings.stop();
});

test('stops looking when told to', async () => {
  const sightings = new Sightings(estate, await written(1), startClock(), REGIONS);
  sightings.start(10);
  await sleep(30);
  await sightings.stop();
  const { length } = sightings.samples;
  await sleep(50);

  expect(sightings.samples.length).toBe(length);
});

describe('the audit', () => {
  test('fetches every copy and tells originals from replicas', async () => {
    const ledger = await written(2);
    await sleep(150);
    const { copies, divergentKeys } = await audit(estate, ledger, REGIONS, calm(), () => undefined);

    expect(copies).toHaveLength(6);
    expect(copies.every((copy) => copy.intact)).toBe(true);
    expect(copies.filter((copy) => !copy.replica).map((copy) => copy.region)).toEqual(['us-east-1', 'us-east-1']);
    expect(divergentKeys).toEqual([]);
  });

  test('knows a copy of other bytes by its version, and calls it damaged', async () => {
    const ledger = await written(2, { damages: 2 });
    await sleep(150);
    const { copies } = await audit(estate, ledger, REGIONS, calm(), () => undefined);

    expect(copies.filter((copy) => !copy.intact).map(({ id, region }) => [id, region]).sort()).toEqual([[2, 'eu-west-1'], [2, 'us-west-2']]);
  });

  test('finds keys whose current version is not the same everywhere', async () => {
    const ledger = await written(1);
    await sleep(150);
    const list = estate.list.bind(estate);
    const { key } = ledger.writes[0];
    estate.list = async (region, prefix) => {
      const versions = await list(region, prefix);
      return region === 'us-west-2' ? [...versions.map((one) => ({ ...one, isLatest: false })), { key, versionId: 'own', etag: '"of-another-write"', isLatest: true }] : versions;
    };
    expect((await audit(estate, ledger, REGIONS, calm(), () => undefined)).divergentKeys).toEqual(['rehearsal/1']);
  });
});
