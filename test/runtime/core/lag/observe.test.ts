import { CallError } from '../../../../runtime/core/calls/call-error';
import type { ReplicationMetrics, RuleMetrics } from '../../../../runtime/core/lag/metrics';
import { LAG_TIMES, mergeRules, observeLag } from '../../../../runtime/core/lag/observe';
import { DIRECTION, rule, T0 } from '../../support/lag';
import { VirtualClock } from '../../support/virtual-clock';

const wall = { now: () => T0, iso: String, parse: () => undefined };

type Regions = { readonly [region: string]: readonly RuleMetrics[] | Error | 'silent' };

async function observe(regions: Regions, { avoid, deadline }: { avoid?: string[]; deadline?: number } = {}) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const metrics: ReplicationMetrics = {
    async read(region, _, signal) {
      asked.push(region);
      await clock.sleep(100, signal);
      const answer = regions[region] ?? [];
      if (answer === 'silent') return new Promise(() => undefined);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const observation = await clock.run(() => observeLag({ clock, wall }, metrics, { direction: DIRECTION, avoid, deadline }));
  expect(clock.pendingTimers).toBe(0);
  return { observation, asked, took: clock.now() };
}

const pending = rule('r', { pendingOperations: [[-60_000, 3]] });
const failed = rule('r', { failedOperations: [[-60_000, 1]] });

test('both Regions are asked at once, and what they say of one rule is put together', async () => {
  const { observation, took } = await observe({ 'eu-west-1': [pending], 'us-east-1': [failed] });
  expect(observation.rules).toEqual([rule('r', { pendingOperations: [[-60_000, 3]], failedOperations: [[-60_000, 1]] })]);
  expect(observation.silent).toEqual([]);
  expect(took).toBe(100);
});

test('a Region that never answers is not waited for longer than one call takes', async () => {
  const { observation, took } = await observe({ 'eu-west-1': [pending], 'us-east-1': 'silent' });
  expect(took).toBe(LAG_TIMES.callMs);
  expect(observation.rules).toHaveLength(1);
  expect(observation.silent).toMatchObject([{ region: 'us-east-1', reason: expect.stringMatching(/TimedOut/) }]);
});

test('a Region that refuses is told with its reason', async () => {
  const denied = new CallError({ call: 'cloudwatch GetMetricData', region: 'eu-west-1', code: 'AccessDenied', status: 403, reason: 'no' });
  expect((await observe({ 'eu-west-1': denied })).observation.silent).toEqual([{ region: 'eu-west-1', reason: denied.message }]);
});

test('a Region that is to be avoided is not asked', async () => {
  const { observation, asked } = await observe({}, { avoid: ['us-east-1'] });
  expect(asked).toEqual(['eu-west-1']);
  expect(observation.silent).toEqual([{ region: 'us-east-1', reason: 'not asked, to be avoided' }]);
});

test('nothing is waited for when no time is left', async () => {
  expect((await observe({ 'eu-west-1': 'silent', 'us-east-1': 'silent' }, { deadline: 0 })).took).toBe(0);
});

test('of two figures for one minute the worse counts', () => {
  const [merged] = mergeRules([rule('r', { pendingOperations: [[-120_000, 1], [-60_000, 5]] }), rule('r', { pendingOperations: [[-60_000, 2]] })]);
  expect(merged.pendingOperations.map(({ value }) => value)).toEqual([1, 5]);
});
