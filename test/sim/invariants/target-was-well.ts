import type { Fact } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import { TOLERANCE_MS, type Invariant } from './invariant';

/** Reports are at most two ticks old, and a decision and its act take a few seconds. */
export function freshForMs({ intervalMs, probeTimeoutMs }: { readonly intervalMs: number; readonly probeTimeoutMs: number }): number {
  return 3 * intervalMs + probeTimeoutMs + 15_000;
}

/** Traffic goes only where there was truly somebody to take it a moment ago. */
export class TargetWasWell implements Invariant {
  readonly name = 'the target was well';
  readonly judges = ['submit left'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind !== 'submit left' || fact.submit.by.kind !== 'controller') return;
    this.occurrences++;
    const within = freshForMs(world.plan.settings) + fact.submit.frozenMs + TOLERANCE_MS;
    for (const region of activeOf(fact.submit.routes))
      if (!world.region(region).servedWithin(within))
        world.violate(this.name, `submit ${fact.submit.number} sends traffic to ${region}, which has not served for ${Math.round((fact.at - world.region(region).lastServed) / 1000)} s`);
  }
}
