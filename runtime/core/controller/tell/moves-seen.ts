import type { View } from '../view';

/**
 * Failovers and failbacks that other voters made, as the register has them: each voter counts them in its own Region, since the one that acted
 * may be gone with its own. What a process sees done at its first look was before it. It looks while it still waits, so that none is missed when
 * one process succeeds another; one that ends in that moment may be counted by both.
 */
export class MovesSeen {
  private seen?: number;

  /** Whether one is seen to be done for the first time. */
  take({ register, self }: View): boolean {
    if (register.kind !== 'read') return false;
    const { epoch, act: { kind, by, state } } = register.state;
    const isFirstLook = this.seen === undefined;
    if (this.seen !== undefined && epoch <= this.seen) return false;
    // One that is open ends under the same epoch.
    this.seen = state === 'open' ? epoch - 1 : epoch;
    return !isFirstLook && state === 'done' && (kind === 'failover' || kind === 'failback') && by !== `voter ${self}`;
  }
}
