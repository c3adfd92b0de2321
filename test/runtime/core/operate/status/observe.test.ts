import { CallError } from '../../../../../runtime/core/calls/call-error';
import type { RuleMetrics } from '../../../../../runtime/core/lag/metrics';
import { fenceStatement } from '../../../../../runtime/core/operate/fence/statement';
import { historyOf } from '../../../../../runtime/core/operate/history/store';
import type { ActRecord } from '../../../../../runtime/core/operate/history/record';
import type { Register } from '../../../../../runtime/core/operate/register';
import { NO_REGISTER } from '../../../../../runtime/core/operate/register';
import type { RegionStatus, Status } from '../../../../../runtime/core/operate/status/model';
import { observeStatus, STATUS_TIMES, type StatusWorld } from '../../../../../runtime/core/operate/status/observe';
import { remarksOn } from '../../../../../runtime/core/operate/status/remarks';
import { routesWith } from '../../../../../runtime/core/routes/routes';
import { FakeEstate, EPOCH, type FakeEstateOptions } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';
import { record } from '../history/records';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];

function estate(options: FakeEstateOptions = {}) {
  return new FakeEstate(new VirtualClock(), options);
}

function look(world: FakeEstate, changed: Partial<StatusWorld> = {}): Promise<Status> {
  return world.clock.run(() => observeStatus(world.world(changed), { deadline: world.clock.now() + 20_000 }));
}

async function keep(world: FakeEstate, ...records: ActRecord[]): Promise<void> {
  await world.clock.run(async () => {
    for (const one of records) await historyOf(world.world())[one.phase === 'begun' ? 'begin' : 'end'](one);
  });
}

const of = (status: Status, region: string): RegionStatus => status.regions.find((one) => one.region === region)!;
const sentences = (world: FakeEstate, status: Status, kind?: string) => remarksOn(status, world.wall).filter((one) => kind === undefined || one.kind === kind).map(({ sentence, next }) => (next ? `${sentence}; ${next}` : sentence));

test('on a good day every Region is healthy, every endpoint agrees, and nothing is remarkable', async () => {
  const world = estate();
  const status = await look(world);
  expect(status.regions.map(({ region, route, health, fence }) => [region, route, health.kind, fence.kind])).toEqual([
    ['us-east-1', 'active', 'healthy', 'none'],
    ['us-west-2', 'passive', 'healthy', 'none'],
    ['eu-west-1', 'passive', 'healthy', 'none'],
  ]);
  expect(status.active).toEqual(['us-east-1']);
  expect(sentences(world, status)).toEqual(['all 5 control endpoints answered, and agree', 'there is no controller: traffic moves when a person moves it']);
});

test('nothing is written, removed or submitted', async () => {
  const world = estate();
  await look(world);
  expect(new Set(world.calls.map(({ call }) => call))).toEqual(new Set(['probe', 'readPolicy', 'listKeys', 'metrics']));
  expect(world.plane.submits).toEqual([]);
});

describe('with something dead', () => {
  test.each(REGIONS)('%s that never answers costs no more than one call takes, and is said', async (region) => {
    const world = estate();
    world.kill(region);
    const status = await look(world);
    expect(of(status, region).health).toMatchObject({ kind: 'no answer', code: 'TimedOut' });
    expect(status.regions.filter(({ health }) => health.kind === 'healthy')).toHaveLength(2);
    expect(world.clock.now()).toBeLessThanOrEqual(STATUS_TIMES.lag.callMs + STATUS_TIMES.read.attemptMs);
    expect(world.clock.pendingTimers).toBe(0);
  });

  test('every Region and every endpoint silent ends within the same bound', async () => {
    const world = estate({ scripts: Object.fromEntries(FIVE.map((region) => [region, { read: [{ silent: true }] }])) });
    for (const region of REGIONS) world.kill(region);
    const status = await look(world);
    expect(status.regions.map(({ route, health }) => [route, health.kind])).toEqual(REGIONS.map(() => ['unknown', 'no answer']));
    expect(world.clock.now()).toBeLessThanOrEqual(STATUS_TIMES.lag.callMs + STATUS_TIMES.read.attemptMs);
    expect(sentences(world, status, 'bad')[0]).toMatch(/^none of 5 control endpoints told the routes: .*; s3-failover card$/);
  });

  test('the active Region dead is the first thing said, with the Region that could take over', async () => {
    const world = estate();
    world.kill('us-east-1', 'refused');
    expect(sentences(world, await look(world))[0]).toBe('traffic goes to us-east-1, which does not answer as seen from here; s3-failover failover us-west-2');
  });

  test('a quarantined Region is not proposed', async () => {
    const world = estate();
    await keep(world, record({ quarantines: ['us-west-2'], from: ['us-west-2'], to: ['us-east-1'] }));
    world.kill('us-east-1', 'refused');
    expect(sentences(world, await look(world))[0]).toMatch(/; s3-failover failover eu-west-1$/);
  });

  test.each([1, 2, 3, 4])('%i control endpoints silent are named, and the others still tell the routes', async (count) => {
    const silent = FIVE.slice(0, count);
    const world = estate({ scripts: Object.fromEntries(silent.map((region) => [region, { read: [{ silent: true }] }])) });
    const status = await look(world);
    expect(status.active).toEqual(['us-east-1']);
    expect(status.survey.failed.map(({ endpoint }) => endpoint)).toEqual(silent);
    expect(sentences(world, status, 'doubt')[0]).toMatch(new RegExp(`^${5 - count} of 5 control endpoints answered, and agree; no good answer: us-east-1: `));
  });

  test('a Region that says no is not taken for dead', async () => {
    const world = estate();
    world.bucket('eu-west-1').denied.add('probe');
    const status = await look(world);
    expect(of(status, 'eu-west-1').health).toMatchObject({ kind: 'refused', code: 'AccessDenied' });
  });

  test('fails when there are no credentials: nothing was asked of any Region', async () => {
    const world = estate();
    world.before = ({ call }) => {
      if (call === 'probe') throw Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });
    };
    await expect(look(world)).rejects.toThrow('no credentials');
  });
});

test('endpoints that disagree are shown with what each says, and no Region counts as active', async () => {
  const world = estate({ scripts: { 'eu-west-1': { read: [{ tells: routesWith(['us-west-2'], REGIONS) }] } } });
  const status = await look(world);
  expect(status.active).toBeUndefined();
  expect(status.regions.map(({ route }) => route)).toEqual(['disputed', 'disputed', 'passive']);
  expect(sentences(world, status, 'bad')).toEqual([
    'the control endpoints disagree: us-east-1, us-west-2, ap-southeast-2, ap-northeast-1: active us-east-1, passive eu-west-1, us-west-2; eu-west-1: active us-west-2, passive eu-west-1, us-east-1; s3-failover routes show',
  ]);
});

describe('lag', () => {
  const points = (seconds: number, pending: number): RuleMetrics => {
    const at = EPOCH - 60_000;
    return { ruleId: 'r', latencySeconds: [{ at, value: seconds }], pendingOperations: [{ at, value: pending }], pendingBytes: [{ at, value: pending * 10 }], failedOperations: [] };
  };

  test('is asked for from the active Region to all others and back, what a failover would lose first', async () => {
    const world = estate({ active: ['eu-west-1'] });
    world.published = (region, { direction }) => (region === direction.destination.region && direction.source.region === 'eu-west-1' ? [points(4, 12)] : []);
    const { directions } = await look(world);
    expect(directions.map(({ direction: { source, destination }, kind }) => `${source.region}>${destination.region} ${kind}`)).toEqual([
      'eu-west-1>us-east-1 known',
      'eu-west-1>us-west-2 known',
      'us-east-1>eu-west-1 unknown',
      'us-west-2>eu-west-1 unknown',
    ]);
    expect(directions[0]).toMatchObject({ latencySeconds: 4, pendingOperations: 12, pendingBytes: 120 });
  });

  test('does not wait for slow endpoints once one has told the routes', async () => {
    const world = estate({ scripts: { 'ap-southeast-2': { read: [{ silent: true }] } } });
    await look(world);
    expect(Math.min(...world.calls.filter(({ call }) => call === 'metrics').map(({ at }) => at))).toBeLessThan(STATUS_TIMES.read.settleMs);
  });

  test('is asked for from where traffic is meant to be when no endpoint tells', async () => {
    const world = estate({ scripts: Object.fromEntries(FIVE.map((region) => [region, { read: [{ fails: 'server error' as const }] }])), manifest: { routing: { mode: 'failover-order', regions: ['us-west-2', 'us-east-1', 'eu-west-1'] } } });
    const { directions } = await look(world);
    expect(directions[0].direction.source.region).toBe('us-west-2');
  });

  test('that a healthy Region does not tell is said; of a dead one that is no news', async () => {
    const world = estate();
    world.kill('eu-west-1', 'refused');
    world.before = ({ call, region }) => {
      if (call === 'metrics' && region === 'us-west-2') throw new CallError({ call: 'cloudwatch ListMetrics', region, code: 'AccessDenied', status: 403, reason: 'no' });
    };
    const told = sentences(world, await look(world)).filter((one) => one.includes('behind'));
    expect(told).toEqual(['how far us-west-2 is behind us-east-1 is not known: us-west-2: cloudwatch ListMetrics in us-west-2 was answered 403 AccessDenied: no']);
  });

  test('that was looked up shortly before is not asked for again', async () => {
    const world = estate();
    const first = await look(world);
    const asked = world.calls.filter(({ call }) => call === 'metrics').length;
    const again = await world.clock.run(() => observeStatus(world.world(), { deadline: Infinity }, { directions: first.directions }));
    expect(again.directions).toBe(first.directions);
    expect(world.calls.filter(({ call }) => call === 'metrics')).toHaveLength(asked);
  });
});

describe('fences', () => {
  const fence = (world: FakeEstate, region: string, until: number) =>
    world.bucket(region).setPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [JSON.parse(fenceStatement(world.wall, { actId: 'act0000000000001', until }, { partition: 'aws', bucket: world.bucket(region).name }))] }));

  test('one that is up is bad news, with when it lapses', async () => {
    const world = estate();
    fence(world, 'us-east-1', EPOCH + 120_000);
    const status = await look(world);
    expect(of(status, 'us-east-1').fence).toEqual({ kind: 'up', actId: 'act0000000000001', until: EPOCH + 120_000 });
    expect(sentences(world, status, 'bad')).toEqual(["us-east-1 refuses clients' writes until 2026-11-24T03:02:00.000Z: a fence of act act0000000000001; s3-failover fence show"]);
  });

  test('whether one has lapsed is told by the clock of AWS, not by that of this machine', async () => {
    const world = estate();
    fence(world, 'us-east-1', EPOCH + 60_000);
    const wall = { ...world.wall, now: () => world.wall.now() + 120_000 };
    expect(of(await look(world, { wall }), 'us-east-1').fence.kind).toBe('up');
  });

  test('one that has lapsed is left over', async () => {
    const world = estate();
    fence(world, 'us-east-1', EPOCH - 1_000);
    const status = await look(world);
    expect(of(status, 'us-east-1').fence.kind).toBe('lapsed');
    expect(sentences(world, status, 'doubt')).toEqual(['a fence that has lapsed is left in the policy of us-east-1; s3-failover fence lift']);
  });

  test('a policy that may not be read, or makes no sense, is no sign of no fence', async () => {
    const world = estate();
    world.bucket('us-east-1').denied.add('readPolicy');
    world.bucket('us-west-2').setPolicy('nonsense');
    const status = await look(world);
    expect([of(status, 'us-east-1').fence.kind, of(status, 'us-west-2').fence.kind]).toEqual(['unknown', 'unknown']);
    expect(sentences(world, status, 'doubt')).toEqual([expect.stringMatching(/^whether us-east-1 is fenced is not known: .*AccessDenied/), expect.stringMatching(/^whether us-west-2 is fenced is not known: .*not JSON/)]);
  });
});

describe('history', () => {
  test('a quarantine is shown until a later act lifts it', async () => {
    const world = estate({ active: ['us-west-2'] });
    const left = record({ id: 'act0000000000001', at: '2026-11-24T01:00:00.000Z', endedAt: '2026-11-24T01:00:30.000Z', verb: 'failover', from: ['us-east-1'], to: ['us-west-2'], quarantines: ['us-east-1'] });
    await keep(world, left);
    const status = await look(world);
    expect(of(status, 'us-east-1').quarantinedSince).toBe('2026-11-24T01:00:30.000Z');
    expect(sentences(world, status, 'bad')).toEqual(['us-east-1 is quarantined since 2026-11-24T01:00:30.000Z: it may hold versions that no other Region has; s3-failover reconcile us-east-1']);
    await keep(world, record({ id: 'act0000000000002', at: '2026-11-24T02:00:00.000Z', endedAt: '2026-11-24T02:10:00.000Z', verb: 'reconcile', from: [], to: [], lifts: ['us-east-1'], quarantines: [] }));
    expect(of(await look(world), 'us-east-1').quarantinedSince).toBeUndefined();
  });

  test('since when a Region has its route is known where the last act explains what is live', async () => {
    const world = estate({ active: ['us-west-2'] });
    await keep(
      world,
      record({ id: 'act0000000000001', at: '2026-11-23T01:00:00.000Z', endedAt: '2026-11-23T01:00:30.000Z', from: ['eu-west-1'], to: ['us-east-1'], outcome: 'served', quarantines: [] }),
      record({ id: 'act0000000000002', at: '2026-11-24T01:00:00.000Z', endedAt: '2026-11-24T01:00:30.000Z', from: ['us-east-1'], to: ['us-west-2'], outcome: 'done', quarantines: [] }),
    );
    expect((await look(world)).regions.map(({ region, since }) => [region, since])).toEqual([
      ['us-east-1', '2026-11-24T01:00:30.000Z'],
      ['us-west-2', '2026-11-24T01:00:30.000Z'],
      ['eu-west-1', '2026-11-23T01:00:30.000Z'],
    ]);
  });

  test('since when is not claimed where somebody else has moved traffic', async () => {
    const world = estate({ active: ['eu-west-1'] });
    await keep(world, record({ from: ['us-east-1'], to: ['us-west-2'], outcome: 'served', quarantines: [] }));
    expect((await look(world)).regions.map(({ since }) => since)).toEqual([undefined, undefined, undefined]);
  });

  test('an act that began and has not ended is told with who and when', async () => {
    const world = estate();
    await keep(world, record({ phase: 'begun', at: world.wall.iso(EPOCH - 40_000), who: 'arn:aws:iam::111122223333:user/other', verb: 'switchover', to: ['us-west-2'], endedAt: undefined, outcome: undefined, quarantines: [] }));
    expect(sentences(world, await look(world), 'doubt')).toEqual(["arn:aws:iam::111122223333:user/other began 'switchover' to us-west-2 40 s ago, and has not said how it ended; s3-failover history"]);
  });

  test('a healthy Region that does not tell its history is named, for a quarantine may be missing', async () => {
    const world = estate();
    world.bucket('eu-west-1').denied.add('listKeys');
    expect(sentences(world, await look(world), 'doubt')).toEqual([expect.stringMatching(/^eu-west-1 did not tell its history, so that a quarantine may be missing: .*AccessDenied/)]);
  });
});

describe('the clock of this machine', () => {
  test.each([
    [-90_000, 'the clock of this machine is 90 s behind that of AWS; set the clock of this machine'],
    [90_000, 'the clock of this machine is 90 s ahead of that of AWS; set the clock of this machine'],
  ])('that is off by %i ms is said', async (off, sentence) => {
    const world = estate();
    const wall = { ...world.wall, now: () => world.wall.now() + off };
    expect(sentences(world, await look(world, { wall }), 'doubt')).toContain(sentence);
  });
});

describe('the controller', () => {
  const register = (view: Awaited<ReturnType<Register['read']>>): Register => ({ ...NO_REGISTER, read: async () => view });

  test('tells who may be chosen, what it means, and whether the brake is on', async () => {
    const world = estate();
    const view = { epoch: 3, intent: ['us-east-1'], brake: { by: 'ana', why: 'maintenance' }, excluded: [{ region: 'us-west-2', why: 'a person left it' }], quarantined: ['eu-west-1'] };
    const status = await look(world, { register: register(view) });
    expect([of(status, 'us-west-2').excludedBecause, of(status, 'eu-west-1').quarantinedSince]).toEqual(['a person left it', 'unknown']);
    expect(sentences(world, status)).toEqual(expect.arrayContaining([
      'the controller means us-east-1 to be active',
      'the brake is on, by ana: maintenance; s3-failover resume',
      'us-west-2 is excluded from automatic choice: a person left it; s3-failover include us-west-2',
    ]));
  });

  test('that cannot be read is said', async () => {
    const world = estate();
    const status = await look(world, { register: { ...NO_REGISTER, read: () => Promise.reject(new Error('no replica answers')) } });
    expect(sentences(world, status, 'doubt')).toEqual(["the controller's register cannot be read: no replica answers"]);
  });
});
