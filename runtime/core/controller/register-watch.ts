import type { Instant } from '../ports';
import type { Known } from './register';
import type { RegisterSight } from './view';

/** What one process remembers of the register: for how long it has seen it as it is. */
export class RegisterWatch {
  private known?: { readonly revision: number; readonly since: Instant };
  private act?: { readonly key: string; readonly since: Instant };

  /** `answeredAt`: it was so then or before, so that no time is counted that did not pass. */
  take(known: Known | undefined, answeredAt: Instant): RegisterSight {
    if (!known) return { kind: 'absent' };
    const { state, revision } = known;
    if (this.known?.revision !== revision) this.known = { revision, since: answeredAt };
    const key = `${state.epoch} ${state.act.id} ${state.act.state}`;
    if (this.act?.key !== key) this.act = { key, since: answeredAt };
    const seenForMs = answeredAt - this.known.since;
    return { kind: 'read', state, revision, coolDownLeftMs: Math.max(0, state.coolDownMs - seenForMs), actAgeMs: answeredAt - this.act.since, seenForMs };
  }
}
