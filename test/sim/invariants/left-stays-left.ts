import { sameRegions } from '../../../runtime/core/controller/regions';
import type { Fact, Submit } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import { READ_AND_SENT_MS } from './a-persons-act-stands';
import { isFailback } from './failback';
import type { Invariant } from './invariant';

interface Left {
  readonly at: number;
  readonly by: Submit;
}

/**
 * What a failover or a person has taken traffic from is chosen by nobody automatic, until somebody has moved traffic back or a
 * person has said otherwise. Judged by what the routes were, and not by what the register remembers.
 *
 * Nobody remembers what nobody saw: a Region to which the card alone brought traffic, and which it had left before the register
 * intended it and before the person's command began that took it away, is as it was.
 */
export class LeftStaysLeft implements Invariant {
  readonly name = 'what was left stays left';
  readonly judges = ['routes applied', 'register written', 'submit left'] as const;
  occurrences = 0;
  private readonly left = new Map<string, Left>();
  /** Since when each active Region is active, and whether the register has intended it since. */
  private readonly live = new Map<string, { readonly since: number; known: boolean }>();

  see(fact: Fact, world: World): void {
    if (fact.kind === 'routes applied') this.moved(fact, world);
    else if (fact.kind === 'register written') this.written(fact, world);
    else if (fact.kind === 'submit left' && fact.submit.by.kind === 'controller' && this.left.size > 0) this.sent(fact, world);
  }

  private moved({ at, submit, before, after }: Extract<Fact, { kind: 'routes applied' }>, world: World): void {
    const active = activeOf(after);
    for (const region of activeOf(before)) {
      if (active.includes(region)) continue;
      if (bars(submit) && this.wasSeen(region, submit, world)) this.bar(region, { at, by: submit });
      this.live.delete(region);
    }
    for (const region of active) {
      this.left.delete(region);
      if (!this.live.has(region)) this.live.set(region, { since: at, known: world.register?.intent.includes(region) ?? false });
    }
  }

  private written({ by, before, after }: Extract<Fact, { kind: 'register written' }>, world: World): void {
    for (const region of world.plane.active) if (after.intent.includes(region)) this.noted(region);
    if (by.kind !== 'person') return;
    for (const region of [...(before?.excluded ?? []), ...(before?.quarantined ?? [])])
      if (!after.excluded.includes(region) && !after.quarantined.includes(region)) this.left.delete(region);
  }

  private sent({ at, submit }: Extract<Fact, { kind: 'submit left' }>, world: World): void {
    for (const region of activeOf(submit.routes)) {
      const left = this.left.get(region);
      if (left && !submit.claimedFrom?.includes(region) && !isUnaware(submit, left, at, world))
        world.violate(this.name, `submit ${submit.number} of ${submit.by.name} sends traffic to ${region}, from which it was taken`);
    }
  }

  private noted(region: string): void {
    const live = this.live.get(region);
    if (live) live.known = true;
    else this.live.set(region, { since: -Infinity, known: true });
  }

  private wasSeen(region: string, { by, epoch }: Submit, world: World): boolean {
    // What is active from the beginning is what the deployment made active.
    const { since, known } = this.live.get(region) ?? { since: -Infinity, known: !world.plan.fresh };
    return known || world.register?.intent.includes(region) === true || (by.kind === 'person' && epoch !== undefined && since <= by.startedAt);
  }

  private bar(region: string, left: Left): void {
    this.left.set(region, left);
    this.occurrences++;
  }
}

/**
 * An act that was claimed before the Region was left reads the routes before each submit: it may not have had the time to, or could not
 * notice; and routes that the card has put back to what they were before the act look as if the act had moved nothing.
 */
function isUnaware({ claimedAt, claimedFrom, unseenMs }: Submit, left: Left, at: number, { plane }: World): boolean {
  if (claimedAt === undefined) return true;
  if (claimedAt > left.at) return false;
  const asBefore = left.by.epoch === undefined && claimedFrom !== undefined && sameRegions(plane.active, claimedFrom);
  return asBefore || unseenMs > 0 || at - left.at <= READ_AND_SENT_MS;
}

/** To go back by itself bars nothing. A repair, and the end of an older act, take traffic from nothing that they would bar. */
function bars(submit: Submit): boolean {
  const { by, claimed, claimedFrom } = submit;
  if (isFailback(submit)) return false;
  return by.kind === 'person' || (claimed !== undefined && claimedFrom !== undefined && !claimed.every((region) => claimedFrom.includes(region)));
}
