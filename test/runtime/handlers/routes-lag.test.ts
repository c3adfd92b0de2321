import { CallError } from '../../../runtime/core/calls/call-error';
import { activeRegions, routesWith } from '../../../runtime/core/routes/routes';
import { handleRoutes } from '../../../runtime/handlers/routes';
import { FakeEstate } from '../support/fake-estate';
import { FakeMetrics, ruleIdTo, type FakeMetricsOptions } from '../support/fake-metrics';
import { MemoryLog } from '../support/log';
import { seeded } from '../support/random';
import { makeEvent, noRegister, OLD_ARN, type EventOptions } from '../support/routes-event';
import { VirtualClock } from '../support/virtual-clock';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const IRELAND = 'eu-west-1';
const REGIONS = [EAST, WEST, IRELAND];
const MINUTE = 60_000;

interface Setting extends FakeMetricsOptions {
  readonly active?: readonly string[];
  readonly lagMs?: number;
  /** How long things go on before the deployment. */
  readonly startMs?: number;
  readonly status?: string;
  /** Until the function must have answered. */
  readonly seconds?: number;
  readonly prepare?: (world: FakeEstate, metrics: FakeMetrics) => void;
  readonly configuration?: (from: string, metrics: FakeMetrics) => ReturnType<FakeMetrics['configuration']> | undefined;
}

/** A switch to us-west-2 of a stack that refuses while it lags. */
const toWest = (options: Partial<EventOptions> = {}) => makeEvent({ RequestType: 'Update', ActiveRegion: WEST, WhenLagging: 'REFUSE', ...options, old: { ActiveRegion: 'unchanged', SwitchId: '', ...options.old } } as EventOptions);

async function deploy(event: ReturnType<typeof makeEvent>, setting: Setting = {}) {
  const { active = [EAST], lagMs = 1_000, startMs = 0, status = 'UPDATE_IN_PROGRESS', seconds = 820, prepare, configuration, ...options } = setting;
  const clock = new VirtualClock();
  const world = new FakeEstate(clock, { regions: REGIONS, active, lagMs });
  const metrics = new FakeMetrics(world, options);
  prepare?.(world, metrics);
  const log = new MemoryLog();
  const stop = new AbortController();
  const ended = await clock.run(async () => {
    void metrics.publish(stop.signal);
    await clock.sleep(startMs);
    const ports = {
      endpoints: world.plane.endpoints,
      stackStatus: { read: async () => status },
      register: noRegister,
      lag: () => ({
        wall: world.wall,
        metrics,
        bucket: (region: string) => world.bucket(region),
        configuration: async (region: string, signal: AbortSignal) => {
          await world.arrive({ region, call: 'configuration' }, signal);
          return configuration ? configuration(region, metrics) : metrics.configuration(region);
        },
      }),
    };
    const answer = await handleRoutes(event, { clock, random: seeded(3), log, deadline: clock.now() + seconds * 1000 }, ports).then(
      ({ Data }): { data?: typeof Data; reason?: string } => ({ data: Data }),
      (error: Error): { data?: undefined; reason?: string } => ({ reason: error.message }),
    );
    stop.abort();
    return answer;
  });
  const looked = world.calls.filter(({ call }) => ['configuration', 'putText', 'listVersions', 'removeVersion'].includes(call));
  return { ...ended, world, metrics, log, looked, tookMs: clock.now() - startMs, active: activeRegions(world.plane.live), submits: world.plane.submits.length };
}

const backlog = (count: number) => (world: FakeEstate) => {
  for (let index = 0; index < count; index++) world.bucket(EAST).store(`k${index}`, 'x');
};

describe('a switch whose target has caught up', () => {
  test('is made, and says what was known', async () => {
    const { active, tookMs, log } = await deploy(toWest());
    expect(active).toEqual([WEST]);
    expect(tookMs).toBeLessThan(5_000);
    expect(log.lines.at(-1)?.fields.sentence).toMatch(/a marker arrived in us-west-2 within \d s; S3 published nothing in the last 5 min, as for an idle rule, which is not a count of zero/);
  });

  test('takes its markers away, in every Region', async () => {
    const { world } = await deploy(toWest(), { lagMs: 100 });
    expect(REGIONS.flatMap((region) => world.bucket(region).all)).toEqual([]);
  });

  test('is made while a busy bucket is a little behind, as it always is', async () => {
    const { active, log } = await deploy(toWest(), { startMs: 3 * MINUTE, lagMs: 20_000, prepare: (world) => {
      const write = (at: number): void => void world.clock.sleep(at).then(() => world.bucket(EAST).store(`k${at}`, 'x'));
      for (let at = 0; at < 5 * MINUTE; at += 5_000) write(at);
    } });
    expect(active).toEqual([WEST]);
    expect(log.lines.at(-1)?.fields.sentence).toMatch(/us-west-2 was 20 s and \d operations \(\d0 bytes\) behind us-east-1, as of 2 min ago/);
  });

  test('waits for what has just arrived to be published, and is made then', async () => {
    const { active, tookMs } = await deploy(toWest(), { startMs: 5 * MINUTE, delayMs: 10_000, prepare: (world) => {
      world.lagOf = (key) => (key.startsWith('k') ? 5.5 * MINUTE : 500);
      backlog(10)(world);
    } });
    expect(active).toEqual([WEST]);
    expect(tookMs).toBeGreaterThan(30_000);
  });

  test('does not wait for a third Region that is dead, and leaves the markers that wait for it', async () => {
    const { active, tookMs, log, world } = await deploy(toWest(), { prepare: (one) => one.kill(IRELAND, 'silent') });
    expect(active).toEqual([WEST]);
    expect(tookMs).toBeLessThan(30_000);
    expect(log.lines.map(({ message }) => message)).toContain('markers were left');
    expect(world.bucket(EAST).all).toHaveLength(1);
  });
});

describe('a switch whose target lags', () => {
  test('fails with how far behind, as of when, and what to type', async () => {
    const { reason, active, submits } = await deploy(toWest(), { startMs: 4 * MINUTE, prepare: (world) => {
      world.pause(EAST, WEST);
      backlog(1203)(world);
    } });
    expect([active, submits]).toEqual([[EAST], 0]);
    expect(reason).toMatch(/^switch to us-west-2: 'ActiveRegion' was unchanged before: refused, and traffic stays where it is: a marker that was written into us-east-1 \d+ s ago has not arrived in us-west-2; us-west-2 was 3 min and 1,203 operations \(12\.0 KB\) behind us-east-1, as of 2 min ago; /);
    expect(reason).toMatch(/; to leave behind what has not arrived, deploy with --parameters Media:ActiveRegion=us-west-2 --parameters Media:SwitchId=force-<anything new>; to lose nothing, deploy again when the metric ReplicationLatency of that direction is below 60 s$/);
  });

  test('fails soon when metrics and marker say the same, and within a minute when the metrics are silent', async () => {
    const paused = (world: FakeEstate) => world.pause(EAST, WEST);
    const both = await deploy(toWest(), { startMs: 4 * MINUTE, prepare: (world) => (paused(world), backlog(1)(world)) });
    const alone = await deploy(toWest(), { prepare: paused });
    for (const { reason, tookMs } of [both, alone]) {
      expect(reason).toMatch(/has not arrived in us-west-2/);
      expect(tookMs).toBeLessThan(65_000);
    }
    expect(both.tookMs).toBeLessThan(20_000);
  });

  test('fails when work that the marker overtook is more than a minute late', async () => {
    const { reason, tookMs, submits } = await deploy(toWest(), { startMs: 4 * MINUTE, prepare: (world) => {
      world.lagOf = (key) => (key === 'k0' ? 60 * MINUTE : 500);
      backlog(1)(world);
    } });
    expect(reason).toMatch(/refused.*us-west-2 was \d+ min and 1 operation \(10 bytes\) behind us-east-1/);
    expect([submits, tookMs < 200_000]).toEqual([0, true]);
  });

  test('names the parameters as the switch does', async () => {
    const { reason } = await deploy(toWest({ ActiveRegionParameter: 'MediaRegion', SwitchIdParameter: 'MediaId' }), { prepare: (world) => world.pause(EAST, WEST) });
    expect(reason).toContain('--parameters Media:MediaRegion=us-west-2 --parameters Media:MediaId=force-<anything new>');
  });

  test('leaves the marker that is under way, since removing it would count as a failure', async () => {
    const { world } = await deploy(toWest(), { prepare: (one) => one.pause(EAST, WEST) });
    expect(world.bucket(EAST).all.map(({ key }) => key)).toEqual(['.s3-failover/marker/us-east-1/request-1']);
  });
});

describe('what overrides it', () => {
  const lagging: Setting = { startMs: 3 * MINUTE, prepare: (world) => { world.pause(EAST, WEST); backlog(3)(world); } };

  test.each<[string, Partial<EventOptions>]>([
    ['a new SwitchId that begins with force-', { SwitchId: 'force-1', old: { SwitchId: '' } }],
    ['another one after one', { SwitchId: 'force-2', old: { SwitchId: 'force-1' } }],
    ['a new one for the Region that was passed before', { SwitchId: 'force-1', old: { ActiveRegion: WEST } }],
    ['whenLagging SWITCH', { WhenLagging: 'SWITCH' }],
    ['a template from before whenLagging', { WhenLagging: undefined }],
  ])('%s switches at once, without a look', async (_, options) => {
    const { active, looked, tookMs } = await deploy(toWest(options), lagging);
    expect([active, looked]).toEqual([[WEST], []]);
    expect(tookMs).toBeLessThan(2_000);
  });

  test.each<[string, Partial<EventOptions>]>([
    ['a SwitchId that stuck from the deployment before', { SwitchId: 'force-1', old: { SwitchId: 'force-1' } }],
    ['a SwitchId that only holds the word', { SwitchId: 'no-force-1', old: { SwitchId: '' } }],
    ['a SwitchId of another case', { SwitchId: 'Force-1', old: { SwitchId: '' } }],
    ['a SwitchId that was emptied', { SwitchId: '', old: { SwitchId: 'force-1' } }],
  ])('fails with %s', async (_, options) => {
    const { reason, submits } = await deploy(toWest(options), lagging);
    expect(reason).toMatch(/refused/);
    expect(submits).toBe(0);
  });

  test('a switch without a look says so', async () => {
    const { log } = await deploy(toWest({ SwitchId: 'force-1' }), lagging);
    expect(log.lines.at(-1)?.fields.sentence).toMatch(/the lag was not looked at, since 'SwitchId' is new and begins with 'force-'/);
  });
});

describe('when nothing can be known', () => {
  test.each(['silent', 'refused'] as const)('fails when the active Region is dead (%s), and says how to switch all the same', async (death) => {
    const { reason, submits, tookMs } = await deploy(toWest(), { prepare: (world) => world.kill(EAST, death) });
    expect(reason).toMatch(/refused.*the replication rules of us-east-1 could not be read: .*SwitchId=force-<anything new>; to lose nothing, deploy again when us-east-1 answers$/);
    expect([submits, tookMs < 60_000]).toEqual([0, true]);
  });

  test('a short failure of the active Region is borne', async () => {
    const { active } = await deploy(toWest(), { prepare: (world) => {
      world.kill(EAST, 'refused');
      void world.clock.sleep(10_000).then(() => world.heal(EAST));
    } });
    expect(active).toEqual([WEST]);
  });

  test('fails when the target is dead', async () => {
    const { reason, submits } = await deploy(toWest(), { prepare: (world) => world.kill(WEST, 'silent') });
    expect(reason).toMatch(/has not arrived in us-west-2 \(us-west-2 could not be asked: /);
    expect(submits).toBe(0);
  });

  test('fails when CloudWatch does not answer', async () => {
    const { reason, tookMs } = await deploy(toWest(), { prepare: (_, metrics) => {
      metrics.read = async (region) => Promise.reject(new CallError({ call: 'cloudwatch GetMetricData', region, status: 403, code: 'AccessDenied', reason: 'no' }));
    } });
    expect(reason).toMatch(/the metrics of us-east-1 to us-west-2 could not be read: .*403 AccessDenied.*deploy again when CloudWatch answers in us-east-1 and us-west-2$/);
    expect(tookMs).toBeLessThan(60_000);
  });

  test.each([4, 10, 60])('the reason is the reason, also when %d seconds are all there is', async (seconds) => {
    const { reason, tookMs } = await deploy(toWest(), { seconds, prepare: (world) => world.bucket(EAST).denied.add('putText') });
    expect(reason).toMatch(/no marker could be written into us-east-1: s3 putText in us-east-1 was answered 403 AccessDenied/);
    expect(tookMs).toBeLessThan(seconds * 1000);
  });

  test('fails when nothing replicates to the target', async () => {
    const { reason, looked } = await deploy(toWest(), { configuration: () => undefined });
    expect(reason).toMatch(/no enabled rule replicates from us-east-1 to us-west-2: what is written there stays there; .*deploy again when a rule replicates from us-east-1 to us-west-2$/);
    expect(looked.map(({ call }) => call)).toEqual(['configuration']);
  });

  test('fails when replication failed lately', async () => {
    const { reason, submits } = await deploy(toWest(), { prepare: (world, metrics) => {
      metrics.extra.push({ region: EAST, rule: { ruleId: ruleIdTo(WEST), latencySeconds: [], pendingOperations: [], pendingBytes: [], failedOperations: [{ at: world.wall.now() - MINUTE, value: 2 }] } });
    } });
    expect(reason).toMatch(/2 operations failed in the last 60 min, and S3 does not try them again; .*deploy again when the failed objects were written again or replicated by S3 Batch Replication, and an hour has passed$/);
    expect(submits).toBe(0);
  });

  test('a rule without metrics is judged by the marker', async () => {
    const { active } = await deploy(toWest(), { configuration: (from, metrics) => ({
      ...metrics.configuration(from), Rules: metrics.configuration(from).Rules!.map((rule) => ({ ...rule, Destination: { Bucket: rule.Destination!.Bucket } })),
    }) });
    expect(active).toEqual([WEST]);
  });
});

describe('several active Regions', () => {
  test('each that traffic leaves must have caught up', async () => {
    const both = await deploy(toWest(), { active: [EAST, IRELAND] });
    expect([both.active, new Set(both.looked.filter(({ call }) => call === 'putText').map(({ region }) => region))]).toEqual([[WEST], new Set([EAST, IRELAND])]);

    const { reason } = await deploy(toWest(), { active: [EAST, IRELAND], prepare: (world) => world.pause(IRELAND, WEST) });
    expect(reason).toMatch(/written into eu-west-1 .* has not arrived in us-west-2/);
    expect(reason).not.toMatch(/written into us-east-1/);
  });

  test('a target that takes traffic already must have caught up with the others', async () => {
    const { active, looked } = await deploy(toWest(), { active: [EAST, WEST] });
    expect(active).toEqual([WEST]);
    expect(looked.filter(({ call }) => call === 'putText').map(({ region }) => region)).toEqual([EAST]);
  });
});

describe('nothing is looked at', () => {
  const dead: Setting = { prepare: (world) => world.pause(EAST, WEST) };

  test.each<[string, ReturnType<typeof makeEvent>, Setting]>([
    ['where traffic is already', toWest(), { active: [WEST] }],
    ['at a first deployment', makeEvent({ RequestType: 'Create', WhenLagging: 'REFUSE' }), {}],
    ['when no switch is asked for', makeEvent({ RequestType: 'Update', WhenLagging: 'REFUSE' }), {}],
    ['by a rollback', toWest(), { status: 'UPDATE_ROLLBACK_IN_PROGRESS' }],
    ['when the access point was replaced', toWest({ old: { AccessPointArn: OLD_ARN } }), {}],
    ['by ENFORCE', makeEvent({ RequestType: 'Update', OnRedeploy: 'ENFORCE', WhenLagging: 'REFUSE' }), { active: [WEST] }],
    ['at a delete', makeEvent({ RequestType: 'Delete', WhenLagging: 'REFUSE' }), {}],
  ])('%s', async (_, event, setting) => {
    const { looked, reason } = await deploy(event, { ...dead, ...setting });
    expect([looked, reason]).toEqual([[], undefined]);
  });
});

test('a person who moves traffic meanwhile is not overruled', async () => {
  const { reason, active } = await deploy(toWest(), { prepare: (world) => void world.clock.sleep(600).then(() => world.plane.move(routesWith([IRELAND], REGIONS))) });
  expect(reason).toMatch(/live routes are not what the plan was made from/);
  expect(active).toEqual([IRELAND]);
});

test('the reason fits into what CloudFormation takes', async () => {
  const { reason } = await deploy(toWest(), { active: [EAST, IRELAND], prepare: (world) => REGIONS.forEach((region) => region !== WEST && world.kill(region, 'refused')) });
  expect(reason!.length).toBeLessThan(2_000);
});
