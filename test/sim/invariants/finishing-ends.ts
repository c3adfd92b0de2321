import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/**
 * What nobody can bring to an end is given up with the cool-down of the decision that began it: else it would be finished for
 * ever. Time in which nobody looks does not count, so that twice as long is allowed.
 */
export class FinishingEnds implements Invariant {
  readonly name = 'an act is not finished for ever';
  readonly judges = ['register written'] as const;
  occurrences = 0;
  private began = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'register written' || fact.after.epoch === fact.before?.epoch) return;
    const { before, after, by } = fact;
    const moves = /^(failover|failback) by/.test(after.by ?? '');
    const again = moves && before !== undefined && before.intent.length === after.intent.length && before.intent.every((region) => after.intent.includes(region));
    if (moves) this.occurrences++;
    if (!again) {
      this.began = fact.at;
      return;
    }
    if (fact.at - this.began > 2 * world.plan.settings.coolDownMs + 60_000) world.violate(this.name, `${by.name} finishes once more what was decided ${Math.round((fact.at - this.began) / 1000)} s ago`);
  }
}
