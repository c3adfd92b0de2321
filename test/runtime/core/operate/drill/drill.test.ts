import { type SwitchTo } from '../../../../../runtime/core/operate/drill/drill';
import { switchFigures } from '../../../../../runtime/core/operate/drill/figures';
import { activeRegions, routesWith } from '../../../../../runtime/core/routes/routes';
import { DENY, DrillRun } from '../../../support/drill-run';

const EAST = 'us-east-1';
const WEST = 'us-west-2';

test('a drill goes there and back, measures both switches, and leaves nothing of its own', async () => {
  const run = new DrillRun();
  const result = await run.run();

  expect(result).toMatchObject({ kind: 'passed', restored: true, expectedOutageSeconds: 4, leftovers: [], next: [] });
  expect(run.ordered).toEqual([WEST, EAST]);
  expect(run.asked).toHaveLength(1);
  for (const one of result.recording.switches) {
    const figures = switchFigures(result.recording, one);
    expect(figures.missing).toBe(0);
    expect(figures.failedWrites).toBeGreaterThan(0);
    expect(figures.outageMs).toBeGreaterThanOrEqual(2_000);
    expect(figures.outageMs).toBeLessThanOrEqual(4_500);
    expect(figures.recoveryMs).toBeGreaterThan(figures.acceptedMs! - 600);
  }
  await run.clock.pass(10_000);
  for (const region of run.world.estate.members) expect(run.world.bucket(region).all).toEqual([]);
});

test('it tells which Region served each write, and that none served that should not', async () => {
  const run = new DrillRun();
  const { recording } = await run.run();
  const [there, back] = recording.switches;
  const served = (from: number, to: number) => new Set(recording.writes.filter((write) => write.at > from && write.at < to && write.by).map((write) => write.by));
  expect(served(0, there.commandAt)).toEqual(new Set([EAST]));
  expect(served(there.endedAt!, back.commandAt)).toEqual(new Set([WEST]));
  expect(served(back.endedAt!, Infinity)).toEqual(new Set([EAST]));
});

test('fails when nobody agreed: nothing is moved', async () => {
  const run = new DrillRun();
  run.answer = 'no';
  expect(await run.run()).toMatchObject({ kind: 'declined', restored: true });
  expect(run.world.plane.submits).toEqual([]);
});

test('the time that a person takes to think is no outage', async () => {
  const run = new DrillRun();
  const { confirm } = run.teller;
  run.teller = { ...run.teller, confirm: async (plan) => (await run.clock.sleep(120_000), confirm(plan)) };
  const { recording } = await run.run();
  expect(switchFigures(recording, recording.switches[0]).recoveryMs).toBeLessThan(5_000);
});

test('shows what it would do, and writes and moves nothing, when it is only to be shown', async () => {
  const run = new DrillRun();
  run.outcomes = [() => ({ kind: 'planned', sentence: 'would switch' })];
  expect(await run.run({ dryRun: true })).toMatchObject({ kind: 'planned', sentence: 'would switch', restored: true, recording: { writes: [], switches: [] } });
  for (const region of run.world.estate.members) expect(run.world.bucket(region).all).toEqual([]);
});

test('fails when the switch is refused: nothing is moved, and its way out is told', async () => {
  const run = new DrillRun();
  run.outcomes = [() => ({ kind: 'refused', sentence: 'us-west-2 is behind', next: ['wait'] })];
  expect(await run.run()).toMatchObject({ kind: 'refused', sentence: 'us-west-2 is behind', next: ['wait'], restored: true });
  expect(run.ordered).toEqual([WEST]);
});

test('fails when two Regions are active: there is no one to return to', async () => {
  const run = new DrillRun({ active: [EAST, WEST] });
  expect(await run.run()).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('needs one active Region') });
});

test('fails when the target is active already', async () => {
  expect(await new DrillRun().run({ target: EAST })).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('active already') });
});

test('fails when no endpoint tells the routes', async () => {
  const silent = Object.fromEntries(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => [region, { read: [{ fails: 'server error' as const }] }]));
  expect(await new DrillRun({ scripts: silent }).run()).toMatchObject({ kind: 'refused', next: ['s3-failover doctor'] });
});

test('stops before the first switch when writes fail already', async () => {
  const run = new DrillRun();
  run.world.bucket(EAST).setPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [DENY] }));
  expect(await run.run()).toMatchObject({ kind: 'surprised', surprise: expect.stringContaining('3 writes in a row failed'), restored: true });
  expect(run.ordered).toEqual([]);
});

test('restores when the target stops serving between the two switches', async () => {
  const run = new DrillRun();
  let switched = 0;
  const switchTo: SwitchTo = async (...args) => {
    const outcome = await run.switchTo(...args);
    if (++switched === 1) run.world.bucket(WEST).setPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [DENY] }));
    return outcome;
  };
  const result = await run.run({}, { switchTo });
  expect(result).toMatchObject({ kind: 'surprised', restored: true, sentence: expect.stringContaining('traffic is back in us-east-1') });
  expect(run.ordered).toEqual([WEST, EAST]);
});

test('says what to type when traffic could not be brought back', async () => {
  const run = new DrillRun();
  run.outcomes = [() => undefined, () => ({ kind: 'refused', sentence: 'us-east-1 is behind', next: ['s3-failover status'] })];
  const result = await run.run();
  expect(result).toMatchObject({ kind: 'surprised', restored: false, next: ['s3-failover status', 's3-failover switchover us-east-1'] });
  expect(result.sentence).toContain('us-east-1 is behind');
});

test('stops when somebody else moves traffic meanwhile, and lets that stand', async () => {
  const run = new DrillRun();
  void run.clock.sleep(4_000).then(() => run.world.plane.move(routesWith(['eu-west-1'], run.world.estate.members)));
  const result = await run.run();
  expect(result).toMatchObject({ kind: 'surprised', surprise: expect.stringContaining('landed in eu-west-1'), restored: false, next: ['s3-failover switchover us-east-1'] });
  expect(run.ordered).toEqual([]);
  expect(activeRegions(run.world.plane.live)).toEqual(['eu-west-1']);
});

test('gives a switch up that keeps writes failing for longer than any should', async () => {
  const run = new DrillRun();
  const switchTo: SwitchTo = async (target, teller, signal) => {
    await teller.confirm({ verb: 'switchover', before: [], after: [], leaves: [], targets: [target], checks: [], promises: [] });
    run.world.bucket(EAST).setPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [DENY] }));
    await run.clock.sleep(3_600_000, signal);
    run.world.bucket(EAST).setPolicy(undefined);
    return { kind: 'failed', sentence: 'given up; the fence is lifted', proof: 'none', next: [], nothingLost: false };
  };
  const result = await run.run({ mostOutageMs: 20_000 }, { switchTo });
  expect(result).toMatchObject({ kind: 'surprised', restored: true });
  expect(result.recording.marks.map(({ kind }) => kind)).toContain('surprise');
  expect(result.recording.endedAt).toBeLessThan(60_000);
});

test('is restored when it is interrupted between the two switches', async () => {
  const run = new DrillRun();
  const interrupt = new AbortController();
  const switchTo: SwitchTo = async (...args) => {
    const outcome = await run.switchTo(...args);
    if (run.ordered.length === 1) void run.clock.sleep(2_000).then(() => interrupt.abort());
    return outcome;
  };
  expect(await run.run({ signal: interrupt.signal }, { switchTo })).toMatchObject({ kind: 'surprised', surprise: 'the drill was interrupted', restored: true });
  expect(activeRegions(run.world.plane.live)).toEqual([EAST]);
});

test('tells the recovery point where the target lacked what was acknowledged', async () => {
  const run = new DrillRun({ lagMs: 30_000 });
  const result = await run.run();
  const figures = switchFigures(result.recording, result.recording.switches[0]);
  expect(figures.missing).toBeGreaterThan(10);
  expect(figures.oldestMissingMs).toBeGreaterThan(5_000);
});
