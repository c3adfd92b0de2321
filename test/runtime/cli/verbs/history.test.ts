import { keyOf } from '../../../../runtime/core/operate/history/key';
import { historyOf } from '../../../../runtime/core/operate/history/store';
import { record } from '../../core/operate/history/records';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { shell } from '../support/shell';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];

/** A planned act, a forced one, one that is at work and one that was killed long ago; a record of a newer version. */
async function past(): Promise<FakeEstate> {
  const world = new FakeEstate(new VirtualClock());
  await world.clock.run(async () => {
    const { begin, end } = historyOf(world.world());
    await begin(record({ id: 'act0000000000001', phase: 'begun', verb: 'routes set', at: '2026-11-20T10:00:00.000Z' }));
    await end(record({ id: 'act0000000000002', verb: 'switchover', planned: true, at: '2026-11-21T10:00:00.000Z', endedAt: '2026-11-21T10:03:00.000Z', nothingLost: true, outageSeconds: 128, why: 'maintenance' }));
    await end(record({ id: 'act0000000000003', at: '2026-11-22T10:00:00.000Z', from: ['us-west-2'], to: ['eu-west-1'], outcome: 'unknown', proof: 'none', quarantines: ['us-west-2'], overruled: ['target eu-west-1: it looks dead'], lag: ['eu-west-1 was 12 s behind us-west-2, as of 90 s ago'], sentence: 'unknown: one of two states' }));
    await begin(record({ id: 'act0000000000004', phase: 'begun', verb: 'switchover', planned: true, at: '2026-11-24T02:59:00.000Z', who: 'arn:aws:sts::111122223333:assumed-role/ops/ana' }));
  });
  const newer = record({ id: 'act0000000000005' });
  world.bucket('us-west-2').store(keyOf(newer, world.wall), JSON.stringify({ ...newer, version: 2 }));
  return world;
}

test('on a terminal', async () => {
  const { code, out } = await shell(await past(), 'history', { terminal: true });
  expectGolden('history/terminal.txt', out);
  expect(code).toBe(0);
});

test('with all that is known of each act', async () => {
  expectGolden('history/long-past.txt', (await shell(await past(), 'history --long')).out);
});

test('--limit gives the newest, and says that there are more', async () => {
  const { out } = await shell(await past(), 'history --limit 2 --json');
  const { acts, more } = JSON.parse(out);
  expect(acts.map(({ id }: { id: string }) => id)).toEqual(['act0000000000004', 'act0000000000003']);
  expect(more).toBe(true);
});

test.each(REGIONS)('is told without %s, and says that it did not answer', async (gone) => {
  const world = await past();
  world.kill(gone);
  const { code, out } = await shell(world, 'history --json');
  const { acts, regions } = JSON.parse(out);
  expect(code).toBe(0);
  expect(acts).toHaveLength(4);
  expect(regions).toEqual(REGIONS.map((region) => expect.objectContaining({ region, ok: region !== gone })));
});

test('fails when no Region answers, with the reason of each', async () => {
  const world = await past();
  const caller = { account: '111122223333', partition: 'aws', arn: 'arn:aws:iam::111122223333:user/operator' };
  const parameter = async () => JSON.stringify(world.estate.manifest);
  for (const region of REGIONS) world.kill(region);
  const { code, err } = await shell(world, 'history', { aws: { parameter, caller: async () => caller } });
  expect(code).toBe(1);
  expect(err).toMatch(/no Region told its records: us-east-1: .*us-west-2: .*eu-west-1: /);
});

test('fails when no Region lets this caller read them', async () => {
  const world = await past();
  for (const region of REGIONS) world.bucket(region).denied.add('listKeys');
  const { code, err } = await shell(world, 'history');
  expect(code).toBe(1);
  expect(err).toMatch(/no Region told its records: us-east-1: s3 listKeys in us-east-1 was answered 403 AccessDenied/);
});

test.each(['0', '-1', 'all', '1001', ''])("fails when '--limit' is '%s'", async (limit) => {
  const { code, err } = await shell(await past(), ['history', '--limit', limit]);
  expect(code).toBe(2);
  expect(err).toMatch(/'--limit' must be 1 to 1000 acts/);
});

test('with no act says so', async () => {
  expect((await shell(new FakeEstate(new VirtualClock()), 'history')).out).toBe('no act was recorded\n');
});
