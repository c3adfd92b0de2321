import { parseAccessPointArn } from '../../../../runtime/core/routes/access-point';
import { readRoutes, surveyRoutes, READ_TIMES } from '../../../../runtime/core/routes/read';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { ControlPlane, type Script } from '../../support/control-plane';
import { ARN, REGIONS } from '../../support/routes-event';
import { VirtualClock } from '../../support/virtual-clock';

const accessPoint = parseAccessPointArn(ARN)!;
const east = routesWith(['us-east-1'], REGIONS);
const west = routesWith(['us-west-2'], REGIONS);
const DEAD: Script = { read: [{ silent: true }] };
const refuses = (fails: NonNullable<NonNullable<Script['read']>[number]['fails']>): Script => ({ read: [{ fails }] });

function setUp(scripts: { [endpoint: string]: Script } = {}) {
  const clock = new VirtualClock();
  const plane = new ControlPlane(clock, east, scripts);
  const limits = { deadline: 60_000 };
  return {
    clock,
    plane,
    read: (signal?: AbortSignal) => clock.run(() => readRoutes({ clock, endpoints: plane.endpoints }, accessPoint, { ...limits, signal })),
    survey: (options = {}) => clock.run(() => surveyRoutes({ clock, endpoints: plane.endpoints }, accessPoint, limits, READ_TIMES, options)),
  };
}

describe('a hedged read', () => {
  test('asks one endpoint when that one answers in time', async () => {
    const { clock, plane, read } = setUp();
    expect(await read()).toMatchObject({ kind: 'read', endpoint: 'us-east-1', routes: east });
    expect(plane.callsOf('read')).toEqual(['us-east-1']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('asks the next after a short delay, without waiting for a dead one to fail', async () => {
    const { clock, plane, read } = setUp({ 'us-east-1': DEAD });
    expect(await read()).toMatchObject({ kind: 'read', endpoint: 'us-west-2' });
    expect(clock.now()).toBe(READ_TIMES.hedgeMs + 40);
    expect(plane.aborted).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('asks the next at once when one fails', async () => {
    const { clock, read } = setUp({ 'us-east-1': refuses('server error') });
    expect(await read()).toMatchObject({ kind: 'read', endpoint: 'us-west-2', rows: [{ endpoint: 'us-east-1', ok: false }, { endpoint: 'us-west-2', ok: true }] });
    expect(clock.now()).toBe(20 + 40);
  });

  test('does not cancel the slow one: its answer wins when it comes first', async () => {
    const { plane, read } = setUp({ 'us-east-1': { latencyMs: READ_TIMES.hedgeMs + 100 }, 'us-west-2': { latencyMs: 2_000 } });
    expect(await read()).toMatchObject({ kind: 'read', endpoint: 'us-east-1' });
    expect(plane.callsOf('read')).toEqual(['us-east-1', 'us-west-2']);
    expect(plane.aborted).toBe(1);
  });

  test('costs one delay for each dead endpoint before a living one', async () => {
    const { clock, read } = setUp({ 'us-east-1': DEAD, 'us-west-2': DEAD, 'ap-southeast-2': DEAD, 'ap-northeast-1': DEAD });
    expect(await read()).toMatchObject({ kind: 'read', endpoint: 'eu-west-1' });
    expect(clock.now()).toBe(4 * READ_TIMES.hedgeMs + 100);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each(['wrong Region', 'forbidden', 'garbage', 'connection lost', 'slow down', 'no such access point'] as const)('goes on after %s, and asks each endpoint once', async (kind) => {
    const { plane, read } = setUp({ 'us-east-1': refuses(kind), 'us-west-2': refuses(kind) });
    expect(await read()).toMatchObject({ kind: 'read', endpoint: 'ap-southeast-2' });
    expect(plane.callsOf('read')).toEqual(['us-east-1', 'us-west-2', 'ap-southeast-2']);
  });

  test('survives an adapter that throws', async () => {
    const { read } = setUp({ 'us-east-1': { read: [{ throws: 'bug' }] } });
    expect(await read()).toMatchObject({ kind: 'read', endpoint: 'us-west-2' });
  });

  const all = (script: Script) => Object.fromEntries(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => [region, script]));

  test('fails when no endpoint answers, within a bounded time and with each named', async () => {
    const { clock, read } = setUp(all(DEAD));
    const result = await read();
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'silent' } });
    for (const region of Object.keys(all(DEAD))) expect(result.sentence).toContain(`${region}: timed out`);
    expect(clock.now()).toBe(4 * READ_TIMES.hedgeMs + READ_TIMES.attemptMs);
    expect(clock.pendingTimers).toBe(0);
  });

  test('fails when every endpoint refuses, with each named', async () => {
    const result = await setUp({ ...all(refuses('forbidden')), 'eu-west-1': refuses('wrong Region') }).read();
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'refused' } });
    expect(result.sentence).toMatch(/every control endpoint refused.*us-east-1: forbidden.*eu-west-1: wrong Region/);
  });

  test.each([
    ['bad request', /check that it is the ARN of a Multi-Region Access Point, not its name or alias/],
    ['no such access point', /there is no Multi-Region Access Point .*NoSuchMultiRegionAccessPoint/],
    ['single Region', /has a single Region, so there is nothing to switch to \(405/],
  ] as const)('fails when an endpoint says %s and no other answers well, and explains it', async (kind, sentence) => {
    const result = await setUp({ ...all(DEAD), 'ap-northeast-1': refuses(kind) }).read();
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'named', failure: { kind } } });
    expect(result.sentence).toMatch(sentence);
    expect(result.sentence).toContain(ARN);
  });

  test('ends at once when the caller gives up, and leaves nothing running', async () => {
    const { clock, plane, read } = setUp(all(DEAD));
    const controller = new AbortController();
    void clock.sleep(1_000).then(() => controller.abort());
    expect(await read(controller.signal)).toMatchObject({ kind: 'failed' });
    expect(clock.now()).toBe(1_000);
    expect(plane.aborted).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  test('asks nobody after the deadline', async () => {
    const clock = new VirtualClock();
    const plane = new ControlPlane(clock, east, all(DEAD));
    const result = await clock.run(() => readRoutes({ clock, endpoints: plane.endpoints }, accessPoint, { deadline: 500 }));
    expect(result).toMatchObject({ kind: 'failed' });
    expect(plane.callsOf('read')).toEqual(['us-east-1', 'us-west-2']);
    expect(clock.now()).toBe(500);
  });
});

describe('a survey', () => {
  test('tells how every endpoint answers and how fast, the liveliest first', async () => {
    const { clock, survey } = setUp({ 'us-east-1': { latencyMs: 90 }, 'us-west-2': refuses('forbidden'), 'eu-west-1': { latencyMs: 5 } });
    const { rows, good, failed, views } = await survey();
    expect(rows.map((row) => [row.endpoint, row.ok, row.latencyMs])).toEqual([
      ['us-east-1', true, 90],
      ['us-west-2', false, 40],
      ['ap-southeast-2', true, 60],
      ['ap-northeast-1', true, 80],
      ['eu-west-1', true, 5],
    ]);
    expect(good.map((row) => row.endpoint)).toEqual(['eu-west-1', 'ap-southeast-2', 'ap-northeast-1', 'us-east-1']);
    expect(failed).toMatchObject([{ endpoint: 'us-west-2', failure: { kind: 'forbidden' } }]);
    expect(views).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('shows who says what when endpoints disagree', async () => {
    const { survey } = setUp({ 'eu-west-1': { read: [{ tells: west }] } });
    const { views, sentence } = await survey();
    expect(views).toMatchObject([
      { routes: east, endpoints: ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1'] },
      { routes: west, endpoints: ['eu-west-1'] },
    ]);
    expect(sentence).toMatch(/us-east-1, us-west-2, ap-southeast-2, ap-northeast-1: active us-east-1.*; eu-west-1: active us-west-2/);
  });

  test('does not wait for a dead endpoint longer than it takes to settle', async () => {
    const { clock, survey } = setUp({ 'ap-northeast-1': DEAD });
    const { rows } = await survey();
    expect(clock.now()).toBe(20 + READ_TIMES.settleMs);
    expect(rows[3]).toMatchObject({ endpoint: 'ap-northeast-1', ok: false, failure: { kind: 'given up' } });
    expect(clock.pendingTimers).toBe(0);
  });

  test('waits for a slow endpoint as long as none has answered well', async () => {
    const all = Object.fromEntries(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1'].map((region) => [region, DEAD]));
    const { survey } = setUp({ ...all, 'eu-west-1': { latencyMs: READ_TIMES.attemptMs - 10 } });
    expect((await survey()).good).toMatchObject([{ endpoint: 'eu-west-1' }]);
  });

  test('ends when an answer is enough', async () => {
    const { clock, survey } = setUp();
    await survey({ enough: (row: { endpoint: string }) => row.endpoint === 'us-west-2' });
    expect(clock.now()).toBe(40);
  });
});
