import { misledVoters } from '../faults/observed';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import { isFailback } from './failback';
import type { Invariant } from './invariant';

/** A decision may follow an outage that is just over; after this it has no excuse. */
const AFTERWARDS_MS = 30_000;

/**
 * No traffic leaves a Region whose clients are served. Where most voters were truly cut off from it, or saw noise, the named
 * scenarios judge instead.
 */
export class NoNeedlessFailover implements Invariant {
  readonly name = 'no failover while clients are served';
  readonly judges = ['submit left'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'submit left') return;
    const { by, claimed, claimedFrom, claimedAt, number } = fact.submit;
    if (by.kind !== 'controller' || isFailback(fact.submit) || !claimed || !claimedFrom || claimedAt === undefined) return;
    const left = claimedFrom.filter((region) => !claimed.includes(region));
    if (left.length === 0) return;
    const { settings } = world.plan;
    const window = settings.unhealthyForMs + settings.disputedForMs + AFTERWARDS_MS + (fact.at - claimedAt);
    const most = Math.floor(world.layout.control.length / 2) + 1;
    for (const region of left) {
      if (misledVoters(world.plan, world.layout.control, region, claimedAt - window, claimedAt).size >= most) continue;
      this.occurrences++;
      if (!world.clients.failedWithin(region, window)) world.violate(this.name, `submit ${number} of ${by.name} leaves ${region}, and no client had failed there for ${Math.round(window / 1000)} s`);
    }
  }
}
