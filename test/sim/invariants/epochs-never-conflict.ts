import { routesKey } from '../../../runtime/core/routes/routes';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** One epoch belongs to one act: one doer, one set of routes, and nobody else changes what it intends; and epochs only grow. */
export class EpochsNeverConflict implements Invariant {
  readonly name = 'epochs never conflict';
  readonly judges = ['register written', 'submit left'] as const;
  occurrences = 0;
  private owner: string | undefined;
  private readonly acts = new Map<number, { readonly by: string; readonly routes: string }>();

  see(fact: Fact, world: World): void {
    if (fact.kind === 'register written') {
      this.occurrences++;
      if (fact.before && fact.after.epoch < fact.before.epoch) world.violate(this.name, `${fact.by.name} put the epoch back from ${fact.before.epoch} to ${fact.after.epoch}`);
      const { before, after, by } = fact;
      if (!before || after.epoch > before.epoch) this.owner = by.name;
      else if (this.owner !== undefined && by.name !== this.owner && !same(before.intent, after.intent)) world.violate(this.name, `${by.name} changed what epoch ${after.epoch} of ${this.owner} intends`);
      return;
    }
    if (fact.kind !== 'submit left' || fact.submit.epoch === undefined) return;
    this.occurrences++;
    const act = { by: fact.submit.by.name, routes: routesKey(fact.submit.routes) };
    const other = this.acts.get(fact.submit.epoch);
    if (other && (other.by !== act.by || other.routes !== act.routes))
      world.violate(this.name, `epoch ${fact.submit.epoch} was used by ${other.by} for ${other.routes} and by ${act.by} for ${act.routes}`);
    this.acts.set(fact.submit.epoch, act);
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((region) => other.includes(region));
}
