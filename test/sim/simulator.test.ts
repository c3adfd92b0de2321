import { coreNamed } from './cores';
import { planOf } from './faults/swarm';
import { optionsOf } from './options';
import { runSchedule } from './schedule';
import { describePlan, shrink } from './shrink';
import { standIn, type Flaws } from './support/stand-in';
import { plan, runWorld } from './support/in-world';
import { traceOf } from './trace';
import { outsidePromises } from './world/time';

describe('one seed', () => {
  test('decides everything: the same seed gives the same trace, and another seed another', async () => {
    const [one, again, other] = await outsidePromises(() => [11, 11, 12].map((seed) => traceOf(planOf(seed, 15), standIn())));
    expect(one.length).toBeGreaterThan(100);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test('runs the same with and without a trace', async () => {
    const counts = await outsidePromises(() => {
      const traced: string[] = [];
      const loud = runSchedule(planOf(3, 15), standIn(), { note: (_at, _who, text) => traced.push(text) });
      const still = runSchedule(planOf(3, 15), standIn());
      return [loud.world.time.happened, still.world.time.happened, traced.length] as const;
    });
    expect(counts[0]).toBe(counts[1]);
    expect(counts[2]).toBeGreaterThan(100);
  });

  test('keeps its other faults when one is taken away', () => {
    const full = planOf(5, 15);
    const without = full.episodes.filter(({ kind }) => kind !== 'cut');
    expect(planOf(5, 15).episodes.filter(({ kind }) => kind !== 'cut')).toEqual(without);
  });
});

describe('the swarm', () => {
  const plans = Array.from({ length: 2_000 }, (_, seed) => planOf(seed, 15));

  test('draws every kind of fault', () => {
    const kinds = new Set(plans.flatMap(({ episodes }) => episodes.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(
      ['alarm', 'all frozen', 'blind', 'card', 'credentials expired', 'cut', 'endpoint', 'lie', 'no runs start', 'nobody writes', 'noise', 'other version', 'partition', 'person', 'policy written', 'region dead', 'storage', 'table replica lost'].sort(),
    );
    for (const name of Object.keys(plans[0].rates) as (keyof (typeof plans)[0]['rates'])[]) expect(plans.some(({ rates }) => rates[name] > 0)).toBe(true);
  });

  test('leaves the end of each schedule quiet', () => {
    for (const { episodes, quietFrom } of plans) for (const { at, forMs } of episodes) expect(at + forMs <= quietFrom + 1 || forMs >= 1e9).toBe(true);
  });

  test('has schedules without any fault, and with a death alone', () => {
    expect(plans.filter(({ episodes }) => episodes.length === 0).length).toBeGreaterThan(20);
    expect(plans.filter(({ episodes }) => episodes.length > 0 && episodes.every(({ kind }) => kind === 'region dead')).length).toBeGreaterThan(100);
  });
});

describe('the search', () => {
  test.each<[keyof Flaws, readonly string[]]>([
    ['withoutClaim', ['submits own the epoch']],
    ['oneVoteIsEnough', ['one liar moves nothing', 'no failover while clients are served']],
    ['ignoresBrake', ['the brake holds']],
    ['ignoresCoolDown', ['no failover within a cool-down']],
    ['anyTarget', ['the target was well']],
  ])('finds a controller that is broken by %s', async (flaw, invariants) => {
    const found = await outsidePromises(() => {
      const seen = new Set<string>();
      for (let seed = 1; seed <= 2_000 && !invariants.some((name) => seen.has(name)); seed++) {
        const { violation } = runSchedule(planOf(seed, 15), standIn({ [flaw]: true }));
        if (violation) seen.add(violation.invariant);
      }
      return [...seen];
    });
    expect(found.filter((name) => invariants.includes(name))).not.toEqual([]);
  });

  test('shrinks what it found to what matters', async () => {
    const shrunk = await outsidePromises(() => {
      const core = standIn({ withoutClaim: true });
      for (let seed = 24; ; seed++) {
        const of = planOf(seed, 15);
        const { violation } = runSchedule(of, core);
        if (violation?.invariant === 'submits own the epoch' && of.episodes.length > 4) return { of, ...shrink(of, violation, core) };
      }
    });
    expect(shrunk.violation.invariant).toBe('submits own the epoch');
    expect(shrunk.plan.episodes.length).toBeLessThanOrEqual(2);
    expect(Object.values(shrunk.plan.rates).filter((rate) => rate > 0).length).toBeLessThanOrEqual(2);
    expect(shrunk.plan.durationMs).toBeLessThan(shrunk.of.durationMs);
    expect(describePlan(shrunk.plan).join('\n')).toContain(`seed ${shrunk.of.seed}`);
  });

  test('is stopped by code that turns without waiting', async () => {
    const ran = await runWorld(plan({}), {
      ...standIn(),
      run: async ({ clock }) => {
        for (;;) await clock.sleep(0);
      },
    });
    expect(ran.violation?.invariant).toBe('bounded');
  });
});

describe('its options', () => {
  test('run one schedule where a seed alone is given', () => {
    expect(optionsOf(['--seed', '7'])).toMatchObject({ seed: 7, schedules: 1, minutes: 15, workers: 1 });
    expect(optionsOf(['--schedules', '50', '--workers', '8'])).toMatchObject({ seed: 1, schedules: 50, workers: 5 });
  });

  test.each([['--seed', 'x'], ['--schedules', '0'], ['--minutes', '2'], ['--workers', '1.5']])('fails when %s is %s', (name, value) => {
    expect(() => optionsOf([name, value])).toThrow(new RegExp(`'${name}' must be a whole number of at least \\d+, got '${value.replace('.', '\\.')}'`));
  });

  test('fails when nothing is known by the name of a core', () => {
    expect(() => coreNamed('nothing')).toThrow(/'--core' names nothing that can be simulated, got 'nothing'/);
  });
});
