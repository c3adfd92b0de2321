import * as fc from 'fast-check';
import { compareKeys } from '../../../../../runtime/core/operate/key-order';
import { encodeKey } from '../../../../../runtime/core/operate/reconcile/encode';
import type { ReconcileReport } from '../../../../../runtime/core/operate/reconcile/report';
import { paged } from '../../../support/paged';
import { seeded } from '../../../support/random';
import { HERE, Night, SECOND, THERE } from './support';

/** Hundreds of histories take a while on a busy machine. */
jest.setTimeout(120_000);

/** Order beyond U+FFFF, spaces, plus and percent signs, quotes, line feeds, prefixes of others. */
const KEYS = ['a', 'a b', 'a+b', 'a%2Bb', 'a\nb', 'ab', 'a/b', "it's", 'é', '\uffee', '\u{1F600}', '"', ',', '=1+1'];

interface Scene {
  readonly writes: readonly { readonly key: string; readonly region: string; readonly remove: boolean; readonly then: number }[];
  readonly cutAt: number;
  readonly failing: readonly string[];
  readonly page: number;
  readonly boundaries: readonly string[];
}

const scene: fc.Arbitrary<Scene> = fc.record({
  writes: fc.array(fc.record({ key: fc.constantFrom(...KEYS), region: fc.constantFrom(HERE, THERE), remove: fc.boolean(), then: fc.integer({ min: 1, max: 5 }) }), { maxLength: 40 }),
  cutAt: fc.integer({ min: 0, max: 40 }),
  failing: fc.subarray(KEYS, { maxLength: 3 }),
  page: fc.integer({ min: 1, max: 4 }),
  boundaries: fc.subarray(KEYS, { maxLength: 3 }).map((keys) => [...keys].sort(compareKeys)),
});

/** The world of a scene: clients wrote, and from some moment on nothing was copied. Calls are slow, so that much is saved between them. */
async function made({ writes, cutAt, failing }: Scene): Promise<Night> {
  const night = new Night({ latencyMs: 2 * SECOND });
  night.estate.failing = (key) => failing.includes(key);
  for (const [index, { key, region, remove, then }] of writes.entries()) {
    if (index === cutAt) for (const [from, to] of [[HERE, THERE], [THERE, HERE]]) night.estate.pause(from, to);
    await night.estate.bucket(region).clientPut(key, remove ? undefined : key);
    await night.clock.pass(then * SECOND);
  }
  for (const [from, to] of [[HERE, THERE], [THERE, HERE]]) night.estate.pause(from, to);
  await night.clock.pass(20 * SECOND);
  return night;
}

const withPages = (night: Night, page: number) => {
  const world = night.estate.world();
  return { world: { ...world, buckets: (region: string) => ({ ...world.buckets(region), ...paged(night.estate.bucket(region), page), listUploads: (signal: AbortSignal) => night.estate.bucket(region).listUploads(signal) }) as never } };
};

async function start(night: Night, { boundaries, page }: Scene, signal?: AbortSignal): Promise<ReconcileReport> {
  const { job } = await night.plan({ cutOff: 0 });
  return night.run({ ...job, pairs: [{ ...job.pairs[0], boundaries: [...boundaries] }] }, { ...withPages(night, page), dryRun: true, parallel: 2, ...(signal && { signal }) });
}

/** All of it that a person could tell apart. */
function gist(report: ReconcileReport, night: Night) {
  return {
    sentence: report.sentence,
    csv: night.csv.text,
    manifests: [...night.manifests].map(([region, { text }]) => [region, text]).sort(),
    pairs: report.pairs.map((pair) => ({ keys: pair.keys, versions: pair.versions, tally: pair.complete && pair.tally })),
  };
}

test('a run that loses power, however often, says at its end what an undisturbed one says', async () => {
  let resumed = 0;
  await fc.assert(
    fc.asyncProperty(scene, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }), fc.integer(), async (one, kills, seed) => {
      const calm = await made(one);
      const expected = gist(await start(calm, one), calm);

      const night = await made(one);
      const random = seeded(seed);
      const runs = [...kills, Infinity];
      let report: ReconcileReport | undefined;
      for (const [nth, calls] of runs.entries()) {
        const stop = new AbortController();
        let crashed: typeof night.store | undefined;
        let left = calls;
        night.estate.before = () => {
          if (--left !== 0) return;
          crashed = night.store.afterPowerLoss(random);
          stop.abort();
        };
        night.csv.text = '';
        night.manifests.clear();
        if (night.store.saved === undefined || nth === 0) report = await start(night, one, stop.signal);
        else {
          report = await night.resume({ ...withPages(night, one.page), dryRun: true, parallel: 2, signal: stop.signal });
          resumed++;
        }
        if (!crashed) break;
        night.store = crashed;
      }
      expect(gist(report!, night)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
  expect(resumed).toBeGreaterThan(10);
});

test('says of every history what the world knows', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (one) => {
      const night = await made(one);
      const report = await start(night, one);
      const pair = report.pairs[0];
      if (!pair.complete) throw new Error(pair.why);
      const rows = night.csv.text.split('\n').slice(1, -1).map((line) => line.split(','));

      const lacking = (from: string, to: string) =>
        night.estate.bucket(from).all.filter(({ key, versionId }) => !key.startsWith('.s3-failover/') && !night.estate.bucket(to).stack(key).some((other) => other.versionId === versionId)).map((version) => ({ version, from, to }));
      const reads = (region: string, key: string) => {
        const [current] = night.estate.bucket(region).stack(key);
        return current && !current.deleteMarker ? current.versionId : undefined;
      };
      const missing = [...lacking(HERE, THERE), ...lacking(THERE, HERE)].filter(({ version, to }) => !(version.deleteMarker && version.current && reads(to, version.key) === undefined));
      expect(rows.filter(([kind]) => kind === 'missing').map(([, reason, key, region, id]) => [reason, key, region, id].join()).sort()).toEqual(
        missing.map(({ version, from }) => [version.deleteMarker ? 'delete marker' : version.status!.toLowerCase(), encodeKey(version.key), from, version.versionId].join()).sort(),
      );

      // A key that one side has not got at all is named by its missing version.
      const differing = KEYS.filter((key) => reads(HERE, key) !== reads(THERE, key) && [night.here, night.there].every((bucket) => bucket.stack(key).length > 0));
      expect(rows.filter(([kind]) => kind === 'differs').map(([, , key]) => key).sort()).toEqual(differing.map(encodeKey).sort());

      // Of every two writes that follow each other, as both sides together know them, the older is superseded if another Region took the newer.
      const superseded = KEYS.flatMap((key) => {
        const all = new Map([...night.here.stack(key), ...night.there.stack(key)].map((version) => [version.versionId, version]));
        const ordered = [...all.values()].sort((a, b) => b.modifiedAt - a.modifiedAt || (a.versionId < b.versionId ? 1 : -1));
        const writer = (id: string) => {
          const holders = [HERE, THERE].filter((region) => night.estate.bucket(region).stack(key).some(({ versionId }) => versionId === id));
          const origin = holders.find((region) => night.estate.bucket(region).stack(key).some(({ versionId, origin: own }) => versionId === id && own));
          return all.get(id)!.deleteMarker && holders.length === 2 ? undefined : origin;
        };
        return ordered.slice(1).flatMap((older, index) => (writer(older.versionId) === writer(ordered[index].versionId) ? [] : [`${encodeKey(key)},${older.versionId},${ordered[index].versionId}`]));
      });
      expect(rows.filter(([kind]) => kind === 'superseded').map(([, , key, , id, , , , , newer]) => [key, id, newer].join()).sort()).toEqual(superseded.sort());

      const owed = missing.filter(({ version }) => !version.deleteMarker || version.current).length + differing.length;
      expect(pair.tally.owed).toBe(owed);
      expect(report.outcome).toBe(owed === 0 ? 'clean' : 'differences');
    }),
    { numRuns: 200 },
  );
});
