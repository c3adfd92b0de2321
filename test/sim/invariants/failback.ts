import { MINUTE_MS, type OnItsWay } from '../world/backlog';
import type { Fact, Submit } from '../world/facts';
import type { World } from '../world/world';
import { begins } from './a-veto-holds';
import type { Invariant } from './invariant';

/** What was read of S3 counts for a minute, and a survey and the claim follow. */
const READ_MS = MINUTE_MS + 20_000;
/** A figure of S3 is of use for five minutes. */
const OLD_MS = 300_000;
/** S3 publishes up to two minutes late. */
const LATE_MS = 2 * MINUTE_MS;
/** How far back failures are asked for, beyond the time of the policy. */
const SLACK_MS = 600_000;
/** What passes for a heartbeat: one operation of a few bytes. */
const LEAST = { operations: 1, bytes: 512 };

/** Traffic that goes back by itself leaves a Region that is well: no judge of failovers asks why. */
export function isFailback({ claimedAs }: Submit): boolean {
  return claimedAs === 'failback';
}

/**
 * Traffic goes back by itself only where the policy says so, to a Region that comes before the active one, and to which nothing but heartbeats
 * was on its way for the time of the policy, until a few minutes before at most; and once, until a person has acted again.
 */
export class NothingIsLeftBehind implements Invariant {
  readonly name = 'a failback leaves nothing behind';
  readonly judges = ['register written', 'routes applied'] as const;
  occurrences = 0;
  /** Regions that traffic has gone back to since a person last acted. */
  private readonly wentBack = new Set<string>();

  see(fact: Fact, world: World): void {
    if (fact.kind === 'routes applied') {
      if (fact.submit.by.kind === 'person') this.wentBack.clear();
      else if (isFailback(fact.submit)) for (const region of fact.submit.claimed ?? []) this.wentBack.add(region);
      return;
    }
    if (fact.kind !== 'register written') return;
    if (fact.by.kind === 'person') return this.wentBack.clear();
    const { before, after, by } = fact;
    if (after.act !== 'failback' || !begins(before, after)) return;
    this.occurrences++;
    const fault = this.fault(fact, world);
    if (fault) world.violate(this.name, `${by.name} goes back from ${before?.intent.join('+')} to ${after.intent.join('+')}, ${fault}`);
  }

  private fault({ before, after, by, at }: Extract<Fact, { kind: 'register written' }>, world: World): string | undefined {
    const { failback } = world.plan.settings;
    const { data } = world.plan;
    const [from, ...more] = before?.intent ?? [];
    const [to] = after.intent;
    if (failback?.kind !== 'when drained' || !world.backlog) return 'and a person is to do that';
    if (from === undefined || more.length > 0) return 'which is not one Region';
    if (data.indexOf(to) >= data.indexOf(from)) return 'which does not come before it';
    if (this.wentBack.has(to)) return 'to which it went back before, and no person has acted since';
    // A clock that is late takes old figures for new ones; who was stopped had older ones still.
    const skewMs = Math.abs(world.skewOf(by.region));
    const readMs = READ_MS + by.frozenMs + skewMs;
    const oldest = at - OLD_MS - readMs;
    const minutes = world.backlog.minutes(from, to);
    const need = Math.ceil(failback.forMs / MINUTE_MS);
    const first = Math.max(need - 1, Math.floor(oldest / MINUTE_MS));
    const drained = minutes.some((_, last) => last >= first && minutes.slice(last - need + 1, last + 1).every(isClear));
    if (!drained) return `and there was no time of ${failback.forMs / 1000} s in which nothing was on its way`;
    const asked = { from: at - failback.forMs - SLACK_MS + readMs, to: at - LATE_MS - readMs };
    if (minutes.some(({ failed }, index) => failed > 0 && index * MINUTE_MS >= asked.from && (index + 1) * MINUTE_MS <= asked.to)) return 'although copies had failed for good';
    return undefined;
  }
}

function isClear({ operations, bytes }: OnItsWay): boolean {
  return operations <= LEAST.operations && bytes <= LEAST.bytes;
}
