import { CallError } from '../../../../../runtime/core/calls/call-error';
import { compare, type CompareOptions } from '../../../../../runtime/core/operate/compare/compare';
import type { Stretch } from '../../../../../runtime/core/operate/compare/merge';
import { rangesOf } from '../../../../../runtime/core/operate/compare/range';
import type { Suspect } from '../../../../../runtime/core/operate/compare/suspect';
import { FakeEstate } from '../../../support/fake-estate';
import { paged } from '../../../support/paged';
import { seeded } from '../../../support/random';
import { VirtualClock } from '../../../support/virtual-clock';

const HERE = 'us-east-1';
const THERE = 'us-west-2';

function world() {
  const clock = new VirtualClock();
  const estate = new FakeEstate(clock, { regions: [HERE, THERE] });
  const attempts = { clock, random: seeded(1), signal: new AbortController().signal };
  const run = async (options: Partial<CompareOptions> = {}) => {
    const suspects: Suspect[] = [];
    const stretches: Stretch[] = [];
    const compared = await clock.run(() =>
      compare({
        left: estate.bucket(HERE),
        right: estate.bucket(THERE),
        attempts,
        take: async (stretch) => {
          stretches.push(stretch);
          suspects.push(...stretch.suspects);
        },
        ...options,
      }),
    );
    return { compared, suspects, stretches, said: suspects.map(said) };
  };
  return { clock, estate, attempts, run, here: estate.bucket(HERE), there: estate.bucket(THERE) };
}

function said(suspect: Suspect): string {
  if (suspect.kind === 'lacking') return `${suspect.lackedBy} lacks ${suspect.version.key} ${suspect.version.versionId}`;
  if (suspect.kind === 'differing') return `${suspect.key} differs`;
  return `${suspect.older.versionId} overtaken by ${suspect.newer.versionId}`;
}

/** Puts a version into one bucket or both, at a second. */
function put(estate: FakeEstate, regions: readonly string[], key: string, versionId: string, second: number, more: { deleteMarker?: boolean; etag?: string } = {}) {
  for (const region of regions) {
    estate.bucket(region).take({ key, versionId, current: true, deleteMarker: false, modifiedAt: second * 1_000, size: 1, etag: '"e"', origin: region === regions[0], text: 'x', status: region === regions[0] ? 'PENDING' : 'REPLICA', ...more });
  }
}

test('finds nothing between buckets that hold the same', async () => {
  const { estate, run } = world();
  for (const key of ['a', 'b', 'ü', '\u{1F600}']) put(estate, [HERE, THERE], key, `v-${key}`, 10);
  const { compared, said, stretches } = await run();
  expect(compared).toEqual({ complete: true });
  expect(said).toEqual([]);
  expect(stretches.reduce((sum, { keys }) => sum + keys, 0)).toBe(4);
});

test('finds what either side lacks, and keys that read differently', async () => {
  const { estate, run } = world();
  put(estate, [HERE, THERE], 'a', 'v1', 10);
  put(estate, [HERE], 'a', 'v2', 20);
  put(estate, [THERE], 'b', 'v3', 20);
  put(estate, [THERE], 'c', 'v4', 20, { deleteMarker: true });
  const { said } = await run();
  expect(said).toEqual(['us-west-2 lacks a v2', 'a differs', 'us-east-1 lacks b v3', 'b differs', 'us-east-1 lacks c v4']);
});

test('leaves out what this library keeps for itself, and keys that no rule covers', async () => {
  const { estate, run } = world();
  put(estate, [HERE], '.s3-failover/probe/1', 'v1', 10);
  put(estate, [HERE], 'in/.s3-failover/marker/us-east-1/r-1', 'v0', 10);
  put(estate, [HERE], 'in/1', 'v2', 10);
  put(estate, [HERE], 'out/1', 'v3', 10);
  expect((await run({ prefix: 'in/' })).said).toEqual(['us-west-2 lacks in/1 v2', 'in/1 differs']);
});

describe('with a watermark', () => {
  test('leaves out what is older', async () => {
    const { estate, run } = world();
    put(estate, [HERE], 'a', 'old', 10);
    put(estate, [HERE], 'b', 'new', 30);
    expect((await run({ since: 20_000 })).said).toEqual(['us-west-2 lacks b new', 'b differs']);
  });

  test('keeps what was written in its own second, and in the one before', async () => {
    const { estate, run } = world();
    for (const second of [18, 19, 20, 21]) put(estate, [HERE], `k${second}`, `v${second}`, second);
    expect((await run({ since: 20_900 })).said.filter((line) => line.includes('lacks'))).toEqual(['us-west-2 lacks k19 v19', 'us-west-2 lacks k20 v20', 'us-west-2 lacks k21 v21']);
  });

  test('keeps objects of multipart uploads, whose time is the beginning of the upload', async () => {
    const { estate, run } = world();
    put(estate, [HERE], 'a', 'v1', 1, { etag: '"0123456789abcdef0123456789abcdef-12"' });
    expect((await run({ since: 900_000_000 })).said).toContain('us-west-2 lacks a v1');
  });
});

test('matches versions of one second whatever their order', async () => {
  const { here, there, run } = world();
  const version = (versionId: string, current: boolean) => ({ key: 'a', versionId, current, deleteMarker: false, modifiedAt: 5_000, size: 1 });
  const one = { region: here.region, headVersion: here.headVersion, listVersions: async () => ({ versions: [version('v1', true), version('v2', false), version('v3', false)] }) };
  const other = { region: there.region, headVersion: there.headVersion, listVersions: async () => ({ versions: [version('v3', true), version('v1', false), version('v2', false)] }) };
  expect((await run({ left: one, right: other })).said).toEqual(['a differs']);
});

test('takes two versions `null` for one only when they hold the same', async () => {
  const { estate, run } = world();
  put(estate, [HERE, THERE], 'a', 'null', 10);
  put(estate, [HERE], 'b', 'null', 10, { etag: '"one"' });
  put(estate, [THERE], 'b', 'null', 10, { etag: '"two"' });
  expect((await run()).said).toEqual(['us-west-2 lacks b null', 'us-east-1 lacks b null', 'b differs']);
});

test('holds a bounded number of versions of a key, however many it has', async () => {
  const { run } = world();
  const versions = 20_000;
  const lister = (region: string, every: number) => ({
    region,
    headVersion: async () => undefined,
    listVersions: async (_: AbortSignal, { after }: { after?: { versionId?: string } } = {}) => {
      const from = after ? Number(after.versionId) + 1 : 0;
      const page = [];
      let at = from;
      for (; at < versions && page.length < 1_000; at++) {
        if (at % every === 0) page.push({ key: 'k', versionId: String(at), current: at === 0, deleteMarker: false, modifiedAt: (versions - at) * 1_000, size: 1 });
      }
      return { versions: page, ...(at < versions ? { next: { key: 'k', versionId: String(at - 1) } } : {}) };
    },
  });
  const { stretches, suspects } = await run({ left: lister(HERE, 1), right: lister(THERE, 2) });
  expect(suspects).toHaveLength(versions / 2);
  expect(Math.max(...stretches.map(({ held }) => held))).toBeLessThanOrEqual(2_000);
  expect(Math.max(...stretches.map(({ suspects: some }) => some.length))).toBeLessThanOrEqual(2_000);
});

describe('writes that were overtaken', () => {
  test('are pairs of neighbours since a moment', async () => {
    const { estate, run } = world();
    put(estate, [HERE, THERE], 'a', 'v1', 10);
    put(estate, [HERE, THERE], 'a', 'v2', 20);
    put(estate, [HERE], 'a', 'v3', 30);
    put(estate, [THERE], 'a', 'v4', 40);
    put(estate, [HERE, THERE], 'b', 'v5', 40);
    expect((await run({ overtakenSince: 20_000 })).said.filter((line) => line.includes('overtaken'))).toEqual(['v3 overtaken by v4', 'v2 overtaken by v3']);
  });

  test('are not looked for unless asked', async () => {
    const { estate, run } = world();
    put(estate, [HERE, THERE], 'a', 'v1', 10);
    put(estate, [HERE, THERE], 'a', 'v2', 20);
    expect((await run()).said).toEqual([]);
  });
});

describe('in ranges', () => {
  test('finds the same as in one go, each range by itself', async () => {
    const { estate, run } = world();
    for (let index = 0; index < 40; index++) put(estate, index % 3 === 0 ? [HERE] : [HERE, THERE], `k${String(index).padStart(2, '0')}`, `v${index}`, 10);
    const whole = await run();
    const parts = await run({ ranges: rangesOf(['k07', 'k08', 'k20x', 'z']), parallel: 2 });
    expect([...parts.said].sort()).toEqual([...whole.said].sort());
    expect(parts.stretches.reduce((sum, { keys }) => sum + keys, 0)).toBe(40);
  });

  test('counts nothing twice where S3 repeats the marker\'s own key', async () => {
    const { estate, here, there, run } = world();
    for (const key of ['a', 'b', 'c']) put(estate, [HERE], key, `v-${key}`, 10);
    const inclusive = (bucket: typeof here): CompareOptions['left'] => ({
      region: bucket.region,
      headVersion: bucket.headVersion,
      listVersions: async (signal, options = {}) => {
        const page = await bucket.listVersions(signal, {});
        return { versions: page.versions.filter(({ key }) => options.after === undefined || key >= options.after.key) };
      },
    });
    const { said } = await run({ left: inclusive(here), right: inclusive(there), ranges: rangesOf(['b']) });
    expect(said.filter((line) => line.includes('lacks'))).toEqual(['us-west-2 lacks a v-a', 'us-west-2 lacks b v-b', 'us-west-2 lacks c v-c']);
  });

  test('lists at most so many at once', async () => {
    const { estate, clock, run } = world();
    let now = 0;
    let most = 0;
    estate.before = async ({ region }) => {
      if (region !== HERE) return;
      most = Math.max(most, ++now);
      await clock.sleep(50);
      now--;
    };
    await run({ ranges: rangesOf(['b', 'c', 'd', 'e', 'f', 'g']), parallel: 3 });
    expect(most).toBe(3);
  });
});

describe('when S3 does not answer as it should', () => {
  const failing = (code: string, status?: number) => new CallError({ call: 's3 ListObjectVersions', region: HERE, code, status, reason: 'as scripted' });

  test.each([['SlowDown', 503], ['InternalError', 500], ['TooManyRequests', 429], ['ECONNRESET', undefined]] as const)('asks for a page again after %s, and skips none', async (code, status) => {
    const { estate, here, there, run } = world();
    for (let index = 0; index < 9; index++) put(estate, [HERE], `k${index}`, `v${index}`, 10);
    let asked = 0;
    estate.before = ({ call }) => {
      if (call === 'listVersions' && ++asked % 3 !== 0) throw failing(code, status);
    };
    const { compared, said } = await run({ left: paged(here, 2), right: paged(there, 2) });
    expect(compared).toEqual({ complete: true });
    expect(said.filter((line) => line.includes('lacks'))).toHaveLength(9);
  });

  test('asks for a page again that does not come in time', async () => {
    const { estate, clock, run } = world();
    put(estate, [HERE], 'a', 'v1', 10);
    estate.kill(HERE);
    void clock.sleep(40_000).then(() => estate.heal(HERE));
    const { compared, said } = await run();
    expect(compared).toEqual({ complete: true });
    expect(said).toEqual(['us-west-2 lacks a v1', 'a differs']);
  });

  test('fails when a Region stays silent: what was seen is no comparison', async () => {
    const { estate, run } = world();
    estate.kill(THERE);
    const { compared } = await run();
    expect(compared).toMatchObject({ complete: false, why: expect.stringContaining(THERE) });
    expect(estate.calls.filter(({ region }) => region === THERE)).toHaveLength(8);
  });

  test('fails at once when the listing is forbidden', async () => {
    const { there, estate, run } = world();
    there.denied.add('listVersions');
    expect((await run()).compared).toMatchObject({ complete: false, why: expect.stringContaining('AccessDenied') });
    expect(estate.calls.filter(({ region }) => region === THERE)).toHaveLength(1);
  });

  test.each([
    ['keys that go back', { versions: ['b', 'a'] }, /order of their bytes/],
    ['a next page that is the same page', { versions: [], next: { key: 'a' } }, /not further on/],
  ])('fails when a listing has %s', async (_, page: { versions: string[]; next?: { key: string } }, why) => {
    const { here, run } = world();
    const version = (key: string) => ({ key, versionId: '1', current: true, deleteMarker: false, modifiedAt: 0 });
    const left = { region: here.region, headVersion: here.headVersion, listVersions: async () => ({ ...page, versions: page.versions.map(version) }) };
    expect((await run({ left })).compared).toMatchObject({ complete: false, why: expect.stringMatching(why) });
  });

  test('fails when it is stopped', async () => {
    const { estate, here, run, attempts } = world();
    for (let index = 0; index < 9; index++) put(estate, [HERE], `k${index}`, `v${index}`, 10);
    const stop = new AbortController();
    let pages = 0;
    const { compared } = await run({ left: paged(here, 1), attempts: { ...attempts, signal: stop.signal }, take: async () => void (++pages === 3 && stop.abort()) });
    expect(compared).toEqual({ complete: false, why: 'stopped before the end' });
    expect(pages).toBe(3);
  });

  test('fails when what it found cannot be taken', async () => {
    const { estate, run } = world();
    put(estate, [HERE], 'a', 'v1', 10);
    await expect(run({ take: async () => { throw new Error('the disk is full'); } })).rejects.toThrow('the disk is full');
  });
});
