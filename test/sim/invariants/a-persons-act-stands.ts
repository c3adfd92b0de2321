import { sameRegions } from '../../../runtime/core/controller/regions';
import { sameRoutes } from '../../../runtime/core/routes/routes';
import type { Doer, Fact, Submit } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import type { Invariant } from './invariant';
import { deceived } from './only-live-is-adopted';

/** A survey of the routes, the look at the register, and the submit. */
export const READ_AND_SENT_MS = 6_000;

/**
 * What a person did is not undone by an act that was decided afterwards, for the length of a cool-down; nor is a submit of the
 * controller's own that lands late taken for a person's.
 */
export class APersonsActStands implements Invariant {
  readonly name = "a person's act stands";
  readonly judges = ['routes applied', 'submit left', 'register written'] as const;
  occurrences = 0;
  private applied: Submit | undefined;
  /** Whether somebody had taken a later epoch when it took effect. */
  private late = false;
  private atWork: { readonly by: Doer; readonly at: number } | undefined;
  private last: { readonly at: number; readonly by: Submit; readonly active: readonly string[] } | undefined;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'register written') {
      this.takingOver(fact, world);
      return this.adoption(fact, world);
    }
    if (fact.kind === 'routes applied') {
      this.applied = fact.submit;
      this.late = fact.submit.epoch !== undefined && fact.submit.epoch < (world.register?.epoch ?? 0);
      // A stale submit that lands on top ends it: what is put back then is the register's business.
      // One that changed nothing, or that the card brought back to what is intended all the while, cannot be seen by anybody; of two people,
      // the later epoch is the act that stands.
      const { epoch } = fact.submit;
      const overtaken = epoch === undefined ? sameRegions(activeOf(fact.after), world.register?.intent ?? []) : epoch !== world.register?.epoch;
      const acted = fact.submit.by.kind === 'person' && !overtaken && !sameRoutes(fact.before, fact.after);
      this.last = acted ? { at: fact.at, by: fact.submit, active: activeOf(fact.after) } : undefined;
    } else if (fact.kind === 'submit left' && fact.submit.by.kind === 'controller' && this.last) {
      const { claimedAt, frozenMs } = fact.submit;
      if (claimedAt === undefined) return;
      // What was decided before reads the routes again before each submit.
      const unaware = claimedAt <= this.last.at;
      if (unaware && (frozenMs > 0 || fact.at - this.last.at <= READ_AND_SENT_MS)) return;
      if (world.plan.episodes.some((episode) => episode.kind === 'endpoint' && (episode.state === 'stale' || episode.state === 'garbage'))) return;
      this.occurrences++;
      const active = activeOf(fact.submit.routes);
      if (unaware && !active.every((region) => this.last!.active.includes(region)))
        return world.violate(this.name, `submit ${fact.submit.number} of ${fact.submit.by.name} undoes a person's act of ${Math.round((fact.at - this.last.at) / 1000)} s before, which any endpoint would have told`);
      if (claimedAt - this.last.at < world.plan.settings.coolDownMs * 0.998 && !active.every((region) => this.last!.active.includes(region)))
        world.violate(this.name, `submit ${fact.submit.number} of ${fact.submit.by.name} undoes a person's act of ${Math.round((claimedAt - this.last.at) / 1000)} s before`);
    }
  }

  /** Whoever has the epoch and is at work keeps it, for a cool-down at least. */
  private takingOver({ by, before, after, at }: Extract<Fact, { kind: 'register written' }>, world: World): void {
    if (before !== undefined && after.epoch === before.epoch) return;
    if (by.kind === 'person') {
      this.atWork = { by, at };
      return;
    }
    const { atWork } = this;
    this.atWork = undefined;
    if (!atWork || !atWork.by.alive || atWork.by.frozenMs > 0 || at - atWork.at >= world.plan.settings.coolDownMs * 0.998) return;
    world.violate(this.name, `${by.name} takes the epoch from ${atWork.by.name}, who is at work`);
  }

  private adoption({ by, before, after }: Extract<Fact, { kind: 'register written' }>, world: World): void {
    if (by.kind !== 'controller' || !before || after.epoch === before.epoch) return;
    // Nobody can tell what a person does past the register from an older submit to the same Regions that lands late, which is put right once,
    // or from an act to other Regions that was killed before it moved anything, which is finished.
    if (this.last && this.last.by.epoch === undefined && before.looksOld?.some((active) => sameRegions(active, this.last!.active))) this.last = undefined;
    if (sameRegions(before.intent, after.intent) || !sameRegions(after.intent, world.plane.active)) return;
    const { applied } = this;
    if (!applied || deceived(world)) return;
    this.occurrences++;
    // To call an act off that moved nothing is to go back to what was there when it began, and takes it for nobody's.
    if (!this.late && after.by?.startsWith('called off')) return;
    if (applied.by.kind === 'controller' && applied.epoch !== undefined && applied.epoch < before.epoch)
      world.violate(this.name, `${by.name} takes submit ${applied.number} of ${applied.by.name}, which landed late, for a person's act`);
  }
}
