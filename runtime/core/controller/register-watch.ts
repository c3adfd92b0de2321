import type { Instant } from '../ports';
import type { Known } from './register';
import type { RegisterState } from './register-state';
import type { RegisterSight } from './view';

interface Since {
  readonly key: string;
  readonly at: Instant;
}

/** What one process remembers of the register: for how long it has seen it as it is. */
export class RegisterWatch {
  private timed?: Since;
  private act?: Since;

  /** `answeredAt`: it was so then or before, so that no time is counted that did not pass. */
  take(known: Known | undefined, answeredAt: Instant): RegisterSight {
    if (!known) return { kind: 'absent' };
    const { state, revision } = known;
    this.timed = since(this.timed, timesKey(state), answeredAt);
    this.act = since(this.act, `${state.epoch} ${state.act.id} ${state.act.state}`, answeredAt);
    const seenForMs = answeredAt - this.timed.at;
    return { kind: 'read', state, revision, coolDownLeftMs: Math.max(0, state.coolDownMs - seenForMs), actAgeMs: answeredAt - this.act.at, seenForMs };
  }

  /** This process wrote the times back itself, and need not wait to see them. */
  wrote(state: RegisterState, answeredAt: Instant): void {
    this.timed = { key: timesKey(state), at: answeredAt };
  }
}

/** Times only fall within an epoch: while these are the same, nobody has written any back. */
function timesKey({ epoch, coolDownMs, doubts }: RegisterState): string {
  return [epoch, coolDownMs, ...doubts.map(({ leftMs }) => leftMs)].join(' ');
}

function since(before: Since | undefined, key: string, at: Instant): Since {
  return before?.key === key ? before : { key, at };
}
