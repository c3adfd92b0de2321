import { historyOf } from '../../../../runtime/core/operate/history/store';
import { record } from '../../core/operate/history/records';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { shell } from '../support/shell';

/** Three acts, a dead Region, and an object that nobody understands. */
async function eventful(): Promise<FakeEstate> {
  const world = new FakeEstate(new VirtualClock());
  await world.clock.run(async () => {
    const { begin, end } = historyOf(world.world());
    await end(
      record({
        id: 'act0000000000001', verb: 'switchover', planned: true, at: '2026-11-22T08:00:00.000Z', endedAt: '2026-11-22T08:03:00.000Z', from: ['us-east-1'], to: ['us-west-2'],
        why: 'maintenance', lag: ['no operation was pending from us-east-1 to us-west-2'], sentence: 'traffic is served by us-west-2', nothingLost: true, outageSeconds: 131.4,
      }),
    );
    await end(record({ id: 'act0000000000002', at: '2026-11-23T03:00:00.000Z', endedAt: '2026-11-23T03:00:09.000Z', from: ['us-west-2'], to: ['us-east-1'], outcome: 'done', proof: 'read back elsewhere', quarantines: ['us-west-2'], lag: ['us-east-1 was 4 s and 12 operations behind us-west-2'] }));
    await end(record({ id: 'act0000000000003', verb: 'reconcile', planned: true, at: '2026-11-23T05:00:00.000Z', endedAt: '2026-11-23T05:10:00.000Z', from: [], to: [], outcome: 'done', proof: 'none', lifts: ['us-west-2'] }));
    await begin(record({ id: 'act0000000000004', phase: 'begun', verb: 'routes set', planned: false, at: '2026-11-24T02:59:00.000Z', to: ['eu-west-1'], who: 'arn:aws:iam::111122223333:user/ana' }));
  });
  world.bucket('us-west-2').store('.s3-failover/history/strange', '{}');
  world.kill('eu-west-1', 'refused');
  return world;
}

test('on a terminal', async () => {
  const { code, out } = await shell(await eventful(), 'history', { terminal: true });
  expectGolden('history/terminal.txt', out);
  expect(code).toBe(0);
});

test('through a pipe', async () => {
  expectGolden('history/pipe.txt', (await shell(await eventful(), 'history')).out);
});

test('as JSON', async () => {
  expectGolden('history/document.json', (await shell(await eventful(), 'history --json')).out);
});

test('as many acts as are asked for, and whether there are more', async () => {
  const { out } = await shell(await eventful(), 'history --most 1');
  expect(out.match(/^\S+Z/gm)).toHaveLength(3); // the newest, and two that concern a quarantine
  expect(out).toContain('? there are older acts: --most shows more\n');
});

test('says so when nothing was ever done', async () => {
  expect((await shell(new FakeEstate(new VirtualClock()), 'history')).out).toBe('No act is known.\n');
});

test('fails when no Region tells', async () => {
  const world = new FakeEstate(new VirtualClock());
  for (const region of world.estate.regions) world.bucket(region).denied.add('listKeys');
  const { code, err } = await shell(world, 'history');
  expect(code).toBe(1);
  expect(err).toMatch(/^error {2}no Region told its history: us-east-1: s3 listKeys in us-east-1 was answered 403 AccessDenied/);
});

test('fails when the number of acts is none', async () => {
  expect((await shell(new FakeEstate(new VirtualClock()), 'history --most many')).err).toContain("'--most' must be 1 to 1000 acts, got 'many'");
});
