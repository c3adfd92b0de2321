import { HISTORY_PREFIX, keyOf } from '../../../../../runtime/core/operate/history/key';
import { lineOf } from '../../../../../runtime/core/operate/history/line';
import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import { actRecordSchema } from '../../../../../runtime/core/operate/history/record';
import { historyOf, newActId } from '../../../../../runtime/core/operate/history/store';
import { FakeEstate, type Death } from '../../../support/fake-estate';
import { seeded } from '../../../support/random';
import { VirtualClock } from '../../../support/virtual-clock';
import { record } from './records';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const minute = (n: number) => `2026-11-24T03:${String(n).padStart(2, '0')}:00.000Z`;

function estate(options: ConstructorParameters<typeof FakeEstate>[1] = {}) {
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, options);
  return { clock, world, history: historyOf(world.world()) };
}

test('a record is in every Region, and is read once however many copies replication made', async () => {
  const { clock, world, history } = estate();
  const kept = await clock.run(() => history.end(record()));
  expect(kept).toEqual({ regions: REGIONS, failed: [] });
  await clock.pass(5_000);
  const view = await clock.run(() => history.read());
  expect(view).toEqual({ records: [record()], regions: REGIONS.map((region) => ({ region, ok: true })), unread: [], more: false });
  expect(world.bucket('us-east-1').stack(keyOf(record(), world.wall))).toHaveLength(3);
});

describe.each<Death>(['silent', 'refused'])('with a Region that is %s', (death) => {
  test.each(REGIONS)('the history is written and read without %s', async (gone) => {
    const { clock, world, history } = estate();
    world.kill(gone, death);
    const kept = await clock.run(() => history.end(record()));
    expect(kept.regions).toEqual(REGIONS.filter((region) => region !== gone));
    expect(kept.failed).toMatchObject([{ region: gone }]);
    const view = await clock.run(() => history.read());
    expect(view.records).toEqual([record()]);
    expect(view.regions.filter((one) => !one.ok)).toEqual([{ region: gone, ok: false, reason: expect.stringContaining(gone) }]);
    expect(clock.now()).toBeLessThan(8_000);
    await clock.pass(2_000);
    expect(clock.pendingTimers).toBe(0);
  });
});

test('with every Region dead nothing rejects, and nothing is waited for longer than its bound', async () => {
  const { clock, world, history } = estate();
  for (const region of REGIONS) world.kill(region);
  expect((await clock.run(() => history.begin(record()))).regions).toEqual([]);
  const view = await clock.run(() => history.read());
  expect(view).toMatchObject({ records: [], unread: [] });
  expect(view.regions.map(({ ok }) => ok)).toEqual([false, false, false]);
  expect(clock.now()).toBeLessThanOrEqual(6_000);
});

test('what only one Region holds is read as well', async () => {
  const { clock, world, history } = estate({ lagMs: 1e9 });
  world.bucket('eu-west-1').store(keyOf(record({ id: 'onlyhere' }), world.wall), JSON.stringify(record({ id: 'onlyhere' })));
  await clock.run(() => history.end(record({ at: minute(1) })));
  const view = await clock.run(() => history.read());
  expect(view.records.map(({ id }) => id)).toEqual(['act0000000000001', 'onlyhere']);
});

test('a Region that is told to be avoided is not asked', async () => {
  const { clock, world, history } = estate();
  world.kill('us-east-1');
  const view = await clock.run(() => history.read({ avoid: ['us-east-1'] }));
  expect(view.regions[0]).toEqual({ region: 'us-east-1', ok: false, reason: 'not asked' });
  expect(world.calls.map(({ region }) => region)).not.toContain('us-east-1');
});

test('slower Regions are waited for only as long as was said', async () => {
  const { clock, world, history } = estate({ lagMs: 0 });
  await clock.run(() => history.end(record()));
  await clock.pass(10);
  world.kill('us-east-1');
  const began = clock.now();
  const view = await clock.run(() => history.read({ settleMs: 200 }));
  expect(view.records).toHaveLength(1);
  expect(view.regions[0]).toMatchObject({ ok: false, reason: expect.stringContaining('not waited for') });
  expect(clock.now() - began).toBeLessThan(400);
  await clock.pass(0);
  expect(clock.pendingTimers).toBe(0);
});

test('of an act that ended only the end is fetched, and its beginning where the end cannot be read', async () => {
  const { clock, world, history } = estate();
  const begun = record({ phase: 'begun', quarantines: ['us-east-1'] });
  await clock.run(() => history.begin(begun));
  await clock.run(() => history.end(record({ quarantines: ['us-east-1'] })));
  const fetched = () => world.calls.filter(({ call }) => call === 'getText').length;
  expect((await clock.run(() => history.read())).records).toMatchObject([{ phase: 'ended' }]);
  expect(fetched()).toBe(1);
  for (const region of REGIONS) world.bucket(region).store(keyOf(record({ quarantines: ['us-east-1'] }), world.wall), '{', false);
  const view = await clock.run(() => history.read());
  expect(view.records).toEqual([begun]);
  expect(view.unread).toMatchObject([{ reason: expect.stringMatching(/not JSON/) }]);
});

test('a copy that was spoilt in one Region is read in another', async () => {
  const { clock, world, history } = estate({ lagMs: 1e9 });
  await clock.run(() => history.end(record()));
  world.bucket('us-east-1').store(keyOf(record(), world.wall), 'spoilt', false);
  expect(await clock.run(() => history.read())).toMatchObject({ records: [record()], unread: [] });
});

test('a Region that falls silent after it told its keys holds up one call, not one for each record', async () => {
  const { clock, world, history } = estate();
  for (let n = 0; n < 40; n++) await clock.run(() => history.end(record({ id: `act000000${100 + n}`, at: minute(n) })));
  const began = clock.now();
  world.before = ({ region, call }) => {
    if (region === 'us-east-1' && call === 'getText') world.kill('us-east-1');
  };
  const view = await clock.run(() => history.read());
  expect(view.records).toHaveLength(40);
  expect(clock.now() - began).toBeLessThan(5_000);
});

test('gives the newest acts and says that there are more, and never leaves out a quarantine for its age', async () => {
  const { clock, world, history } = estate();
  await clock.run(() => history.end(record({ id: 'theoldest', at: minute(0), quarantines: ['us-east-1'] })));
  for (let n = 1; n < 10; n++) await clock.run(() => history.end(record({ id: `act000000${n}`, at: minute(n) })));
  const view = await clock.run(() => history.read({ acts: 3 }));
  expect(view.records.map(({ id }) => id)).toEqual(['act0000009', 'act0000008', 'act0000007', 'theoldest']);
  expect(view.more).toBe(true);
  expect(quarantined(view.records)).toMatchObject([{ region: 'us-east-1' }]);
  expect(world.log.lines).toEqual([]);
});

test.each([
  ['not JSON', '{', /not JSON/],
  ['of a newer version', JSON.stringify({ ...record(), version: 2 }), /version 2, and this tool knows 1/],
  ['of another act', JSON.stringify(record({ id: 'somebodyelse' })), /another record/],
  ['with an escape sequence', JSON.stringify({ ...record(), why: '\u001b[2Jcleared' }), /not a record: why/],
  ['with text that runs backwards', JSON.stringify({ ...record(), why: '\u202eecila' }), /not a record: why/],
  ['with a Region that is none', JSON.stringify({ ...record(), to: ['$(reboot)'] }), /not a record: to/],
  ['without a Region list', 'null', /not a record/],
])('a record that is %s is named and counts for nothing', async (_, text, reason) => {
  const { clock, world, history } = estate({ lagMs: 1e9 });
  for (const region of REGIONS) world.bucket(region).store(keyOf(record({ quarantines: ['us-east-1'] }), world.wall), text);
  await clock.run(() => history.end(record({ id: 'good0000', at: minute(1) })));
  const view = await clock.run(() => history.read());
  expect(view.records.map(({ id }) => id)).toEqual(['good0000']);
  expect(view.unread).toEqual([{ key: expect.stringMatching(/-q\.json$/), reason: expect.stringMatching(reason) }]);
});

test('objects of others under the prefix are named, some of them and the number of the rest', async () => {
  const { clock, world, history } = estate({ lagMs: 1e9 });
  for (let n = 10; n < 35; n++) world.bucket('us-east-1').store(`${HISTORY_PREFIX}note-${n}\n.txt`, 'x');
  const view = await clock.run(() => history.read());
  expect(view.unread).toHaveLength(21);
  expect(view.unread.map(({ key }) => key).join('')).not.toMatch(/\n/);
  expect(view.unread.some(({ reason }) => reason.startsWith('5 more'))).toBe(true);
});

test('a record that is not well-formed is not written, and the act goes on', async () => {
  const { clock, world, history } = estate();
  const kept = await clock.run(() => history.end({ ...record(), why: 'two\nlines' }));
  expect(kept.regions).toEqual([]);
  expect(world.log.lines).toMatchObject([{ level: 'error', fields: { reason: expect.stringMatching(/why/) } }]);
  expect(actRecordSchema.safeParse({ ...record(), why: lineOf('two\nlines\u001b[31m') }).success).toBe(true);
});

test('an id is long enough to be nobody else\'s and fits a key', () => {
  const random = seeded(7);
  const ids = new Set(Array.from({ length: 1_000 }, () => newActId(random)));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]{16}$/);
});
