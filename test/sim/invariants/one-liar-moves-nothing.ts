import { liesAt, onlyLiesBefore } from '../faults/observed';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import { isFailback } from './failback';
import type { Invariant } from './invariant';

/** What a single observer makes up, while all others see a sound estate, moves no traffic. */
export class OneLiarMovesNothing implements Invariant {
  readonly name = 'one liar moves nothing';
  readonly judges = ['decided', 'submit left'] as const;
  occurrences = 0;
  private acted = false;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'decided') {
      if (liesAt(world.plan, fact.at) === 1 && onlyLiesBefore(world.plan, fact.at)) this.occurrences++;
    } else if (fact.kind === 'submit left') {
      if (fact.submit.by.kind === 'person') this.acted = true;
      else if (!this.acted && !isFailback(fact.submit) && onlyLiesBefore(world.plan, fact.at) && liesAt(world.plan, fact.at) <= 1)
        world.violate(this.name, `submit ${fact.submit.number} of ${fact.submit.by.name} left although nothing was wrong but what one observer said`);
    }
  }
}
