import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** Who is told that nothing was lost has lost nothing: every write that was acknowledged by then, in whatever Region, is in the target. */
export class NothingLostIsTrue implements Invariant {
  readonly name = '"nothing lost" is never said falsely';
  readonly judges = ['person told'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'person told' || !fact.told.nothingLost || !world.side) return;
    this.occurrences++;
    const { region } = fact.told;
    const [lost, ...more] = world.side.writers.missing(region);
    if (lost) world.violate(this.name, `${fact.by.name} was told so, and ${more.length + 1} acknowledged writes are not in ${region}: ${lost.versionId} of '${lost.key}', ${lost.region}, ${Math.round((fact.at - lost.at) / 1000)} s ago`);
  }
}
