import type { Acting, Episode } from './faults/episode';
import { shipped } from './shipped';
import { plan, runWorld, type Ran } from './support/in-world';
import type { Told } from './world/facts';
import type { Invariant } from './invariants/invariant';
import { allInvariants } from './invariants';

const MINUTE = 60_000;
const DATA = ['eu-west-1', 'us-west-2', 'us-east-1'];

/** Keeps what people were told. */
class Ear implements Invariant {
  readonly name = 'ear';
  readonly judges = ['person told'] as const;
  readonly occurrences = 0;
  readonly told: Told[] = [];

  see(fact: { readonly kind: string }): void {
    this.told.push((fact as unknown as { readonly told: Told }).told);
  }
}

const does = (verb: Acting | 'failover', region: string, at = 2 * MINUTE): Episode => ({ at, forMs: 0, kind: 'person', verb, region });

async function quarterOfAnHour(...episodes: Episode[]): Promise<Ran & { readonly told: readonly Told[] }> {
  const ear = new Ear();
  const ran = await runWorld(plan({ seed: 8, durationMs: 15 * MINUTE, data: DATA, objects: { lagMs: 100, fails: 0 }, episodes }), shipped(), undefined, [...allInvariants(), ear]);
  return { ...ran, told: ear.told };
}

describe('a person in the simulated world', () => {
  test('switches over through the shipped command, fence and drain and all, and nothing is lost', async () => {
    const { told, world, violation } = await quarterOfAnHour(does('switchover', 'us-west-2'));
    expect(violation).toBeUndefined();
    expect(told).toMatchObject([{ outcome: 'served', nothingLost: true }]);
    expect(world.plane.active).toEqual(['us-west-2']);
    expect(world.register).toMatchObject({ intent: ['us-west-2'], braked: false });
    expect(world.side!.writers.refusedAt.size).toBeGreaterThan(0);
    expect(world.side!.policy('eu-west-1').text).toBeUndefined();
  });

  test('fails over a dead Region, and compares when it is back', async () => {
    const { told, world, violation } = await quarterOfAnHour(
      { at: MINUTE, forMs: 5 * MINUTE, kind: 'region dead', region: 'eu-west-1' },
      does('forced failover', 'us-east-1', MINUTE + 5_000),
      does('reconcile', 'eu-west-1', 14 * MINUTE),
    );
    expect(violation).toBeUndefined();
    expect(world.plane.active).toEqual(['us-east-1']);
    expect(told).toMatchObject([{ verb: 'forced failover', outcome: 'served' }, { verb: 'reconcile' }]);
    expect(told[1].compared).toMatchObject([{ between: ['eu-west-1', 'us-east-1'] }]);
  });

  test('moves routes, lifts a fence that stands, and ends a quarantine', async () => {
    const { told, violation } = await quarterOfAnHour(
      does('failover', 'us-west-2', MINUTE),
      does('quarantine lift', 'eu-west-1', 6 * MINUTE),
      does('routes set', 'eu-west-1', 7 * MINUTE),
      does('fence lift', 'eu-west-1', 12 * MINUTE),
    );
    expect(violation).toBeUndefined();
    expect(told.map(({ verb, outcome }) => `${verb}: ${outcome}`)).toEqual(['failover: served', 'quarantine lift: lifted', 'routes set: served', 'fence lift: none']);
  });
});
