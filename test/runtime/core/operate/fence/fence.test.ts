import { CallError } from '../../../../../runtime/core/calls/call-error';
import { Fence, type FenceOrder } from '../../../../../runtime/core/operate/fence/fence';
import { FenceKeeper } from '../../../../../runtime/core/operate/fence/keeper';
import { fenceStatement } from '../../../../../runtime/core/operate/fence/statement';
import { FENCE_TIMES } from '../../../../../runtime/core/operate/fence/times';
import { FakeEstate, type FakeEstateOptions } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

const EAST = 'us-east-1';
const TLS = '{"Version":"2012-10-17","Statement":[{"Sid":"Tls", "Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}';

function setUp(options: FakeEstateOptions = {}, order: Partial<FenceOrder> = {}) {
  const clock = new VirtualClock();
  const estate = new FakeEstate(clock, options);
  const bucket = estate.bucket(EAST);
  const fence = new Fence(estate, { actId: 'ouract01', bucket, partition: 'aws', aheadMs: 0, ...order });
  const limits = (seconds = 600) => ({ deadline: clock.now() + seconds * 1_000 });
  const other = (actId: string, seconds: number) => fenceStatement(estate.wall, { actId, until: estate.wall.now() + seconds * 1_000 }, { partition: 'aws', bucket: bucket.name });
  const policyOf = (...statements: string[]) => `{"Version":"2012-10-17","Statement":[${statements.join(',')}]}`;
  return { clock, estate, bucket, fence, limits, other, policyOf };
}

const sids = (policy: string | undefined) => (policy === undefined ? [] : (JSON.parse(policy) as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid));

test('while it is up clients are refused, replicas and probes pass, and afterwards the policy is what it was', async () => {
  const { clock, estate, bucket, fence, limits } = setUp();
  bucket.setPolicy(TLS);
  await clock.run(async () => {
    await estate.bucket('us-west-2').clientPut('from the west', 'x');
    expect(await fence.put(limits())).toEqual({ kind: 'up' });
    await expect(estate.write('a')).rejects.toMatchObject({ code: 'AccessDenied' });
    await expect(estate.remove('a')).rejects.toMatchObject({ code: 'AccessDenied' });
    await estate.write('.s3-failover/probe/1');
    await clock.sleep(2_000);
    expect(bucket.stack('from the west')).toHaveLength(1);
    expect(await fence.lift(limits())).toEqual({ kind: 'lifted' });
    await estate.write('a');
  });
  expect(bucket.policy).toBe(TLS);
});

test('a bucket without a policy has none afterwards', async () => {
  const { clock, bucket, fence, limits } = setUp();
  await clock.run(async () => {
    await fence.put(limits());
    await fence.lift(limits());
  });
  expect(bucket.policy).toBeUndefined();
});

test('it lapses by itself when nobody extends it', async () => {
  const { clock, estate, fence, limits } = setUp();
  await clock.run(() => fence.put(limits()));
  await clock.pass(FENCE_TIMES.lifetimeMs - 2_000);
  await expect(estate.write('a')).rejects.toMatchObject({ code: 'AccessDenied' });
  await clock.pass(2_000);
  await estate.write('a');
});

test('its end is told by the clock of AWS, however wrong ours is', async () => {
  const { clock, estate, bucket, limits } = setUp();
  const wall = { ...estate.wall, now: () => estate.wall.now() - 3_600_000 };
  const fence = new Fence({ clock, wall, log: estate.log }, { actId: 'ouract01', bucket, partition: 'aws', aheadMs: 3_600_000 });
  await clock.run(() => fence.put(limits()));
  await expect(estate.write('a')).rejects.toMatchObject({ code: 'AccessDenied' });
  expect(estate.wall.parse(fence.lapses!)! - estate.wall.now()).toBeGreaterThan(170_000);
});

test('it is put again when another writer overwrites it at once', async () => {
  const { clock, estate, bucket, fence, limits } = setUp();
  let overwrites = 2;
  estate.before = ({ call }) => {
    if (call === 'readPolicy' && sids(bucket.policy).includes('S3FailoverFenceouract01') && overwrites-- > 0) bucket.setPolicy(TLS);
  };
  expect(await clock.run(() => fence.put(limits()))).toEqual({ kind: 'up' });
  expect(sids(bucket.policy)).toEqual(['Tls', 'S3FailoverFenceouract01']);
});

test('it is up when S3 took it and the answer was lost', async () => {
  const { clock, estate, bucket, fence, limits } = setUp();
  let lose = true;
  const put = bucket.putPolicy.bind(bucket);
  bucket.putPolicy = async (text, signal) => {
    await put(text, signal);
    if (lose) {
      lose = false;
      throw new CallError({ call: 's3 PutBucketPolicy', region: EAST, code: 'ECONNRESET', reason: 'lost' });
    }
  };
  expect(await clock.run(() => fence.put(limits()))).toEqual({ kind: 'up' });
  await expect(estate.write('a')).rejects.toMatchObject({ code: 'AccessDenied' });
});

test('fails when another writer overwrites it every time', async () => {
  const { clock, estate, bucket, fence, limits } = setUp();
  estate.before = ({ call }) => void (call === 'readPolicy' && bucket.setPolicy(TLS));
  expect(await clock.run(() => fence.put(limits()))).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/overwrote/) });
});

test('fails when another act has a fence there, and leaves it alone', async () => {
  const { clock, bucket, fence, limits, other, policyOf } = setUp();
  const before = policyOf(other('theiract1', 150));
  bucket.setPolicy(before);
  expect(await clock.run(() => fence.put(limits()))).toMatchObject({ kind: 'taken', by: { actId: 'theiract1' } });
  expect(bucket.policy).toBe(before);
});

test('takes the place of a fence that was left behind, and of one that has lapsed', async () => {
  const { clock, bucket, fence, limits, other, policyOf } = setUp({}, { replaces: ['deadact01'] });
  bucket.setPolicy(policyOf(other('deadact01', 60), '{"Sid":"Mine","Effect":"Allow"}', other('olderact1', -5)));
  expect(await clock.run(() => fence.put(limits()))).toEqual({ kind: 'up' });
  expect(sids(bucket.policy)).toEqual(['Mine', 'S3FailoverFenceouract01']);
});

test('fails when the policy cannot be understood', async () => {
  const { clock, bucket, fence, limits } = setUp();
  bucket.setPolicy('{"Statement":"?"}');
  expect(await clock.run(() => fence.tryOut(limits()))).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/cannot be understood/), fix: expect.stringMatching(/--no-fence/) });
  expect(await clock.run(() => fence.put(limits()))).toMatchObject({ kind: 'refused' });
  expect(bucket.policy).toBe('{"Statement":"?"}');
});

test('fails when the policy has no room for it', async () => {
  const { clock, bucket, fence, limits } = setUp();
  bucket.setPolicy(`{"Statement":[{"Sid":"Long","Resource":"${'ü'.repeat(10_000)}"}]}`);
  expect(await clock.run(() => fence.tryOut(limits()))).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/would have 20\d{3} bytes with the fence, and S3 takes 20480/) });
});

test('fails when the caller may not write the policy, and says what to allow', async () => {
  const { clock, bucket, fence, limits } = setUp();
  bucket.denied.add('putPolicy');
  expect(await clock.run(() => fence.put(limits()))).toMatchObject({ kind: 'refused', fix: expect.stringMatching(/allow s3:GetBucketPolicy and s3:PutBucketPolicy/) });
});

test('what a trial finds changes nothing', async () => {
  const { clock, estate, bucket, fence, limits } = setUp();
  bucket.setPolicy(TLS);
  expect(await clock.run(() => fence.tryOut(limits()))).toBeUndefined();
  expect(bucket.policy).toBe(TLS);
  expect(estate.calls.map(({ call }) => call)).toEqual(['readPolicy']);
});

test('writes are seen refused only once the policy is what requests are judged by', async () => {
  const { clock, fence, limits } = setUp({ policyMs: 4_000 });
  const seen = await clock.run(async () => {
    await fence.check.tryWrite();
    await fence.put(limits());
    return fence.seeRefused(limits());
  });
  expect(seen).toMatchObject({ kind: 'refused' });
  expect((seen as { firstAt: number }).firstAt).toBeGreaterThan(4_000);
  expect(clock.now()).toBeGreaterThan(9_000);
  expect(fence.gaps).toEqual([]);
});

test('a single write that is still accepted begins the row again', async () => {
  const { clock, estate, bucket, fence, limits } = setUp();
  await clock.run(() => fence.put(limits()));
  let count = 0;
  const put = bucket.putText.bind(bucket);
  bucket.putText = async (...given) => (++count === 20 ? { versionId: 'slipped' } : put(...given));
  await clock.run(() => fence.seeRefused(limits()));
  // Seven turns of three until the one that slips through; and then long enough again.
  expect(estate.calls.filter(({ call }) => call === 'putText').length + 1).toBeGreaterThanOrEqual(7 * 3 + 8 * 3);
});

test('fails when writes are never refused', async () => {
  const { clock, fence, limits } = setUp({ policyMs: 1_000_000 });
  await clock.run(() => fence.put(limits()));
  expect(await clock.run(() => fence.seeRefused(limits()))).toEqual({ kind: 'not refused', reason: 'a write was still accepted' });
});

test('trying writes leaves at most one object, which is removed from every bucket', async () => {
  const { clock, estate, bucket, fence, limits } = setUp();
  await clock.run(async () => {
    for (let count = 0; count < 5; count++) expect(await fence.check.tryWrite()).toEqual({ kind: 'accepted' });
    await clock.sleep(2_000);
    await fence.put(limits());
    expect(await fence.check.tryWrite()).toMatchObject({ kind: 'refused' });
    await fence.lift(limits());
    expect(bucket.all).toHaveLength(1);
    expect(await fence.check.remove([...estate.buckets.values()], 5_000)).toEqual([]);
  });
  for (const one of estate.buckets.values()) expect(one.all).toEqual([]);
});

test('an answer about the credentials is not taken for a refusal', async () => {
  const { clock, bucket, fence } = setUp();
  bucket.putText = async () => {
    throw new CallError({ call: 's3 PutObject', region: EAST, code: 'RequestTimeTooSkewed', status: 403, reason: 'the clocks differ' });
  };
  expect(await clock.run(() => fence.check.tryWrite())).toMatchObject({ kind: 'unknown' });
});

describe('while it is kept', () => {
  async function kept(act: (one: ReturnType<typeof setUp> & { keeper: FenceKeeper }) => Promise<void>, options: FakeEstateOptions = {}) {
    const one = setUp(options);
    const keeper = new FenceKeeper(one.clock, [one.fence], one.limits(3_600));
    await one.clock.run(async () => {
      await one.fence.check.tryWrite();
      await one.fence.put(one.limits());
      await one.clock.sleep(options.policyMs ?? 0);
      keeper.start();
      await act({ ...one, keeper });
      await keeper.stop();
    });
    return { ...one, keeper };
  }

  test('it is extended before it lapses, for as long as the act lives', async () => {
    const { keeper, clock, fence } = await kept(async ({ clock, estate }) => {
      for (let minute = 0; minute < 10; minute++) {
        await clock.sleep(60_000);
        await expect(estate.write('a')).rejects.toMatchObject({ code: 'AccessDenied' });
      }
    }, { policyMs: 10_000 });
    expect(keeper.gaps).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
    expect(fence.left).toBeGreaterThan(FENCE_TIMES.staleLeftMs);
  });

  test('a look extends it to what is asked for', async () => {
    await kept(async ({ clock, keeper, fence }) => {
      await clock.sleep(20_000);
      await keeper.look(FENCE_TIMES.lifetimeMs - 1_000);
      expect(fence.left).toBeGreaterThan(FENCE_TIMES.lifetimeMs - 2_000);
    });
  });

  test('a policy that is written without it is mended, and the time without it is known', async () => {
    const { keeper, bucket } = await kept(async ({ clock, bucket }) => {
      await clock.sleep(12_000);
      bucket.setPolicy(TLS);
      await clock.sleep(12_000);
    });
    expect(keeper.gaps.map(({ region, reason }) => [region, reason])).toContainEqual([EAST, 'somebody wrote the policy of the bucket without it']);
    expect(sids(bucket.policy)).toEqual(['Tls', 'S3FailoverFenceouract01']);
  });

  test('other statements may come and go around it', async () => {
    const { keeper, bucket } = await kept(async ({ clock, bucket, policyOf }) => {
      await clock.sleep(12_000);
      bucket.setPolicy(policyOf('{"Sid":"New","Effect":"Allow"}', JSON.stringify(JSON.parse(bucket.policy!).Statement[0])));
      await clock.sleep(60_000);
    });
    expect(keeper.gaps).toEqual([]);
    expect(sids(bucket.policy)).toEqual(['New', 'S3FailoverFenceouract01']);
  });

  test('a write that is accepted is a gap, whatever the policy says', async () => {
    const { keeper } = await kept(async ({ clock, bucket }) => {
      await clock.sleep(12_000);
      const judge = bucket.denies.bind(bucket);
      bucket.denies = () => false;
      await clock.sleep(6_000);
      bucket.denies = judge;
    });
    expect(keeper.gaps.map(({ reason }) => reason)).toEqual(['a write of our own was accepted']);
  });

  test('a process that slept past its end knows that it was not held', async () => {
    const { keeper } = await kept(async ({ clock, estate }) => {
      const now = estate.wall.now;
      await clock.sleep(10_000);
      Object.assign(estate.wall, { now: () => now() + 300_000 });
      await clock.sleep(6_000);
    });
    expect(keeper.gaps.map(({ reason }) => reason)).toContain('it lapsed, since nobody extended it in time');
  });

  test('the fence of another act in its place is not fought over', async () => {
    const { keeper, bucket } = await kept(async ({ clock, bucket, other, policyOf }) => {
      await clock.sleep(12_000);
      bucket.setPolicy(policyOf(other('theiract1', 170)));
      await clock.sleep(30_000);
    });
    expect(keeper.rival).toMatchObject({ region: EAST, fence: { actId: 'theiract1' } });
    expect(keeper.gaps).not.toEqual([]);
    expect(sids(bucket.policy)).toEqual(['S3FailoverFencetheiract1']);
  });

  test('a Region that does not answer for a while is no gap', async () => {
    const { keeper } = await kept(async ({ clock, estate }) => {
      await clock.sleep(12_000);
      estate.kill(EAST);
      await clock.sleep(60_000);
      estate.heal(EAST);
      await clock.sleep(30_000);
    });
    expect(keeper.gaps).toEqual([]);
  });
});

describe('when it is lifted', () => {
  test('it is taken out again when another writer brings it back', async () => {
    const { clock, estate, bucket, fence, limits } = setUp();
    await clock.run(() => fence.put(limits()));
    const old = bucket.policy;
    let once = true;
    estate.before = ({ call }) => {
      if (call !== 'readPolicy' || bucket.policy !== undefined || !once) return;
      once = false;
      bucket.setPolicy(old);
    };
    expect(await clock.run(() => fence.lift(limits()))).toEqual({ kind: 'lifted' });
    expect(bucket.policy).toBeUndefined();
  });

  test('a statement that is gone already is lifted', async () => {
    const { clock, estate, bucket, fence, limits } = setUp();
    await clock.run(() => fence.put(limits()));
    bucket.setPolicy(undefined);
    estate.calls.length = 0;
    expect(await clock.run(() => fence.lift(limits()))).toEqual({ kind: 'lifted' });
    expect(estate.calls.map(({ call }) => call)).toEqual(['readPolicy']);
  });

  test('fails when the Region does not answer, and says when the fence lapses', async () => {
    const { clock, estate, fence, limits } = setUp();
    await clock.run(() => fence.put(limits()));
    estate.kill(EAST);
    expect(await clock.run(() => fence.lift(limits(20)))).toMatchObject({ kind: 'not lifted', lapses: '2026-11-24T03:03:00Z' });
  });
});
