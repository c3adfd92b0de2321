import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';
import { outageBegan } from './outages';

/** Lags are told in whole seconds, and a clock of an observer may run a thousandth fast. */
const TOLERANCE_MS = 2_000;

/** What the calls of one tick may take off. */
const SLACK_MS = 3_000;

/**
 * Where a bound is set to what may be lost, traffic is moved by itself only to a Region in which something has arrived that was written
 * so short a time before the last write that the Region that is left took of a client: nobody loses what nobody was told is safe.
 * A pause of its outage that is shorter than a tick may have fallen between two looks.
 */
export class LossIsBounded implements Invariant {
  readonly name = 'no more is lost than is allowed';
  readonly judges = ['submit left'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    const { maxDataLossMs, intervalMs } = world.plan.settings;
    if (fact.kind !== 'submit left' || maxDataLossMs === undefined || !world.beats) return;
    const { by, claimed, claimedFrom, claimedAt, claimedAs, number } = fact.submit;
    if (by.kind !== 'controller' || claimedAs !== 'failover' || !claimed || !claimedFrom || claimedAt === undefined) return;
    for (const from of claimedFrom.filter((region) => !claimed.includes(region))) {
      const region = world.region(from);
      // A Region that is well again, or was only cut off, has lost nothing by then that it could not still send.
      if (region.serves || region.lastServed > claimedAt) continue;
      const lastTook = world.clients.lastTook(from);
      if (lastTook === undefined) continue;
      const until = Math.min(lastTook, outageBegan(world.plan, from, claimedAt, intervalMs + SLACK_MS) ?? lastTook);
      for (const to of claimed) {
        this.occurrences++;
        const age = world.beats.ageMs(from, to);
        const lag = age === undefined ? Infinity : age - (fact.at - until);
        if (lag > maxDataLossMs + TOLERANCE_MS) world.violate(this.name, `submit ${number} of ${by.name} goes to ${to}, which was ${lag === Infinity ? 'never known to have anything of' : `${Math.round(lag / 1000)} s behind`} ${from}; allowed are ${maxDataLossMs / 1000} s`);
      }
    }
  }
}
