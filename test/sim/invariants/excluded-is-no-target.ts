import type { Fact } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import { LAST_SUBMIT_MS, TOLERANCE_MS, type Invariant } from './invariant';

/** A Region that a person excluded, or that a failover left, is chosen by nobody automatic. */
export class ExcludedIsNoTarget implements Invariant {
  readonly name = 'an excluded or quarantined Region is no target';
  readonly judges = ['register written', 'submit left'] as const;
  occurrences = 0;
  private readonly since = new Map<string, number>();

  see(fact: Fact, world: World): void {
    if (fact.kind === 'register written') {
      const barred = [...fact.after.excluded, ...fact.after.quarantined];
      for (const region of barred) if (!this.since.has(region)) this.since.set(region, fact.at);
      for (const region of this.since.keys()) if (!barred.includes(region)) this.since.delete(region);
    } else if (fact.kind === 'submit left' && fact.submit.by.kind === 'controller' && this.since.size > 0) {
      this.occurrences++;
      for (const region of activeOf(fact.submit.routes)) {
        const since = this.since.get(region);
        // An intent of a person's, put back after a stale submit, may be a Region that is barred.
        const chosen = !fact.submit.claimedFrom?.includes(region);
        if (since !== undefined && chosen && fact.at - since - fact.submit.frozenMs > LAST_SUBMIT_MS + TOLERANCE_MS)
          world.violate(this.name, `submit ${fact.submit.number} of ${fact.submit.by.name} sends traffic to ${region}, barred for ${Math.round((fact.at - since) / 1000)} s`);
      }
    }
  }
}
