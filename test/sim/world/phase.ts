import type { RegisterFacts } from './register-facts';

/** Where an act stands when something goes wrong, as the world knows it. */
export const PHASES = ['quiet', 'deciding', 'claimed', 'sending', 'proving', 'watching'] as const;

/**
 * `deciding`: an active Region does not serve, and nobody has taken an epoch for it. `claimed`: the controller has an epoch, and
 * nothing has left. `sending`: a submit has left, and its answer has not come. `proving`: the routes are read back. `watching`: an
 * act is over, and a submit of it may still land. `quiet`: nothing of it all.
 */
export type Phase = (typeof PHASES)[number];

/** As long as an act takes for it, at most. */
const CLAIMED_MS = 30_000;
const SENDING_MS = 5_000;
const PROVING_MS = 10_000;
const WATCHING_MS = 180_000;

export class Phases {
  private claimedAt = -Infinity;
  private leftAt = -Infinity;
  private endedAt = -Infinity;

  /** An act that moves nothing is over with its claim. */
  claimed(at: number, { by = '' }: RegisterFacts): void {
    if (!by.startsWith('adopted') && !by.startsWith('called off')) this.claimedAt = at;
  }

  left(at: number): void {
    this.leftAt = at;
  }

  ended(at: number): void {
    this.endedAt = at;
  }

  of(now: number, anyDown: () => boolean): Phase {
    const { claimedAt, leftAt, endedAt } = this;
    if (leftAt > endedAt && now - leftAt < SENDING_MS) return 'sending';
    if (claimedAt > leftAt && now - claimedAt < CLAIMED_MS) return 'claimed';
    const last = Math.max(leftAt, endedAt);
    if (now - last < PROVING_MS) return 'proving';
    if (now - last < WATCHING_MS) return 'watching';
    return anyDown() ? 'deciding' : 'quiet';
  }
}
