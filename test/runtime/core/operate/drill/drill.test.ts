import type { Plan } from '../../../../../runtime/core/operate/act/plan';
import { type SwitchTo } from '../../../../../runtime/core/operate/drill/drill';
import { switchFigures } from '../../../../../runtime/core/operate/drill/figures';
import type { Recording } from '../../../../../runtime/core/operate/drill/recording';
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
  expect(result).toMatchObject({ kind: 'surprised', surprise: expect.stringContaining('landed in eu-west-1'), restored: false, next: ['s3-failover status', 's3-failover switchover us-east-1'] });
  expect(run.ordered).toEqual([]);
  expect(activeRegions(run.world.plane.live)).toEqual(['eu-west-1']);
});

test('gives a switch up that keeps writes failing for longer than any should', async () => {
  const run = new DrillRun();
  const switchTo: SwitchTo = async (target, teller, { signal }) => {
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

test('stops before the first switch when nobody can see where writes land', async () => {
  const run = new DrillRun();
  const blind = { ...run.world.client(), find: () => Promise.reject(Object.assign(new Error('no'), { code: 'AccessDenied', $metadata: { httpStatusCode: 403 } })) };
  const result = await run.run({}, { client: blind });
  expect(result).toMatchObject({ kind: 'surprised', restored: true, surprise: expect.stringMatching(/^none of 20 acknowledged writes was found in any bucket while us-east-1 was to serve \(eu-west-1: 403 AccessDenied\)$/) });
  expect([run.ordered, run.asked]).toEqual([[], []]);
});

test('a bucket that is slow to tell where a write landed is waited for', async () => {
  const run = new DrillRun();
  const client = run.world.client();
  const slow = { ...client, find: async (...asked: Parameters<typeof client.find>) => (await run.clock.sleep(2_900), client.find(...asked)) };
  expect(await run.run({ steadyMs: 2_000 }, { client: slow })).toMatchObject({ kind: 'passed' });
});

test('stops before the first switch when reads fail already', async () => {
  const run = new DrillRun();
  const unread = { ...run.world.client(), read: () => Promise.reject(Object.assign(new Error('no'), { code: 'AccessDenied' })) };
  expect(await run.run({}, { client: unread })).toMatchObject({ kind: 'surprised', restored: true, surprise: expect.stringContaining('3 reads in a row failed while us-east-1 was to serve (AccessDenied)') });
  expect(run.ordered).toEqual([]);
});

test('fails when a switch could not prove itself: nothing is moved, and what may be missing is told', async () => {
  const run = new DrillRun();
  const client = run.world.client();
  const noProbes = { ...client, write: (key: string, signal: AbortSignal) => (key.startsWith('.s3-failover/probe/') ? Promise.reject(new Error('403 AccessDenied')) : client.write(key, signal)) };
  expect(await run.run({}, { client: noProbes })).toMatchObject({ kind: 'refused', restored: true, sentence: expect.stringContaining('nothing was changed: a write such as switches prove themselves by'), next: ['s3-failover policy drill', 's3-failover doctor'] });
  expect([run.ordered, run.asked]).toEqual([[], []]);
});

test('an interruption just before the first switch is no lack of permission', async () => {
  const run = new DrillRun();
  const interrupt = new AbortController();
  const client = run.world.client();
  const write = async (key: string, signal: AbortSignal) => {
    if (key.startsWith('.s3-failover/probe/')) interrupt.abort();
    return client.write(key, signal);
  };
  expect(await run.run({ signal: interrupt.signal }, { client: { ...client, write } })).toMatchObject({ kind: 'surprised', surprise: 'the drill was interrupted', restored: true, next: ['s3-failover status'] });
  expect([run.ordered, run.asked]).toEqual([[], []]);
});

test('what could not be removed is told, by Region and where it lies', async () => {
  const run = new DrillRun();
  const result = await run.run({}, { client: { ...run.world.client(), removeAll: async (_, region) => (region === WEST ? ['AccessDenied'] : []) } });
  expect(result.leftovers).toEqual(['.s3-failover/drill/r1/', '.s3-failover/probe/drill-r1/'].map((prefix) => ({ region: WEST, reason: `under '${prefix}': AccessDenied` })));
});

test('a switch has the time of the whole drill, and only the way back to where it began may have more', async () => {
  const run = new DrillRun();
  const deadlines: number[] = [];
  const switchTo: SwitchTo = async (target, teller, limits) => {
    deadlines.push(limits.deadline);
    const outcome = await run.switchTo(target, teller, limits);
    if (deadlines.length === 1) run.world.bucket(WEST).setPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [DENY] }));
    return outcome;
  };
  expect(await run.run({ deadline: 40_000 }, { switchTo })).toMatchObject({ kind: 'surprised', restored: true });
  expect(deadlines[0]).toBe(40_000);
  expect(deadlines[1]).toBeGreaterThan(900_000);
});

test('shows the plan, and writes and moves nothing, when it is only to be shown', async () => {
  const run = new DrillRun();
  const plan: Plan = { verb: 'switchover', before: [], after: [], leaves: [EAST], targets: [WEST], checks: [], promises: [], expectedOutageSeconds: 7 };
  const switchTo: SwitchTo = async () => ({ kind: 'planned', sentence: 'would switch', proof: 'none', next: [], nothingLost: false, plan });
  expect(await run.run({ dryRun: true }, { switchTo })).toMatchObject({ kind: 'planned', sentence: 'would switch', restored: true, expectedOutageSeconds: 7, recording: { writes: [], switches: [] } });
  expect(run.asked).toEqual([plan]);
  for (const region of run.world.estate.members) expect(run.world.bucket(region).all).toEqual([]);
});

test('what comes to a Region late is waited for and removed there too, and told where it does not come in time', async () => {
  const run = new DrillRun({ lagMs: 12_000 });
  expect((await run.run()).leftovers).toEqual([]);
  await run.clock.pass(30_000);
  for (const region of run.world.estate.members) expect(run.world.bucket(region).all).toEqual([]);
  const slow = await new DrillRun({ lagMs: 900_000 }).run();
  expect(slow.leftovers).toContainEqual({ region: 'eu-west-1', reason: expect.stringMatching(/^\d+ of the objects under '.s3-failover\/drill\/r1\/' had not come yet, and what comes later stays$/) });
});

test('an outage that reaches into the next switch is as long as it was, and belongs to the one that caused it', () => {
  const write = (at: number, endedAt: number, outcome: 'acknowledged' | 'failed') => ({ key: `k${at}`, at, endedAt, outcome });
  const recording: Recording = {
    regions: [EAST, WEST], beganAt: 0, endedAt: 100_000, reads: [], backlog: [], marks: [],
    writes: [write(9_000, 9_010, 'acknowledged'), write(10_100, 10_110, 'failed'), write(12_000, 12_010, 'acknowledged'), write(19_999, 20_002, 'failed'), write(22_000, 22_010, 'acknowledged')],
    switches: [{ from: EAST, to: WEST, commandAt: 10_000 }, { from: WEST, to: EAST, commandAt: 20_000 }],
  };
  const figures = recording.switches.map((one) => switchFigures(recording, one));
  expect(figures.map(({ outageMs, failedWrites }) => [outageMs, failedWrites])).toEqual([[1_900, 1], [2_001, 1]]);
});
