import { fenceTerms } from '../../../../runtime/core/operate/fence/statement';
import { FakeEstate, type FakeEstateOptions } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';

/** An estate whose Regions hold the same few objects. */
export async function filledEstate(options: FakeEstateOptions = {}): Promise<FakeEstate> {
  const world = new FakeEstate(new VirtualClock(), { propagationMs: 3_000, ...options });
  for (const key of ['a', 'b', 'c']) await world.write(key);
  await world.clock.pass(2_000);
  return world;
}

export function fencesOf(world: FakeEstate, region: string) {
  const { policy } = world.bucket(region);
  return policy === undefined ? [] : (JSON.parse(policy) as { Statement: unknown[] }).Statement.flatMap((statement) => fenceTerms(world.wall, statement) ?? []);
}
