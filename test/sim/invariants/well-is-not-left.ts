import type { Fact } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import type { Invariant } from './invariant';
import { READ_AND_SENT_MS } from './a-persons-act-stands';
import { deceived } from './only-live-is-adopted';
import { misledWithWeight, outagesOf } from './outages';
import { freshForMs } from './target-was-well';

/**
 * No submit of a failover leaves a Region that has been well again for longer than reports are of use, whoever decided it when.
 * Judged by what is live, so that the end of an older act counts too; not where its sender could not know better, and not of what a
 * person has excluded.
 */
export class NoWellRegionIsLeft implements Invariant {
  readonly name = 'no well Region is left';
  readonly judges = ['submit left'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'submit left' || fact.submit.by.kind !== 'controller') return;
    const { claimedAt, unseenMs, epoch, number, by, routes } = fact.submit;
    const { plan, layout, register, plane } = world;
    if (claimedAt === undefined || unseenMs > 0 || epoch !== register?.epoch || !register?.by?.startsWith('failover') || plan.rates['probe fails by chance'] > 0 || deceived(world)) return;
    // What was live a moment ago may have been moved after it was read.
    if (fact.at - plane.changedAt <= READ_AND_SENT_MS) return;
    const fresh = freshForMs(plan.settings);
    for (const region of plane.active.filter((one) => !activeOf(routes).includes(one))) {
      // A person has taken traffic from it, and an older submit brought it back: nobody means it to stay there.
      if (register.excluded.includes(region)) continue;
      const within = { from: claimedAt - fresh - plan.settings.disputedForMs, to: claimedAt };
      if (misledWithWeight(plan, layout.control, region, within).size > 0) continue;
      if (plan.episodes.some((one) => one.kind === 'storage' && one.region === region && one.at <= fact.at && one.at + one.forMs >= claimedAt - fresh)) continue;
      this.occurrences++;
      const down = outagesOf(plan, region).some(({ from, to }) => from <= fact.at && to >= claimedAt - fresh);
      if (!down) world.violate(this.name, `submit ${number} of ${by.name} leaves ${region}, well for ${Math.round(fresh / 1000)} s and longer`);
    }
  }
}
