import { judgeForeign, type ForeignQuery } from '../../../../../runtime/core/operate/fence/foreign';
import { fenceStatement } from '../../../../../runtime/core/operate/fence/statement';
import { FENCE_TIMES } from '../../../../../runtime/core/operate/fence/times';
import { FakeEstate } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

function setUp() {
  const clock = new VirtualClock();
  const estate = new FakeEstate(clock);
  const bucket = estate.bucket('us-east-1');
  const raise = (actId: string, seconds: number) =>
    bucket.setPolicy(`{"Statement":[${fenceStatement(estate.wall, { actId, until: estate.wall.now() + seconds * 1_000 }, { partition: 'aws', bucket: bucket.name })}]}`);
  const judge = (changed: Partial<ForeignQuery> = {}) =>
    clock.run(() => judgeForeign(estate, { bucket, aheadMs: 0, ended: () => false, limits: { deadline: clock.now() + 600_000 }, ...changed }, FENCE_TIMES));
  return { clock, estate, bucket, raise, judge };
}

test('a bucket without a fence of others is free', async () => {
  const { judge, raise } = setUp();
  expect(await judge()).toEqual({ kind: 'none' });
  raise('ouract01', 170);
  expect(await judge({ actId: 'ouract01' })).toEqual({ kind: 'none' });
});

test.each([
  ['has lapsed', -1],
  ['has less time left than one that is extended ever has', 100],
])('a fence that %s was left behind, and is not waited for', async (_, seconds) => {
  const { judge, raise, clock } = setUp();
  raise('theiract1', seconds);
  expect(await judge()).toMatchObject({ kind: 'left behind', fences: [{ actId: 'theiract1' }] });
  expect(clock.now()).toBeLessThan(1_000);
});

test('a fence of an act that is known to have ended was left behind', async () => {
  const { judge, raise, clock } = setUp();
  raise('theiract1', 179);
  expect(await judge({ ended: (actId) => actId === 'theiract1' })).toMatchObject({ kind: 'left behind' });
  expect(clock.now()).toBeLessThan(1_000);
});

test('a young fence is waited for, and was left behind when nobody extends it', async () => {
  const { judge, raise, clock } = setUp();
  raise('theiract1', 180);
  const waited: number[] = [];
  expect(await judge({ waiting: (_, ms) => waited.push(ms) })).toMatchObject({ kind: 'left behind' });
  expect(clock.now()).toBeLessThan(80_000);
  expect(waited).toHaveLength(1);
  expect(waited[0]).toBeLessThanOrEqual(75_000);
});

test('a young fence that is extended is in use', async () => {
  const { judge, raise, estate } = setUp();
  raise('theiract1', 175);
  let reads = 0;
  estate.before = ({ call }) => void (call === 'readPolicy' && ++reads === 5 && raise('theiract1', 180));
  expect(await judge()).toMatchObject({ kind: 'in use', fence: { actId: 'theiract1' } });
});

test.each([
  ['without an end that can be read', 'never'],
  ['that would last for a year', '2027-11-24T03:00:00Z'],
])('a fence %s was left behind when nobody extends it', async (_, time) => {
  const { judge, raise, bucket, clock } = setUp();
  raise('theiract1', 100);
  bucket.setPolicy(bucket.policy!.replace(/"aws:CurrentTime":"[^"]*"/, `"aws:CurrentTime":"${time}"`));
  expect(await judge()).toMatchObject({ kind: 'left behind' });
  expect(clock.now()).toBeGreaterThan(70_000);
});

test('fails when the policy cannot be understood', async () => {
  const { judge, bucket } = setUp();
  bucket.setPolicy('{}');
  expect(await judge()).toMatchObject({ kind: 'unreadable' });
});
