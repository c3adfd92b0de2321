import { sameRoutes } from '../../../runtime/core/routes/routes';
import type { Fact, Submit } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/**
 * What a person did is not undone by an act that was decided afterwards, for the length of a cool-down; nor is a submit of the
 * controller's own that lands late taken for a person's.
 */
export class APersonsActStands implements Invariant {
  readonly name = "a person's act stands";
  readonly judges = ['routes applied', 'submit left', 'register written'] as const;
  occurrences = 0;
  private applied: Submit | undefined;
  private last: { readonly at: number; readonly by: Submit; readonly active: readonly string[] } | undefined;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'register written') return this.adoption(fact, world);
    if (fact.kind === 'routes applied') {
      this.applied = fact.submit;
      // A stale submit that lands on top ends it: what is put back then is the register's business.
      // One that changed nothing cannot be seen by anybody; of two people, the later epoch is the act that stands.
      const overtaken = fact.submit.epoch !== undefined && fact.submit.epoch !== world.register?.epoch;
      const acted = fact.submit.by.kind === 'person' && !overtaken && !sameRoutes(fact.before, fact.after);
      this.last = acted ? { at: fact.at, by: fact.submit, active: activeOf(fact.after) } : undefined;
    } else if (fact.kind === 'submit left' && fact.submit.by.kind === 'controller' && this.last) {
      const { claimedAt } = fact.submit;
      if (claimedAt === undefined || claimedAt <= this.last.at) return;
      if (world.plan.episodes.some((episode) => episode.kind === 'endpoint' && (episode.state === 'stale' || episode.state === 'garbage'))) return;
      this.occurrences++;
      const active = activeOf(fact.submit.routes);
      if (claimedAt - this.last.at < world.plan.settings.coolDownMs * 0.998 && !active.every((region) => this.last!.active.includes(region)))
        world.violate(this.name, `submit ${fact.submit.number} of ${fact.submit.by.name} undoes a person's act of ${Math.round((claimedAt - this.last.at) / 1000)} s before`);
    }
  }

  private adoption({ by, before, after }: Extract<Fact, { kind: 'register written' }>, world: World): void {
    if (by.kind !== 'controller' || !before || after.epoch === before.epoch) return;
    // Nobody can tell what a person does past the register from an older submit to the same Regions that lands late, which is put right once,
    // or from an act to other Regions that was killed before it moved anything, which is finished.
    if (this.last && this.last.by.epoch === undefined && before.looksOld?.some((active) => same(active, this.last!.active))) this.last = undefined;
    if (same(before.intent, after.intent) || !same(after.intent, world.plane.active)) return;
    const { applied } = this;
    if (!applied) return;
    this.occurrences++;
    if (applied.by.kind === 'controller' && applied.epoch !== undefined && applied.epoch < before.epoch)
      world.violate(this.name, `${by.name} takes submit ${applied.number} of ${applied.by.name}, which landed late, for a person's act`);
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((region) => other.includes(region));
}
