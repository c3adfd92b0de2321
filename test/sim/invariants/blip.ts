import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import { isFailback } from './failback';
import type { Invariant } from './invariant';
import { misledWithWeight, outageBegan } from './outages';

/** What the two clocks and the calls of one decision may take off. */
const SLACK_MS = 3_000;

/**
 * A Region is left only when its outage has lasted for `unhealthyFor`. Pauses in which two probes cannot have succeeded one
 * after the other are part of it. Judged where most voters saw the truth.
 */
export class NoFailoverForABlip implements Invariant {
  readonly name = 'no failover for a blip';
  readonly judges = ['submit left'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'submit left' || fact.submit.by.kind !== 'controller' || isFailback(fact.submit)) return;
    const { claimed, claimedFrom, claimedAt, number, by } = fact.submit;
    if (!claimed || !claimedFrom || claimedAt === undefined) return;
    const { plan, layout } = world;
    const { intervalMs, probeTimeoutMs, unhealthyForMs } = plan.settings;
    if (plan.rates['probe fails by chance'] > 0) return;
    for (const region of claimedFrom.filter((one) => !claimed.includes(one))) {
      const began = outageBegan(plan, region, claimedAt, 2 * intervalMs + probeTimeoutMs + 1_000);
      if (began === undefined) continue;
      if (misledWithWeight(plan, layout.control, region, { from: began - plan.settings.disputedForMs, to: claimedAt }).size * 2 > layout.control.length) continue;
      this.occurrences++;
      const lasted = claimedAt - began;
      if (lasted < unhealthyForMs * 0.999 - probeTimeoutMs - SLACK_MS) world.violate(this.name, `submit ${number} of ${by.name} leaves ${region} after an outage of ${Math.round(lasted / 1000)} s`);
    }
  }
}
