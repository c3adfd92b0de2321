import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** Two automatic decisions to move are apart by the cool-down at least. A repair of an older decision is not a new one. */
export class CoolDown implements Invariant {
  readonly name = 'no failover within a cool-down';
  readonly judges = ['submit left'] as const;
  occurrences = 0;
  private movedAt: number | undefined;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'submit left' || fact.submit.by.kind !== 'controller') return;
    const { claimed, claimedFrom, claimedAt } = fact.submit;
    if (!claimed || !claimedFrom || claimedAt === undefined || claimed.every((region) => claimedFrom.includes(region))) return;
    if (this.movedAt === claimedAt) return;
    if (this.movedAt !== undefined) {
      this.occurrences++;
      const apart = claimedAt - this.movedAt;
      // The clock that measures it may run a thousandth fast.
      if (apart < world.plan.settings.coolDownMs * 0.998) world.violate(this.name, `${fact.submit.by.name} decided to move ${Math.round(apart / 1000)} s after the last decision`);
    }
    this.movedAt = Math.max(this.movedAt ?? 0, claimedAt);
  }
}
