import type { Fact } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/**
 * What a failover or a person has taken traffic from is chosen by nobody automatic, until somebody has moved traffic back or a
 * person has said otherwise. Judged by what the routes were, and not by what the register remembers.
 */
export class LeftStaysLeft implements Invariant {
  readonly name = 'what was left stays left';
  readonly judges = ['routes applied', 'register written', 'submit left'] as const;
  occurrences = 0;
  private readonly left = new Set<string>();

  see(fact: Fact, world: World): void {
    if (fact.kind === 'routes applied') {
      const active = activeOf(fact.after);
      for (const region of activeOf(fact.before)) if (!active.includes(region) && this.bars(fact.submit)) this.bar(region);
      for (const region of active) this.left.delete(region);
    } else if (fact.kind === 'register written') {
      if (fact.by.kind !== 'person') return;
      for (const region of [...(fact.before?.excluded ?? []), ...(fact.before?.quarantined ?? [])])
        if (!fact.after.excluded.includes(region) && !fact.after.quarantined.includes(region)) this.left.delete(region);
    } else if (fact.kind === 'submit left' && fact.submit.by.kind === 'controller' && this.left.size > 0) {
      const { routes, claimedFrom, number, by, frozenMs, claimedAt } = fact.submit;
      if (frozenMs > 0 || claimedAt === undefined) return;
      for (const region of activeOf(routes))
        if (this.left.has(region) && !claimedFrom?.includes(region)) world.violate(this.name, `submit ${number} of ${by.name} sends traffic to ${region}, from which it was taken`);
    }
  }

  private bar(region: string): void {
    this.left.add(region);
    this.occurrences++;
  }

  /** A repair, and the end of an older act, take traffic from nothing that they would bar. */
  private bars({ by, claimed, claimedFrom }: Extract<Fact, { kind: 'routes applied' }>['submit']): boolean {
    return by.kind === 'person' || (claimed !== undefined && claimedFrom !== undefined && !claimed.every((region) => claimedFrom.includes(region)));
  }
}
