import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';
import { misledWithWeight, outagesOf } from './outages';
import { freshForMs } from './target-was-well';

/** Within its cool-down an act that nobody ended is finished, and called off only where the Region that it leaves is well again. */
export class NoOutageIsCalledOff implements Invariant {
  readonly name = 'no act is called off in an outage';
  readonly judges = ['register written'] as const;
  occurrences = 0;
  private began = -Infinity;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'register written' || fact.after.epoch === fact.before?.epoch) return;
    const { after, by, at } = fact;
    if (!after.by?.startsWith('called off')) {
      // To finish an act begins none.
      if (fact.before === undefined || !same(fact.before.intent, after.intent)) {
        this.began = at;
        this.occurrences++;
      }
      return;
    }
    const { plan, layout } = world;
    if (at - this.began >= plan.settings.coolDownMs * 0.998 || plan.rates['probe fails by chance'] > 0) return;
    const fresh = freshForMs(plan.settings);
    for (const region of after.intent) {
      if (misledWithWeight(plan, layout.control, region, { from: at - fresh, to: at }).size > 0) continue;
      if (outagesOf(plan, region).some(({ from, to }) => from <= at - fresh && to >= at)) world.violate(this.name, `${by.name} takes back what leaves ${region}, down for ${Math.round(fresh / 1000)} s and longer`);
    }
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((region) => other.includes(region));
}
