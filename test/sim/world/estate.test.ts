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
    const { world } = await runWorld(plan({ episodes, objects: { lagMs: 4_000, fails: 0 } }), core, (w) => {
      for (const at of [90_000, 190_000, 290_000]) w.time.at(at, () => failed.push(w.clients.failedWithin('us-east-1', 20_000)));
    }, []);
    expect(failed).toEqual([false, true, false]);
    expect(world.clients.errors).toBe(60);
    expect(world.side!.writers.acknowledged).toHaveLength(world.clients.writes - world.clients.errors);
  });
});

describe('a dead Region', () => {
  test('is dead whatever else is wrong with it, and as it was before once it is back', async () => {
    const states: string[] = [];
    const { core } = starts();
    const episodes = [
      { at: 50_000, forMs: 200_000, kind: 'region dead', region: 'us-east-1' },
      { at: 100_000, forMs: 50_000, kind: 'storage', region: 'us-east-1', state: 'throttling' },
      { at: 200_000, forMs: 100_000, kind: 'storage', region: 'us-east-1', state: 'forbidden' },
    ] as const;
    await runWorld(plan({ episodes }), core, (world) => {
      const region = world.region('us-east-1');
      for (const at of [40_000, 120_000, 240_000, 260_000, 400_000]) world.time.at(at, () => states.push(`${region.storage} ${region.control} ${region.hasTable} since ${region.lastServed}`));
    }, []);
    expect(states).toEqual(['well well true since 0', 'silent silent false since 50000', 'silent silent false since 50000', 'forbidden well true since 50000', 'well well true since 50000']);
  });
});
