import { FENCE_TIMES } from '../../../runtime/core/operate/fence/times';
import type { Plan } from '../faults/plan';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** Times in policies are whole seconds, and a service's time is known as well as an answer is quick. */
const TOLERANCE_MS = 3_000;

/**
 * Whoever raises a fence, and whatever then becomes of them: it has an end, never farther away than its lifetime. And once it is
 * quiet no client is refused any more, unless by an act that is still under way, or that a person interrupted so short a time ago that
 * its fence has not lapsed yet.
 */
export class AFenceLapses implements Invariant {
  readonly name = 'a fence always lapses';
  readonly judges = ['policy written', 'end'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'policy written') {
      for (const end of endsOf(fact.text)) {
        this.occurrences++;
        const lasts = end - world.side!.wall();
        if (!(lasts <= FENCE_TIMES.lifetimeMs + TOLERANCE_MS)) world.violate(this.name, `${fact.by.name} put a fence in ${fact.region} that ${Number.isNaN(end) ? 'has no end' : `lasts ${Math.round(lasts / 1000)} s`}`);
      }
    } else if (fact.kind === 'end' && world.side) {
      const { side } = world;
      for (const region of world.plan.data) {
        const stands = endsOf(side.policy(region).text).some((end) => !(end <= side.wall()));
        if (stands && !world.people.some((person) => person.alive) && !interrupted(world.plan, fact.at)) world.violate(this.name, `${region} refuses writes, and nobody is at work who would lift its fence`);
      }
    }
  }
}

function interrupted({ episodes }: Plan, now: number): boolean {
  return episodes.some((one) => one.kind === 'person' && one.interruptedAfterMs !== undefined && one.at + one.interruptedAfterMs >= now - FENCE_TIMES.lifetimeMs && one.at + one.interruptedAfterMs <= now);
}

/** When each fence of a policy ends; NaN for one that never does. */
function endsOf(text: string | undefined): number[] {
  if (text === undefined) return [];
  const { Statement } = JSON.parse(text) as { Statement: readonly { readonly Sid?: string; readonly Effect: string; readonly Condition?: { readonly DateLessThan?: { readonly 'aws:CurrentTime'?: string } } }[] };
  return Statement.filter(({ Effect }) => Effect === 'Deny').map(({ Condition }) => Date.parse(Condition?.DateLessThan?.['aws:CurrentTime'] ?? ''));
}
