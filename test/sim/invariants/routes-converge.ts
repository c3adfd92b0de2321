import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** Routes are polled once a minute and put right once they have settled; a run that was killed is followed by the next minute's. */
const SETTLES_MS = 145_000;
/** Ticks to take over, to look twice, to claim and to see it. */
const TICKS = 5;

/** A person who has said nothing is taken to be at work for a cool-down. Time in which nobody looks does not count, so that twice as long is allowed. */
function atWorkMs(coolDownMs: number): number {
  return 2 * coolDownMs + 60_000;
}

/** Some time after the last disturbance the routes are what the register wants, whoever moved them. */
export class RoutesConverge implements Invariant {
  readonly name = 'routes converge to the register';
  readonly judges = ['register written', 'end'] as const;
  occurrences = 0;
  private claimedAt = 0;
  private releasedAt = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'register written' && fact.after.epoch !== fact.before?.epoch) this.claimedAt = fact.at;
    if (fact.kind === 'register written' && fact.before?.braked && !fact.after.braked) this.releasedAt = fact.at;
    // Under a brake nothing is written, not even what a person did with the card: that is adopted once it is released.
    if (fact.kind !== 'end' || !world.register || world.register.braked || !world.hasMajority) return;
    const { settings, quietFrom } = world.plan;
    const at = world.register.open && world.register.act === 'human' ? this.claimedAt + atWorkMs(settings.coolDownMs) : 0;
    const since = Math.max(world.plane.changedAt, quietFrom, this.releasedAt, at);
    if (fact.at - since < SETTLES_MS + TICKS * settings.intervalMs) return;
    const { intent } = world.register;
    // Nothing is sent to a Region that is down, not even what a person meant.
    if (!intent.every((region) => world.region(region).serves)) return;
    this.occurrences++;
    const { active } = world.plane;
    if (intent.length !== active.length || !intent.every((region) => active.includes(region)))
      world.violate(this.name, `${Math.round((fact.at - since) / 1000)} s after the last disturbance the register wants ${intent.join('+')} active, and the routes have ${active.join('+')}`);
  }
}
