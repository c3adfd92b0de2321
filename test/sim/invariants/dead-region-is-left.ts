import { FOR_GOOD } from '../faults/episode';
import { calmFrom } from '../faults/observed';
import type { Plan, Settings } from '../faults/plan';
import { NO_RATES } from '../faults/rates';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/**
 * Up to 10 s between two looks 15 s hold an act, and the age of a vote. Longer ticks cost a tick for that age, and up to one more
 * with each change of processes, once a minute: what the one before saw last is only known as old as its report may be.
 */
function slackMs({ intervalMs, unhealthyForMs }: Settings): number {
  return intervalMs <= 10_000 ? 15_000 : 15_000 + intervalMs * (1 + Math.ceil((unhealthyForMs + 3 * intervalMs) / 60_000));
}

/** A run that was killed or never began is followed by the next minute's; routes of a person are noticed as late. */
const NEXT_RUN_MS = 65_000;
/**
 * What a voter takes for lag, and is none: the time until the majority's last voter failed with a probe of its own, the age of what it said by
 * the time that another reads it, each up to a tick, and whole seconds and calls.
 */
function unknownMs({ intervalMs }: Settings): number {
  return 2 * intervalMs + 5_000;
}

/**
 * Whether a Region may be chosen although a bound is set to what may be lost: something of the one that is left must have arrived in
 * time. A voter that was stopped during the outage knows of none of it from before, and so of nothing from when it began.
 */
function isNear(world: World, target: string): boolean {
  const { settings } = world.plan;
  const { maxDataLossMs } = settings;
  if (maxDataLossMs === undefined || !world.beats) return true;
  const calm = calmFrom(world.plan);
  return world.plane.active.every((from) => {
    const age = world.beats!.ageMs(from, target);
    return age !== undefined && age - (world.time.now - Math.max(calm, world.region(from).lastServed)) <= maxDataLossMs - unknownMs(settings);
  });
}

/** A deployment that ends with voters of two policies holds for as long as it is left there. */
function stopsMidway({ episodes }: Plan, voters: readonly string[]): boolean {
  const later = voters.filter((voter) => episodes.some((one) => one.kind === 'other version' && one.forMs >= FOR_GOOD && one.observer === `voter:${voter}`));
  return later.length > 0 && later.length < voters.length;
}

/** Where a deployment ended with other settings, theirs count. */
function patienceMs({ settings, episodes }: Plan): number {
  const stays = episodes.some((episode) => episode.kind === 'other version' && episode.forMs >= FOR_GOOD);
  return stays ? settings.unhealthyForMs + settings.intervalMs : settings.unhealthyForMs;
}

/**
 * Liveness: where a Region is dead for good and nothing else goes wrong any more, traffic leaves it in the promised time.
 * Judged where nothing forbids to act: no brake, no cool-down, no exclusion, and a sound Region to go to.
 */
export class DeadRegionIsLeft implements Invariant {
  readonly name = 'a dead Region is left in time';
  readonly judges = ['routes applied', 'register written', 'decided', 'end'] as const;
  occurrences = 0;
  private forbiddenUntil = 0;
  private running = false;

  see(fact: Fact, world: World): void {
    const { plan } = world;
    const { settings } = plan;
    if (fact.kind === 'routes applied' || (fact.kind === 'register written' && fact.after.epoch !== fact.before?.epoch)) this.forbiddenUntil = fact.at + settings.coolDownMs + NEXT_RUN_MS;
    if (fact.kind !== 'decided' && fact.kind !== 'end') return;
    if (settings.vetoAlarms?.some((alarm) => world.alarms.of(alarm) === 'in alarm')) this.forbiddenUntil = Math.max(this.forbiddenUntil, fact.at);
    const death = plan.episodes.find((episode) => episode.kind === 'region dead' && episode.forMs >= FOR_GOOD);
    if (!death || !world.register || !world.plane.active.some((region) => !world.region(region).serves)) return;
    const barred = [...world.register.excluded, ...world.register.quarantined];
    if (world.register.braked || !plan.data.some((region) => world.region(region).storage === 'well' && !barred.includes(region) && isNear(world, region))) return;
    if (!world.hasMajority || stopsMidway(plan, world.layout.control)) return;
    if (plan.episodes.some((episode) => episode.kind === 'person' || episode.kind === 'card')) return;
    const clean = plan.rates === NO_RATES || Object.values(plan.rates).every((rate) => rate === 0);
    const from = Math.max(death.at, calmFrom(plan), this.forbiddenUntil);
    const promised = patienceMs(plan) + 2 * settings.intervalMs + settings.staggerMs + slackMs(settings) + (clean ? 0 : NEXT_RUN_MS);
    if (fact.at < from) return;
    if (!this.running) this.occurrences++;
    this.running = true;
    if (fact.at < from + promised) return;
    world.violate(this.name, `traffic still goes to ${world.plane.active.join('+')}, ${Math.round((fact.at - from) / 1000)} s after nothing but its death was wrong; promised were ${Math.round(promised / 1000)} s`);
  }
}
