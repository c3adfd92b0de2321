import type { ChangeResult, Proof } from '../../routes/change-result';
import type { Routes } from '../../routes/routes';
import type { ActEnding } from './recording';

/** How far an act got. */
export interface Reached {
  readonly kind: ActEnding['kind'];
  readonly sentence: string;
  readonly proof: Proof | 'none';
  /** Live routes when they were last read. */
  readonly live?: Routes;
  readonly change: ChangeResult;
  /** Writes land, and none of them where the routes say. */
  readonly contradicted?: boolean;
  /** What to look at or to type next, in order. */
  readonly next: readonly string[];
}

/** Where to look when somebody else was quicker. */
export const MOVED_NEXT = ['s3-failover history --limit 5', 's3-failover status'];

/** What began as a change may have moved traffic, unless it is known that nothing was sent or nothing taken. */
export function mayHaveMoved(change: ChangeResult): boolean {
  return change.pending.length > 0 || change.attempts.some(({ outcome }) => outcome === 'accepted');
}
