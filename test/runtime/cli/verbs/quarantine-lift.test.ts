import { quarantined } from '../../../../runtime/core/operate/history/quarantine';
import { historyOf } from '../../../../runtime/core/operate/history/store';
import { record } from '../../core/operate/history/records';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { shell } from '../support/shell';

const LIFT = ['quarantine', 'lift', 'us-east-1', '--why', 'compared by hand'];

async function left(at = '2026-11-24T01:00:00.000Z'): Promise<FakeEstate> {
  const world = new FakeEstate(new VirtualClock(), { active: ['us-west-2'] });
  await world.clock.run(() => historyOf(world.world()).end(record({ at, endedAt: at, quarantines: ['us-east-1'] })));
  return world;
}

const held = async (world: FakeEstate) => quarantined((await world.clock.run(() => historyOf(world.world()).read())).records).map(({ region }) => region);

test('lifts it when it is agreed to, and leaves who and why', async () => {
  const world = await left();
  const { code, out, err, questions } = await shell(world, LIFT, { terminal: true, answers: ['y'] });
  expect([code, questions]).toEqual([0, ['Lift it? [y/N] ']]);
  expect(out).toBe('us-east-1 may be a target again; the record is in us-east-1, us-west-2, eu-west-1\n');
  expect(err).toMatch(/quarantined since 2026-11-24T01:00:00.000Z: arn:aws:iam::111122223333:user\/operator left it with 'failover'/);
  expect(await held(world)).toEqual([]);
  const { records } = await world.clock.run(() => historyOf(world.world()).read());
  expect(records[0]).toMatchObject({ verb: 'quarantine lift', why: 'compared by hand', lifts: ['us-east-1'] });
});

test('lifts one that a watch ahead of ours wrote down', async () => {
  const world = await left('2026-11-24T03:30:00.000Z');
  expect((await shell(world, [...LIFT, '--yes'])).code).toBe(0);
  expect(await held(world)).toEqual([]);
});

test.each(['', 'n', 'us-east-1'])("declines when '%s' is answered", async (answer) => {
  const world = await left();
  expect(await shell(world, LIFT, { terminal: true, answers: [answer] })).toMatchObject({ code: 4, out: 'nothing was done: declined\n' });
  expect(await held(world)).toEqual(['us-east-1']);
});

test('a dry run lifts nothing', async () => {
  const world = await left();
  expect((await shell(world, [...LIFT, '--dry-run'])).code).toBe(0);
  expect(await held(world)).toEqual(['us-east-1']);
});

test('says so when there is no quarantine, and writes nothing', async () => {
  const world = new FakeEstate(new VirtualClock());
  const { code, out } = await shell(world, [...LIFT, '--yes']);
  expect(code).toBe(0);
  expect(out).toMatch(/^us-east-1 is not quarantined/);
  expect(world.calls.filter(({ call }) => call === 'putText')).toEqual([]);
});

test('fails when a record about a quarantine cannot be read: it may be the very one', async () => {
  const world = await left();
  for (const bucket of world.buckets.values()) bucket.denied.add('getText');
  expect(await shell(world, [...LIFT, '--yes'])).toMatchObject({ code: 1, err: expect.stringMatching(/records about quarantines could not be read, so that it is not known whether us-east-1 is quarantined/) });
});

test('fails when there is no reason', async () => {
  expect(await shell(await left(), 'quarantine lift us-east-1 --yes')).toMatchObject({ code: 2, err: expect.stringMatching(/wants a reason/) });
});

test('fails when no Region takes the record: nothing was lifted', async () => {
  const world = await left();
  for (const region of world.buckets.keys()) world.bucket(region).denied.add('putText');
  expect(await shell(world, [...LIFT, '--yes'])).toMatchObject({ code: 1, err: expect.stringMatching(/no Region took the record, so that us-east-1 stays quarantined/) });
  expect(await held(world)).toEqual(['us-east-1']);
});
