import { outsidePromises } from '../world/time';
import { SCENARIOS, timeOneFailure, type Scenario } from './failures';
import { spreadOf } from './quantiles';
import { completed, SETTINGS, settingNamed } from './settings';

const named = ({ regions, controlDies, endpointDead, death }: Scenario) => `${regions} Regions, ${death}, ${controlDies ? 'a control Region' : 'no control Region'}, ${endpointDead ? 'one endpoint silent' : 'all endpoints well'}`;
const small = SCENARIOS.filter(({ regions }) => regions < 17).map((scenario) => [named(scenario), scenario] as const);

// The whole of it is measured by `npm run promise -- latency`, and written down in docs/tuning.md.
test.each(small)('with 2 s probes a dead Region is left within the promised 30 s: %s', async (_, scenario) => {
  const timed = await outsidePromises(() => [1, 2].map((seed) => timeOneFailure(settingNamed('2 s'), scenario, seed)));
  for (const one of timed) {
    expect(one).toBeDefined();
    expect(one!.toDecision + one!.toAccepted).toBeLessThan(30_000);
    // Not before the time that the setting asks for, and not by magic.
    expect(one!.toDecision).toBeGreaterThan(12_000);
    expect(one!.toAccepted).toBeGreaterThan(100);
  }
});

test('one seed decides the times of a failure', async () => {
  const [one, again, other] = await outsidePromises(() => [5, 5, 6].map((seed) => timeOneFailure(settingNamed('10 s'), SCENARIOS[0], seed)));
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});

test('every setting that is measured keeps the rules, and a name that is not there is refused', () => {
  for (const setting of SETTINGS) expect(completed(setting, ['eu-west-1', 'us-west-2']).intervalMs).toBe(setting.given.intervalMs);
  expect(new Set(SETTINGS.map(({ name }) => name)).size).toBe(SETTINGS.length);
  expect(() => settingNamed('1 s')).toThrow("no such setting: '1 s'; known are '2 s'");
  expect(() => completed({ name: 'hasty', given: { intervalMs: 2_000, unhealthyForMs: 5_000 } }, ['eu-west-1', 'us-west-2'])).toThrow("'unhealthyForMs' must be at least 3 intervals and a probe");
});

test('a quantile is a value that was measured', () => {
  expect(spreadOf(Array.from({ length: 200 }, (_, i) => 200 - i))).toEqual({ least: 1, p25: 50, median: 100, p75: 150, p95: 190, p99: 198, most: 200 });
  expect(spreadOf([7])).toEqual({ least: 7, p25: 7, median: 7, p75: 7, p95: 7, p99: 7, most: 7 });
});
