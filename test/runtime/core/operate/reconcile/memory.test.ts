import type { Version, VersionCursor } from '../../../../../runtime/core/operate/ports';
import type { ComparedBucket } from '../../../../../runtime/core/operate/compare/suspect';
import { beginPair, listPair } from '../../../../../runtime/core/operate/reconcile/list';
import { lookAtSuspects, findingsOf } from '../../../../../runtime/core/operate/reconcile/look';
import { LookAgain } from '../../../../../runtime/core/operate/compare/look-again';
import { Saver } from '../../../../../runtime/core/operate/reconcile/saver';
import type { LineLog, ReconcileStore } from '../../../../../runtime/core/operate/reconcile/store';
import { tallyOf } from '../../../../../runtime/core/operate/reconcile/tally';
import { systemClock } from '../../../../../runtime/aws/system';
import { seeded } from '../../../support/random';
import { HERE, THERE } from './support';

/** Ten million would show the same, and take longer: `bench/reconcile` does that. */
const VERSIONS = 40_000;
const PAGE = 1_000;

jest.setTimeout(120_000);

/** Counts what is alive in the comparison: pages that were handed out and not yet read, heads under way, lines given to the disk at once. */
class Gauge {
  pagesAhead = 0;
  heads = 0;
  lines = 0;
  saved = 0;

  see(name: 'pagesAhead' | 'heads' | 'lines' | 'saved', value: number): void {
    this[name] = Math.max(this[name], value);
  }
}

/** A bucket that holds nothing: each version is made when it is asked for. Every tenth is in one bucket alone. */
class Made implements ComparedBucket {
  served = 0;
  private under = 0;

  constructor(readonly region: string, private readonly has: (at: number) => boolean, private readonly gauge: Gauge) {}

  async listVersions(_: AbortSignal, { after, prefix, most = PAGE }: { after?: VersionCursor; prefix?: string; most?: number } = {}) {
    const versions: Version[] = [];
    let at = prefix !== undefined ? Number(prefix) : after ? Number(after.key) + 1 : 0;
    const end = prefix !== undefined ? at + 1 : VERSIONS;
    for (; at < end && versions.length < most; at++) {
      if (this.has(at)) versions.push({ key: String(at).padStart(9, '0'), versionId: `v${at}`, current: true, deleteMarker: false, modifiedAt: at * 1_000, size: 1 });
    }
    if (prefix === undefined) this.served += versions.length;
    return { versions, ...(at < end ? { next: { key: String(at - 1).padStart(9, '0'), versionId: `v${at - 1}` } } : {}) };
  }

  async headVersion(key: string) {
    this.gauge.see('heads', ++this.under);
    await null;
    this.under--;
    return this.has(Number(key)) ? { replicationStatus: 'PENDING' as const, deleteMarker: false } : undefined;
  }
}

/** A disk: it forgets what it is given, but counts it, and can make it again. */
class Disk implements ReconcileStore {
  constructor(private readonly gauge: Gauge) {}

  load = async () => undefined;
  clear = async () => undefined;

  async save(text: string): Promise<void> {
    this.gauge.see('saved', text.length);
  }

  async lines(): Promise<LineLog> {
    const chunks: string[] = [];
    let length = 0;
    return {
      append: async (lines) => {
        this.gauge.see('lines', lines.length);
        // As text, as a disk would have it.
        if (lines.length > 0) chunks.push(lines.join('\n'));
        return (length += lines.length);
      },
      sync: async () => undefined,
      cutTo: async () => undefined,
      read: async function* (_from, most) {
        let end = 0;
        for (const chunk of chunks) {
          const lines = chunk.split('\n');
          for (let at = 0; at < lines.length; at += most) {
            const some = lines.slice(at, at + most);
            yield { lines: some, end: (end += some.length) };
          }
        }
      },
    };
  }
}

test('keeps a bounded number of versions, whatever the buckets hold and however much differs', async () => {
  const gauge = new Gauge();
  const left = new Made(HERE, (at) => at % 10 !== 1, gauge);
  const right = new Made(THERE, (at) => at % 10 !== 2, gauge);
  const attempts = { clock: systemClock, random: seeded(1), signal: new AbortController().signal };
  const plan = { between: [HERE, THERE] as [string, string], boundaries: [], cutOff: 0 };
  const progress = beginPair(plan);
  const saver = new Saver(new Disk(gauge), systemClock, { actId: 'memory00', startedAt: 0, accessPoint: 'x', active: [], quarantines: [], pairs: [plan] }, [progress]);
  let read = 0;
  const listed = await listPair({
    left,
    right,
    attempts,
    plan,
    pair: 0,
    progress,
    saver,
    passed: (versions) => gauge.see('pagesAhead', (left.served + right.served - (read += versions)) / PAGE),
  });
  expect(listed.compared).toEqual({ complete: true });
  const again = new LookAgain({ buckets: [left, right], others: [], attempts });
  expect(await lookAtSuspects({ pair: 0, progress, saver, again, looked: () => undefined })).toEqual({ complete: true });
  const tally = await tallyOf(findingsOf(saver, 0, progress));

  expect(tally.missing.map(({ count }) => count)).toEqual([VERSIONS / 10, VERSIONS / 10]);
  expect(tally.missing.flatMap(({ first }) => first).length).toBe(20);
  // Of each side the page that is read, and the one that is asked for.
  expect(gauge.pagesAhead).toBeLessThanOrEqual(4);
  expect(gauge.heads).toBeLessThanOrEqual(16);
  expect(gauge.lines).toBeLessThanOrEqual(1_000);
  expect(gauge.saved).toBeLessThan(20_000);
  expect(listed.boundaries.length).toBeLessThanOrEqual(63);
  expect(listed.boundaries.length).toBeGreaterThanOrEqual(32);
});
