// Compares two buckets of as many versions as are asked for, from generators in this process, and tells what the heap held at most.
// Bundled before it is run. Argument: versions per bucket.
import { NoLogs } from './logs.mjs';
import { listPair, beginPair } from '../../runtime/core/operate/reconcile/list';
import { Saver } from '../../runtime/core/operate/reconcile/saver';
import { systemClock } from '../../runtime/aws/system';
import { bucketOf, keyAt, modifiedAt, numberOf, placeOf, versionIdAt } from './versions.mjs';

const versions = Number(process.argv[2]);
const PAGE = 1_000;

function bucket(region, stored) {
  return {
    region,
    headVersion: async () => undefined,
    async listVersions(_, { after } = {}) {
      const page = [];
      const from = !after ? [0, 0] : after.versionId ? [placeOf(after.key), numberOf(after.versionId) + 1] : [placeOf(after.key) + 1, 0];
      const next = stored.walk(from, (key, number) => {
        if (page.length === PAGE) return false;
        page.push({ key: keyAt(key), versionId: versionIdAt(key, number), current: number === 0, deleteMarker: false, modifiedAt: modifiedAt(key, number), size: 1_000 + (key % 1_000), etag: '"d41d8cd98f00b204e9800998ecf8427e"' });
        return true;
      });
      const last = page.at(-1);
      return { versions: page, ...(next && { next: { key: last.key, versionId: last.versionId } }) };
    },
  };
}

const plan = { between: ['us-east-1', 'us-west-2'], boundaries: [] };
const progress = beginPair(plan);
const saver = new Saver(new NoLogs(), systemClock, { pairs: [plan] }, [progress]);
let peak = 0;
let passed = 0;
const sample = () => {
  globalThis.gc();
  peak = Math.max(peak, process.memoryUsage().heapUsed);
};
sample();
const before = peak;
const began = performance.now();
let sampled = 0;
const { compared } = await listPair({
  left: bucket('us-east-1', bucketOf(versions)),
  right: bucket('us-west-2', bucketOf(versions, { lacking: true })),
  attempts: { clock: systemClock, random: Math.random, signal: new AbortController().signal },
  plan,
  pair: 0,
  progress,
  saver,
  passed: (some) => {
    passed += some;
    // What garbage is kept until it is collected says nothing: only what is left after a collection.
    if (passed - sampled >= 1_000_000) {
      sampled = passed;
      sample();
    }
  },
});
sample();
console.log(JSON.stringify({ complete: compared.complete, passed, seconds: (performance.now() - began) / 1_000, beforeMiB: before / 2 ** 20, peakMiB: peak / 2 ** 20, peakRssMiB: process.resourceUsage().maxRSS / 1_024 }));
