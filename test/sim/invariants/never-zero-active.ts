import type { Fact } from '../world/facts';
import { activeOf } from '../world/plane';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** No request and no state of the routes leaves all traffic nowhere. */
export class NeverZeroActive implements Invariant {
  readonly name = 'never zero active';
  readonly judges = ['submit left', 'routes applied'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'submit left') {
      this.occurrences++;
      if (activeOf(fact.submit.routes).length === 0) world.violate(this.name, `${fact.submit.by.name} sent routes without an active Region`);
    } else if (fact.kind === 'routes applied' && activeOf(fact.after).length === 0) {
      world.violate(this.name, `after submit ${fact.submit.number} no Region is active`);
    }
  }
}
