import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import { LAST_SUBMIT_MS, TOLERANCE_MS, type Invariant } from './invariant';

/** Once `pause` has returned nothing automatic leaves, but within a second, and but one stale submit of a run that was frozen and could not know. */
export class BrakeHolds implements Invariant {
  readonly name = 'the brake holds';
  readonly judges = ['brake returned', 'register written', 'submit left'] as const;
  occurrences = 0;
  private since: number | undefined;
  private staleAllowed = false;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'brake returned' && world.register?.braked) {
      this.occurrences++;
      this.since ??= fact.at;
      this.staleAllowed = true;
    } else if (fact.kind === 'register written' && !fact.after.braked && fact.by.kind === 'person' && fact.by.name.startsWith('person resume')) {
      this.since = undefined;
    } else if (fact.kind === 'submit left' && fact.submit.by.kind === 'controller' && this.since !== undefined) {
      const late = fact.at - this.since;
      if (late <= LAST_SUBMIT_MS + TOLERANCE_MS) return;
      if (fact.submit.unseenMs > 0 && this.staleAllowed) this.staleAllowed = false;
      else world.violate(this.name, `submit ${fact.submit.number} of ${fact.submit.by.name} left ${Math.round(late)} ms after 'pause' had returned`);
    }
  }
}
