import type { Proof, ChangeResult } from '../../routes/change-result';
import type { Routes } from '../../routes/routes';
import type { LagEstimate } from './lag';
import type { Plan } from './plan';

/** How an act ended. Each kind has an exit code of its own. */
export type ActKind =
  /** Done, and writes through the access point were seen to land in the target. */
  | 'served'
  /** Done, with less proof than that. */
  | 'done'
  /** A safety check said no; nothing was changed, or what was begun was undone. */
  | 'refused'
  /** The person said no. */
  | 'declined'
  | 'failed'
  /** The last word was lost: live routes are one of two states. */
  | 'unknown'
  /** `--dry-run`: shown, not done. */
  | 'planned';

export interface ActOutcome {
  readonly kind: ActKind;
  /** All of it in one plain sentence. */
  readonly sentence: string;
  /** Live routes when they were last read. */
  readonly live?: Routes;
  readonly proof: Proof | 'none';
  readonly plan?: Plan;
  readonly change?: ChangeResult;
  /** What to look at or to type next, in order. */
  readonly next: readonly string[];
  /** "Nothing lost" may be said: the fence held, every version was listed, and the last look was clean. */
  readonly nothingLost: boolean;
  /** How far targets were behind when the act was planned, as estimates. */
  readonly lag?: readonly LagEstimate[];
  /** Regions that the act quarantined. */
  readonly quarantines?: readonly string[];
  /** Seconds without writes, as measured. */
  readonly outageSeconds?: number;
}
