import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import { isFailback } from './failback';
import type { Invariant } from './invariant';
import { misledWithWeight, outagesOf } from './outages';

/**
 * A failover leaves only what was down, or what most voters were truly kept from. A mistake in a policy or a key, throttling,
 * and the blindness of observers, whole or one by one, are no reason.
 */
export class OnlyADownRegionIsLeft implements Invariant {
  readonly name = 'only a down Region is left';
  readonly judges = ['submit left'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'submit left' || fact.submit.by.kind !== 'controller' || isFailback(fact.submit)) return;
    const { claimed, claimedFrom, claimedAt, number, by } = fact.submit;
    const { plan, layout } = world;
    if (!claimed || !claimedFrom || claimedAt === undefined || plan.rates['probe fails by chance'] > 0) return;
    const within = { from: claimedAt - plan.settings.unhealthyForMs - plan.settings.disputedForMs - 30_000, to: claimedAt };
    for (const region of claimedFrom.filter((one) => !claimed.includes(one))) {
      this.occurrences++;
      const wasDown = outagesOf(plan, region).some(({ from, to }) => from <= within.to && to >= within.from);
      const misled = misledWithWeight(plan, layout.control, region, within).size * 2 > layout.control.length;
      if (!wasDown && !misled) world.violate(this.name, `submit ${number} of ${by.name} leaves ${region}, which was not down`);
    }
  }
}
