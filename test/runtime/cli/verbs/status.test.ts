import type { RuleMetrics } from '../../../../runtime/core/lag/metrics';
import { historyOf } from '../../../../runtime/core/operate/history/store';
import { fenceStatement } from '../../../../runtime/core/operate/fence/statement';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { record } from '../../core/operate/history/records';
import { EPOCH, FakeEstate, type FakeEstateOptions } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { shell } from '../support/shell';

/** Everything at once: a dead Region, a silent endpoint, a fence, a quarantine, lag, somebody at work. */
async function troubled(): Promise<FakeEstate> {
  const world = new FakeEstate(new VirtualClock(), { active: ['us-west-2'], scripts: { 'ap-southeast-2': { read: [{ fails: 'server error' }] } } });
  await world.clock.run(async () => {
    const { begin, end } = historyOf(world.world());
    await end(record({ at: '2026-11-24T02:00:00.000Z', endedAt: '2026-11-24T02:00:30.000Z', quarantines: ['us-east-1'] }));
    await begin(record({ id: 'act0000000000002', phase: 'begun', verb: 'switchover', planned: true, at: '2026-11-24T02:59:20.000Z', to: ['eu-west-1'], who: 'arn:aws:iam::111122223333:user/ana' }));
  });
  const terms = { actId: 'act0000000000002', until: EPOCH + 120_000 };
  world.bucket('us-west-2').setPolicy(`{"Version":"2012-10-17","Statement":[${fenceStatement(world.wall, terms, { partition: 'aws', bucket: world.bucket('us-west-2').name })}]}`);
  const at = EPOCH - 60_000;
  const rule = (seconds: number, pending: number, failed: number): RuleMetrics => ({
    ruleId: 'r',
    latencySeconds: [{ at, value: seconds }],
    pendingOperations: [{ at, value: pending }],
    pendingBytes: [{ at, value: pending * 250_000 }],
    failedOperations: [{ at, value: failed }],
  });
  world.published = (region, { direction }) => (region === 'eu-west-1' && direction.source.region === 'us-west-2' ? [rule(340, 1_204, 2)] : []);
  world.kill('us-east-1');
  return world;
}

const calm = (options: FakeEstateOptions = {}) => new FakeEstate(new VirtualClock(), options);

test('on a terminal', async () => {
  const { code, out, err } = await shell(await troubled(), 'status', { terminal: true });
  expectGolden('status/terminal.txt', out);
  expect([code, err]).toEqual([0, '']);
});

test('through a pipe', async () => {
  const { code, out, err } = await shell(await troubled(), 'status');
  expectGolden('status/pipe.txt', out);
  expect([code, err]).toEqual([0, '']);
});

test('as JSON', async () => {
  const { code, out, err } = await shell(await troubled(), 'status --json');
  expectGolden('status/document.json', out);
  expect([code, err]).toEqual([0, '']);
});

test('on a good day', async () => {
  const { code, out } = await shell(calm(), 'status');
  expectGolden('status/good-day.txt', out);
  expect(code).toBe(0);
});

test('routes that endpoints disagree about have an exit code of their own', async () => {
  const world = calm({ scripts: { 'eu-west-1': { read: [{ tells: routesWith(['us-west-2'], ['us-east-1', 'us-west-2', 'eu-west-1']) }] } } });
  expect((await shell(world, 'status')).code).toBe(6);
});

test('fails when no endpoint tells the routes, and shows the rest', async () => {
  const silent = { read: [{ silent: true }] };
  const world = calm({ scripts: Object.fromEntries(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => [region, silent])) });
  const { code, out } = await shell(world, 'status');
  expect(code).toBe(1);
  expect(out).toContain('us-east-1  unknown  healthy');
});

test('fails when the manifest is about another account, and shows nothing of it', async () => {
  const caller = { account: '444455556666', partition: 'aws', arn: 'arn:aws:iam::444455556666:user/x' };
  const { code, out, err } = await shell(calm(), 'status', { caller });
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain("its account is '111122223333' and the caller's is '444455556666'");
});

test('is done within the bound of its parts when every Region is silent', async () => {
  const world = calm();
  for (const region of ['us-east-1', 'us-west-2']) world.kill(region);
  await shell(world, 'status', { env: { S3_FAILOVER_REGIONS: 'eu-west-1' } });
  expect(world.clock.now()).toBeLessThan(10_000);
});

test('records that cannot be read are told of, for one of them may be a quarantine', async () => {
  const world = calm();
  await world.clock.run(() => historyOf(world.world()).end(record({ quarantines: ['us-east-1'] })));
  for (const bucket of world.buckets.values()) bucket.denied.add('getText');
  const { out } = await shell(world, 'status');
  expect(out).toContain('1 of the records of acts could not be read, so that a quarantine may be missing');
});
