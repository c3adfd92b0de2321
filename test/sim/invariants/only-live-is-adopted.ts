import type { Fact } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** Two looks of a survey each, at two ticks, and the claim. */
const LOOKS_MS = 45_000;
/** After an act nothing is adopted for so long, so that endpoints may lag by as much. */
const SETTLING_MS = 25_000;

/**
 * What the controller takes for a person's act truly was live a moment ago. Judged where at most one endpoint tells the past, or
 * all of them tell one that is younger than the time in which nothing is adopted, or one that tells the truth is heard.
 */
export class OnlyLiveRoutesAreAdopted implements Invariant {
  readonly name = 'only live routes are adopted';
  readonly judges = ['routes applied', 'register written'] as const;
  occurrences = 0;
  private readonly were: { readonly active: readonly string[]; until: number }[] = [];

  see(fact: Fact, world: World): void {
    if (fact.kind === 'routes applied') return void this.were.push({ active: activeOf(fact.before), until: fact.at });
    if (fact.kind !== 'register written' || fact.by.kind !== 'controller' || !fact.after.by?.startsWith('adopted') || fact.after.epoch === fact.before?.epoch) return;
    if (deceived(world)) return;
    this.occurrences++;
    const recent = [world.plane.active, ...this.were.filter(({ until }) => fact.at - until <= LOOKS_MS).map(({ active }) => active)];
    if (!recent.some((active) => same(active, fact.after.intent))) world.violate(this.name, `${fact.by.name} takes ${fact.after.intent.join('+')} for what is live, and that was ${world.plane.active.join('+')}`);
  }
}

/** Whether several endpoints tell a past that is older than anybody could see through, and no other is heard. */
export function deceived({ plan, staleMs, layout }: World): boolean {
  const wrong = (states: readonly string[]) => new Set(plan.episodes.flatMap((one) => (one.kind === 'endpoint' && states.includes(one.state) ? [one.region] : [])));
  const stale = wrong(['stale']);
  if (stale.size < 2 || staleMs < SETTLING_MS) return false;
  const mute = wrong(['refusing', 'silent', 'failing', 'slow', 'garbage', 'throttling', 'forbidden']);
  const cutOff = plan.episodes.some(({ kind }) => kind === 'cut' || kind === 'partition' || kind === 'region dead');
  return layout.endpoints.filter((endpoint) => !stale.has(endpoint) && !mute.has(endpoint)).length < (cutOff ? 3 : 1);
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((region) => other.includes(region));
}
