import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** The controller excludes only what a person has moved traffic away from: an act of its own that came to nothing bars nobody. */
export class OnlyAPersonExcludes implements Invariant {
  readonly name = 'only a person excludes';
  readonly judges = ['register written'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'register written' || fact.by.kind !== 'controller') return;
    this.occurrences++;
    const before = fact.before?.excluded ?? [];
    const added = fact.after.excluded.filter((region) => !before.includes(region));
    if (added.length > 0 && !world.submits.some(({ by }) => by.kind === 'person') && !someEndpointLies(world))
      world.violate(this.name, `${fact.by.name} excludes ${added.join('+')}, and no person has done anything`);
  }
}

/** Two endpoints that tell the past for minutes are told apart from a person by nobody. */
function someEndpointLies({ plan }: World): boolean {
  return plan.episodes.some((episode) => episode.kind === 'endpoint' && episode.state === 'stale');
}
