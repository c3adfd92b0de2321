import type { Fact, Submit } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import { LAST_SUBMIT_MS, TOLERANCE_MS, type Invariant } from './invariant';

/**
 * The controller sends only what it has taken an epoch for, and no more once another has taken the next one: at most within the
 * second that is allowed between claim and send. A run that was frozen in between, and could not
 * notice, may send one stale submit, which must then be repaired.
 */
export class SubmitsOwnTheEpoch implements Invariant {
  readonly name = 'submits own the epoch';
  readonly judges = ['register written', 'submit left'] as const;
  occurrences = 0;
  private readonly supersededAt = new Map<number, number>();
  private readonly stale = new Set<string>();

  see(fact: Fact, world: World): void {
    if (fact.kind === 'register written' && fact.before && fact.after.epoch > fact.before.epoch) this.supersededAt.set(fact.before.epoch, fact.at);
    if (fact.kind !== 'submit left' || fact.submit.by.kind !== 'controller') return;
    this.occurrences++;
    const why = this.fault(fact.submit);
    if (why) world.violate(this.name, `submit ${fact.submit.number} of ${fact.submit.by.name} ${why}`);
  }

  private fault({ epoch, claimed, routes, leftAt, unseenMs, by }: Submit): string | undefined {
    if (epoch === undefined || !claimed) return 'left without an epoch';
    const active = activeOf(routes);
    if (active.length !== claimed.length || !active.every((region) => claimed.includes(region)))
      return `makes ${active.join('+')} active, and its epoch ${epoch} was taken for ${claimed.join('+')}`;
    const superseded = this.supersededAt.get(epoch);
    if (superseded === undefined || leftAt - superseded <= LAST_SUBMIT_MS + TOLERANCE_MS) return undefined;
    if (unseenMs > 0 && !this.stale.has(by.name)) {
      this.stale.add(by.name);
      return undefined;
    }
    return `left ${Math.round(leftAt - superseded)} ms after its epoch ${epoch} was superseded`;
  }
}
