import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** Between two looks of a voter that read the register, with the time-outs of a tick. Longer pauses are none of the controller's time. */
const TICK_MS = 15_000;

/**
 * What nobody can bring to an end is given up with the cool-down of the decision that began it: else it would be finished for
 * ever. Time in which no voter could read the register does not count. Of the rest each process counts what it has seen itself, so that
 * twice as long is allowed.
 */
export class FinishingEnds implements Invariant {
  readonly name = 'an act is not finished for ever';
  readonly judges = ['register written', 'decided'] as const;
  occurrences = 0;
  private began = 0;
  private lookedAt = 0;
  /** Since it began, time in which nobody looked. */
  private unseenMs = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'decided') {
      if (fact.action !== 'hold: register unreadable') this.looked(fact.at, world);
      return;
    }
    if (fact.kind !== 'register written' || fact.after.epoch === fact.before?.epoch) return;
    this.looked(fact.at, world);
    const { before, after, by } = fact;
    const moves = /^(failover|failback) by/.test(after.by ?? '');
    const again = moves && before !== undefined && before.intent.length === after.intent.length && before.intent.every((region) => after.intent.includes(region));
    if (moves) this.occurrences++;
    if (!again) {
      this.began = fact.at;
      this.unseenMs = 0;
      return;
    }
    if (fact.at - this.began - this.unseenMs > 2 * world.plan.settings.coolDownMs + 60_000) world.violate(this.name, `${by.name} finishes once more what was decided ${Math.round((fact.at - this.began) / 1000)} s ago`);
  }

  private looked(at: number, { plan }: World): void {
    const pause = at - this.lookedAt;
    if (pause > plan.settings.intervalMs + TICK_MS) this.unseenMs += pause;
    this.lookedAt = at;
  }
}
