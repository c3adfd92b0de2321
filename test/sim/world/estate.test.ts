import { NO_RATES } from '../faults/rates';
import { plan, runWorld } from '../support/in-world';
import { standIn } from '../support/stand-in';
import type { Core } from './core';

/** A core that only tells when its runs start. */
function starts(): { readonly core: Core; readonly seen: string[] } {
  const seen: string[] = [];
  return { seen, core: { ...standIn(), run: async ({ boot, clock }, milliseconds) => (seen.push(boot), clock.sleep(milliseconds)) } };
}

const ofVoter = (seen: readonly string[], region: string) => seen.filter((boot) => boot.startsWith(`voter:${region}#`)).length;

describe('schedules', () => {
  test('start a run of each observer every minute', async () => {
    const { core, seen } = starts();
    await runWorld(plan({}), core, undefined, []);
    // One at the beginning, and one in each of ten minutes.
    for (const region of ['us-east-1', 'us-east-2', 'us-west-2']) expect(ofVoter(seen, region)).toBe(11);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(6 * 11);
  });

  test.each([
    ['run skipped', 1],
    ['run doubled', 21],
  ] as const)('with each %s start %d', async (rate, count) => {
    const { core, seen } = starts();
    await runWorld(plan({ rates: { ...NO_RATES, [rate]: 1 } }), core, undefined, []);
    expect(Math.abs(ofVoter(seen, 'us-east-2') - count)).toBeLessThanOrEqual(1);
  });

  test('start nothing in a Region that is dead, and end what runs there', async () => {
    const ticks: number[] = [];
    let now = () => 0;
    const core: Core = {
      ...standIn(),
      run: async ({ region, role, clock }) => {
        if (region !== 'us-west-2' || role !== 'voter') return;
        for (;;) {
          ticks.push(now());
          await clock.sleep(1_000);
        }
      },
    };
    await runWorld(plan({ episodes: [{ at: 200_000, forMs: 200_000, kind: 'region dead', region: 'us-west-2' }] }), core, (world) => (now = () => world.time.now), []);
    expect(ticks.filter((at) => at > 200_000 && at < 400_000)).toEqual([]);
    expect(ticks.filter((at) => at > 400_000).length).toBeGreaterThan(100);
  });

  test('end a run that does not end by itself', async () => {
    let last = 0;
    let first = true;
    const core: Core = {
      ...standIn(),
      run: async ({ clock }) => {
        if (!first) return;
        first = false;
        const began = clock.now();
        for (;;) {
          last = clock.now() - began;
          await clock.sleep(1_000);
        }
      },
    };
    await runWorld(plan({}), core, undefined, []);
    expect(Math.round(last / 1_000)).toBe(120);
  });
});

describe('clients', () => {
  test('fail while the active Region does not serve, and no longer than until it does', async () => {
    const failed: boolean[] = [];
    const episodes = [{ at: 100_000, forMs: 100_000, kind: 'storage', region: 'us-east-1', state: 'failing' } as const];
    const { core } = starts();
    const { world } = await runWorld(plan({ episodes }), core, (w) => {
      for (const at of [90_000, 190_000, 290_000]) w.time.at(at, () => failed.push(w.clients.failedWithin('us-east-1', 20_000)));
    }, []);
    expect(failed).toEqual([false, true, false]);
    expect(world.clients.errors).toBe(60);
    expect(world.buckets.acknowledged).toHaveLength(world.clients.writes - world.clients.errors);
  });
});

describe('buckets', () => {
  test('pass on what was acknowledged, late and in no order, and some of it never', async () => {
    const { core } = starts();
    const { world } = await runWorld(plan({ durationMs: 3_600_000 * 2 }), core, undefined, []);
    const { acknowledged } = world.buckets;
    const europe = acknowledged.map(({ arrives }) => arrives[2]);
    expect(acknowledged.every(({ at, arrives }) => arrives[0] === at && arrives[2] >= at)).toBe(true);
    expect(europe.some((at, i) => i > 0 && at < europe[i - 1])).toBe(true);
    const never = europe.filter((at) => at === Infinity).length;
    expect(never).toBeGreaterThan(0);
    expect(never).toBeLessThan(acknowledged.length / 100);
    expect(world.buckets.missing('us-east-1')).toEqual([]);
    expect(world.buckets.missing('eu-west-1').length).toBeGreaterThanOrEqual(never);
  });

  test('pass on nothing out of a dead Region before it is back', async () => {
    const { core } = starts();
    const owed: number[] = [];
    const episodes = [{ at: 100_000, forMs: 300_000, kind: 'region dead', region: 'us-east-1' } as const];
    await runWorld(plan({ episodes, durationMs: 5_000_000 }), core, (world) => {
      const early = () => world.buckets.missing('eu-west-1').filter(({ at }) => at <= 100_000).length;
      for (const at of [100_001, 399_000, 4_000_000]) world.time.at(at, () => owed.push(early()));
    }, []);
    expect(owed[0]).toBeGreaterThan(0);
    expect(owed[1]).toBe(owed[0]);
    expect(owed[2]).toBeLessThan(owed[0]);
  });

  test('name a write that another Region superseded before it arrived', async () => {
    const { core } = starts();
    const { world } = await runWorld(plan({ durationMs: 1 }), core, undefined, []);
    const { buckets } = world;
    for (let i = 0; i < 400; i++) buckets.acknowledge('us-east-1');
    world.time.runUntil(2);
    for (let i = 0; i < 400; i++) buckets.acknowledge('eu-west-1');
    const superseded = buckets.superseded();
    expect(superseded.length).toBeGreaterThan(300);
    expect(superseded.every(({ region }) => region === 'us-east-1')).toBe(true);
  });
});
