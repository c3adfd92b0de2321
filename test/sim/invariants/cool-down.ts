import type { Fact, Submit } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/**
 * Two automatic decisions to move are apart by the cool-down at least. A repair or the end of an older decision is none of its
 * own, and one that changed nothing, since every endpoint turned it away, may be made again.
 */
export class CoolDown implements Invariant {
  readonly name = 'no failover within a cool-down';
  readonly judges = ['submit left', 'routes applied'] as const;
  occurrences = 0;
  private movedAt = -Infinity;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'submit left' && fact.kind !== 'routes applied') return;
    const decidedAt = moveOf(fact.submit);
    if (decidedAt === undefined) return;
    if (fact.kind === 'routes applied') {
      this.movedAt = Math.max(this.movedAt, decidedAt);
      return;
    }
    if (decidedAt <= this.movedAt || this.movedAt === -Infinity) return;
    this.occurrences++;
    const apart = decidedAt - this.movedAt;
    // The clock that measures it may run a thousandth fast.
    if (apart < world.plan.settings.coolDownMs * 0.998) world.violate(this.name, `${fact.submit.by.name} decided to move ${Math.round(apart / 1000)} s after the last decision`);
  }
}

/** When the decision was made, for a submit that moves traffic by a decision of the controller's. */
function moveOf({ by, claimed, claimedFrom, claimedAt }: Submit): number | undefined {
  if (by.kind !== 'controller' || !claimed || !claimedFrom || claimed.every((region) => claimedFrom.includes(region))) return undefined;
  return claimedAt;
}
