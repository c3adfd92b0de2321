import * as fc from 'fast-check';
import { CallError } from '../../../../../runtime/core/calls/call-error';
import type { Finding } from '../../../../../runtime/core/operate/compare/finding';
import { LookAgain } from '../../../../../runtime/core/operate/compare/look-again';
import { findMissing, stillMissing, type MissingOptions } from '../../../../../runtime/core/operate/compare/missing';
import type { Suspect } from '../../../../../runtime/core/operate/compare/suspect';
import { FakeEstate } from '../../../support/fake-estate';
import { paged } from '../../../support/paged';
import { seeded } from '../../../support/random';
import { VirtualClock } from '../../../support/virtual-clock';

/** Hundreds of histories take a while on a busy machine. */
jest.setTimeout(120_000);

const HERE = 'us-east-1';
const THERE = 'us-west-2';
const THIRD = 'eu-west-1';
const SECOND = 1_000;

function world(regions = [HERE, THERE, THIRD]) {
  const clock = new VirtualClock();
  const estate = new FakeEstate(clock, { regions, lagMs: 5 * SECOND });
  const attempts = { clock, random: seeded(1), signal: new AbortController().signal };
  const options: MissingOptions = {
    source: estate.bucket(HERE),
    target: estate.bucket(THERE),
    others: regions.slice(2).map((region) => estate.bucket(region)),
    attempts,
  };
  const find = async (more: Partial<MissingOptions> = {}) => {
    const look = await clock.run(() => findMissing({ ...options, ...more }));
    return look.complete ? look.missing.map(({ reason, version }) => `${version.key}: ${reason}`) : look.why;
  };
  const again = (suspect: Suspect): Promise<Finding | undefined> => clock.run(() => new LookAgain({ buckets: [options.source, options.target], others: options.others, attempts }).at(suspect));
  return { clock, estate, options, find, again, here: estate.bucket(HERE), there: estate.bucket(THERE), third: estate.bucket(THIRD) };
}

describe('a version that the target lacks is called', () => {
  test('pending while it is on its way', async () => {
    const { estate, find } = world();
    estate.pause(HERE, THERE);
    await estate.write('a');
    expect(await find()).toEqual(['a: pending']);
  });

  test('failed when S3 has given up', async () => {
    const { clock, estate, find } = world();
    estate.failing = (key, to) => key === 'a' && to === THERE;
    await estate.write('a');
    await clock.pass(10 * SECOND);
    expect(await find()).toEqual(['a: failed']);
  });

  test('removed when it had been replicated', async () => {
    const { clock, estate, there, find } = world();
    const { versionId } = await estate.write('a');
    await clock.pass(10 * SECOND);
    await clock.run(() => there.removeVersion('a', versionId, new AbortController().signal));
    expect(await find()).toEqual(['a: removed']);
  });

  test('removed when it was written in the target itself', async () => {
    const { clock, there, find } = world();
    const versionId = await there.clientPut('a', 'x');
    await clock.pass(10 * SECOND);
    await clock.run(() => there.removeVersion('a', versionId, new AbortController().signal));
    expect(await find()).toEqual(['a: removed']);
  });

  test('unreplicated when no rule ever covered it', async () => {
    const { here, find } = world();
    here.store('a', 'x', false);
    expect(await find()).toEqual(['a: unreplicated']);
  });

  test('what its writer says when it came from a third Region', async () => {
    const { clock, estate, third, find } = world();
    estate.pause(THIRD, THERE);
    await third.clientPut('a', 'x');
    await clock.pass(10 * SECOND);
    expect(await find()).toEqual(['a: pending']);
  });

  test('a replica when the third Region that may owe it is silent', async () => {
    const { clock, estate, third, find } = world();
    estate.pause(THIRD, THERE);
    await third.clientPut('a', 'x');
    await third.clientPut('b', 'x');
    await clock.pass(10 * SECOND);
    estate.kill(THIRD);
    expect(await find()).toEqual(['a: replica', 'b: replica']);
  });

  test('untold when its head needs a key that only its client has, and held when it is there', async () => {
    const { clock, estate, find } = world();
    estate.before = ({ call, region }) => {
      if (call === 'headVersion') throw new CallError({ call: 's3 HeadObject', region, code: 'BadRequest', status: 400, reason: 'UnknownError' });
    };
    await estate.write('a');
    await clock.pass(10 * SECOND);
    estate.pause(HERE, THERE);
    await estate.write('a');
    await estate.write('ab');
    expect(await find()).toEqual(['a: untold', 'ab: untold']);
  });

  test('nothing at all when heads fail for expired credentials: the listing says so', async () => {
    const { estate, find } = world();
    estate.pause(HERE, THERE);
    await estate.write('a');
    let expired = false;
    estate.before = ({ call, region }) => {
      expired ||= call === 'headVersion';
      if (expired) throw new CallError({ call: `s3 ${call}`, region, code: call === 'headVersion' ? 'Unknown' : 'ExpiredToken', status: 400, reason: 'as scripted' });
    };
    expect(await find()).toContain('ExpiredToken');
  });

  test('a delete marker when it is one: S3 does not say what becomes of it', async () => {
    const { clock, estate, find } = world();
    await estate.write('a');
    await clock.pass(10 * SECOND);
    estate.pause(HERE, THERE);
    await estate.remove('a');
    expect(await find()).toEqual(['a: delete marker']);
  });
});

describe('is not called missing', () => {
  test('what arrives while the listings are read', async () => {
    const { clock, estate, there, find } = world();
    await estate.write('a');
    const list = there.listVersions.bind(there);
    const slow: typeof there.listVersions = async (signal, options) => {
      const page = await list(signal, options);
      await clock.sleep(10 * SECOND);
      return page;
    };
    const target = { region: THERE, listVersions: slow, headVersion: there.headVersion.bind(there) };
    expect(await find({ target })).toEqual([]);
  });

  test('what the source has lost by then', async () => {
    const { estate, here, again } = world();
    const { versionId } = await estate.write('a');
    const [version] = here.stack('a');
    here.forget('a');
    expect(versionId).toBe(version.versionId);
    expect(await again({ kind: 'lacking', version, in: HERE, lackedBy: THERE })).toBeUndefined();
  });

  test('a delete marker that hides nothing on the other side', async () => {
    const { here, find } = world();
    here.store('a', undefined, false);
    expect(await find()).toEqual([]);
  });

  test('what only the target has', async () => {
    const { there, find } = world();
    there.store('a', 'x', false);
    expect(await find()).toEqual([]);
  });
});

test('says again what is still missing, and why by then', async () => {
  const { clock, estate, options } = world();
  estate.pause(HERE, THERE);
  await estate.write('a');
  await estate.write('b');
  const look = await clock.run(() => findMissing(options));
  if (!look.complete) throw new Error(look.why);
  expect(look.missing.map(({ version }) => version.key)).toEqual(['a', 'b']);
  estate.failing = (key) => key === 'b';
  estate.unpause(HERE, THERE);
  await clock.pass(10 * SECOND);
  expect(await clock.run(() => stillMissing(look.missing, options))).toMatchObject({ complete: true, missing: [{ reason: 'failed', version: { key: 'b' } }] });
});

test('gives boundaries, and finds the same with them', async () => {
  const { clock, estate, options, find } = world();
  estate.pause(HERE, THERE);
  for (let index = 0; index < 2_500; index++) await estate.write(`k${String(index).padStart(4, '0')}`);
  const look = await clock.run(() => findMissing(options));
  if (!look.complete) throw new Error(look.why);
  expect(look.boundaries.length).toBeGreaterThanOrEqual(2);
  const calls = estate.calls.length;
  expect(await find({ boundaries: look.boundaries })).toHaveLength(2_500);
  expect(estate.calls.length).toBeGreaterThan(calls);
});

test('fails when more is missing than memory is given for', async () => {
  const { estate, find } = world();
  estate.pause(HERE, THERE);
  for (let index = 0; index < 20; index++) await estate.write(`k${index}`);
  expect(await find({ most: 10 })).toBe('us-west-2 lacks more than 10 versions that us-east-1 has');
});

test('fails when a compared Region falls silent at the second look', async () => {
  const { estate, find } = world();
  estate.pause(HERE, THERE);
  await estate.write('a');
  estate.before = ({ call }) => void (call === 'headVersion' && estate.kill(THERE));
  expect(await find()).toContain('us-west-2');
});

describe('fails when heads deny what the listing has: "not there" would hide that it is missing', () => {
  const denying = (bucket: ReturnType<typeof world>['here']) => ({ region: bucket.region, listVersions: bucket.listVersions.bind(bucket), headVersion: async () => undefined });

  test('of a version', async () => {
    const { estate, here, find } = world();
    estate.pause(HERE, THERE);
    await estate.write('a');
    expect(await find({ source: denying(here) })).toMatch(/s3 HeadObject in us-east-1 .*the listing has 'a'/);
  });

  test('of what is current, however often it is looked at', async () => {
    const { clock, estate, here, there, options } = world();
    estate.pause(HERE, THERE);
    await estate.write('a');
    const look = new LookAgain({ buckets: [denying(here), there], others: [], attempts: options.attempts });
    await expect(clock.run(() => look.at({ kind: 'differing', key: 'a', current: {} }))).rejects.toThrow(/the listing has 'a'/);
  });

  test('of what is always another by the time it is looked at', async () => {
    const { clock, here, there, options } = world();
    let nth = 0;
    const restless = { ...denying(here), listVersions: async (_: AbortSignal, { most }: { most?: number } = {}) => ({ versions: most ? [{ key: 'a', versionId: `v${nth++}`, current: true, deleteMarker: false, modifiedAt: 0, size: 1 }] : [] }) };
    const look = new LookAgain({ buckets: [restless, there], others: [], attempts: options.attempts });
    await expect(clock.run(() => look.at({ kind: 'differing', key: 'a', current: {} }))).rejects.toThrow(/'a' was another version each of 5 times/);
  });

  test('of what another kind of version has the id of', async () => {
    const { estate, here, there, find } = world();
    estate.pause(HERE, THERE);
    await estate.write('a');
    const target = { region: THERE, listVersions: there.listVersions.bind(there), headVersion: async () => ({ deleteMarker: true }) };
    expect(await find({ source: here, target })).toMatch(/s3 HeadObject in us-west-2 .*is a delete marker/);
  });
});

describe('a key that reads differently', () => {
  const suspect = (key: string): Suspect => ({ kind: 'differing', key, current: {} });

  test('is named with why the newest is not everywhere', async () => {
    const { clock, estate, again } = world();
    await estate.write('a');
    await clock.pass(10 * SECOND);
    estate.pause(HERE, THERE);
    await estate.write('a');
    expect(await again(suspect('a'))).toMatchObject({ kind: 'differs', key: 'a', because: 'pending', current: { [HERE]: { versionId: 'v000002' }, [THERE]: { versionId: 'v000001' } } });
  });

  test('is named when a Region has lost what is read elsewhere', async () => {
    const { clock, estate, there, again } = world();
    await estate.write('a');
    await clock.pass(10 * SECOND);
    there.forget('a');
    expect(await again(suspect('a'))).toMatchObject({ because: 'removed', current: { [HERE]: { versionId: 'v000001' } } });
  });

  test('is none when it reads alike by now, or was never promised to', async () => {
    const { clock, estate, here, again } = world();
    await estate.write('a');
    await clock.pass(10 * SECOND);
    expect(await again(suspect('a'))).toBeUndefined();
    here.store('b', 'x', false);
    expect(await again(suspect('b'))).toBeUndefined();
  });

  test('is none between two delete markers, each side\'s own', async () => {
    const { here, there, again } = world();
    here.store('a', undefined, false);
    there.store('a', undefined, false);
    expect(await again(suspect('a'))).toBeUndefined();
  });
});

describe('a write that was overtaken', () => {
  test('is superseded when another Region took the newer one', async () => {
    const { clock, here, there, again } = world();
    await here.clientPut('a', 'old');
    await clock.pass(2 * SECOND);
    await there.clientPut('a', 'new');
    await clock.pass(10 * SECOND);
    const [newer, older] = here.stack('a');
    expect(await again({ kind: 'overtaken', older, newer })).toMatchObject({ kind: 'superseded', older: { by: HERE, version: { versionId: 'v000001' } }, newer: { by: THERE, version: { versionId: 'v000002' } } });
  });

  test('is asked about once, though it stands in two pairs', async () => {
    const { clock, estate, options, here } = world();
    for (let index = 0; index < 4; index++) {
      await here.clientPut('a', String(index));
      await clock.pass(2 * SECOND);
    }
    await clock.pass(10 * SECOND);
    const look = new LookAgain({ buckets: [options.source, options.target], others: [], attempts: options.attempts });
    const stack = here.stack('a');
    estate.calls.length = 0;
    for (const index of [0, 1, 2]) await clock.run(() => look.at({ kind: 'overtaken', newer: stack[index], older: stack[index + 1] }));
    expect(estate.calls.filter(({ call }) => call === 'headVersion')).toHaveLength(4);
  });

  test('is an ordinary overwrite when one Region took both', async () => {
    const { clock, here, again } = world();
    await here.clientPut('a', 'old');
    await clock.pass(2 * SECOND);
    await here.clientPut('a', 'new');
    const [newer, older] = here.stack('a');
    expect(await again({ kind: 'overtaken', older, newer })).toBeUndefined();
  });

  test('may be superseded when a delete marker of an unknown Region came after it', async () => {
    const { clock, here, there, again } = world();
    await here.clientPut('a', 'old');
    await clock.pass(2 * SECOND);
    await there.clientPut('a', undefined);
    await clock.pass(10 * SECOND);
    const [newer, older] = here.stack('a');
    expect(await again({ kind: 'overtaken', older, newer })).toMatchObject({ older: { by: HERE }, newer: { version: { deleteMarker: true } } });
  });
});

/** Keys that differ by what is easily got wrong: order beyond U+FFFF, spaces, plus signs, percent signs, line feeds, prefixes of others. */
const KEYS = ['a', 'a b', 'a+b', 'a%2Bb', 'a\nb', 'ab', 'a/b', 'é', '\uffee', '\u{1F600}', '"', ','];

test('says of every history what the world knows', async () => {
  const op = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), key: fc.constantFrom(...KEYS), region: fc.constantFrom(HERE, THERE, THIRD) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), key: fc.constantFrom(...KEYS), region: fc.constantFrom(HERE, THERE, THIRD) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unreplicated' as const), key: fc.constantFrom(...KEYS), region: fc.constantFrom(HERE, THERE) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), key: fc.constantFrom(...KEYS), region: fc.constantFrom(HERE, THERE) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'unpause' as const), from: fc.constantFrom(HERE, THIRD) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 8 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(op, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom(undefined, '\uffee', 'a b'), async (ops, page, boundary) => {
      const { clock, estate, options, find, here, there } = world();
      estate.failing = (key) => key === 'a+b';
      for (const one of ops) {
        if (one.do === 'put') await estate.bucket(one.region).clientPut(one.key, 'x');
        else if (one.do === 'remove') await estate.bucket(one.region).clientPut(one.key, undefined);
        else if (one.do === 'unreplicated') estate.bucket(one.region).store(one.key, 'x', false);
        else if (one.do === 'expire') {
          const last = estate.bucket(one.region).stack(one.key).at(-1);
          if (last) await clock.run(() => estate.bucket(one.region).removeVersion(one.key, last.versionId, new AbortController().signal));
        } else if (one.do === 'wait') await clock.pass(one.seconds * SECOND);
        else estate[one.do](one.from, THERE);
      }
      const before = [...estate.paused];
      // Nothing moves while the world is asked what it knows.
      for (const from of [HERE, THERE, THIRD]) for (const to of [HERE, THERE, THIRD]) if (from !== to) estate.pause(from, to);
      const hides = (key: string) => there.stack(key)[0]?.deleteMarker === false;
      const expected = here.all
        .filter(({ key, versionId }) => !there.stack(key).some((other) => other.versionId === versionId))
        .filter(({ key, deleteMarker, current }) => !(deleteMarker && current && !hides(key)))
        .map(({ key, deleteMarker, origin, status, versionId }) => {
          const writer = origin ? status : estate.bucket(THIRD).stack(key).find((one) => one.versionId === versionId && one.origin)?.status ?? 'COMPLETED';
          const reason = deleteMarker ? 'delete marker' : writer === 'PENDING' ? 'pending' : writer === 'FAILED' ? 'failed' : writer === 'COMPLETED' ? 'removed' : 'unreplicated';
          return `${key}: ${reason}`;
        });
      expect(before.every((direction) => estate.paused.has(direction))).toBe(true);
      const found = await find({ source: paged(options.source, page), target: paged(options.target, page), boundaries: boundary === undefined ? [] : [boundary] });
      expect(Array.isArray(found) ? [...found].sort() : found).toEqual(expected.sort());
    }),
    { numRuns: 300 },
  );
});
