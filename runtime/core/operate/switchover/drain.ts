import { inThousands } from '../../lag/words';
import type { Instant } from '../../ports';
import type { Limits } from '../../routes/endpoint';
import type { Check } from '../act/plan';
import type { Missing } from '../compare/finding';
import type { LookReport } from './world';

/** Tells how far something is; `of` is absent where the end is not known. */
export type Tell = (done: number, of: number | undefined, note: string) => void;

/** How a direction stands before anything is changed. */
export interface Rehearsal {
  readonly checks: readonly Check[];
  /** How long the drain will take behind a fence, as far as can be told. */
  readonly expectedMs: number;
  /** The drain could not end well, whatever is forced. */
  readonly hopeless?: boolean;
}

export type Drained =
  | {
      readonly kind: 'drained';
      readonly sentence: string;
      /** Every version that the source has is in the target, none left out. */
      readonly complete: boolean;
    }
  | { readonly kind: 'not drained'; readonly sentence: string; readonly fix: string };

/** One direction, from a Region that traffic leaves to the target, at one level of certainty. */
export interface Drain {
  readonly source: string;
  rehearse(limits: Limits, tell: Tell): Promise<Rehearsal>;
  /** Waits until the target has what the source has; the source takes no writes meanwhile. */
  drain(limits: Limits, waitMs: number, tell: Tell): Promise<Drained>;
  /** What came into the source all the same. Undefined where the level cannot tell. */
  lastLook(limits: Limits, tell: Tell): Promise<LookReport | undefined>;
  /**
   * The moment, by the clocks of AWS, before which source and target were seen to hold the very same versions, each written to either
   * side and none taken from one of them alone. What was written before and is deleted by its version id afterwards is not seen any
   * more by who looks from there on. Undefined where the level cannot tell, or where anything differed.
   */
  equalBefore?(): Instant | undefined;
  /** Removes what it wrote. */
  clean(): Promise<void>;
}

/** `1 version`, `1,204 versions` */
export function versions(count: number): string {
  return `${inThousands(count)} version${count === 1 ? '' : 's'}`;
}

/** Versions by name, as many as fit into a sentence. */
export function named(missing: readonly Missing[], most = 3): string {
  const names = missing.slice(0, most).map(({ version }) => `'${version.key}'`);
  return missing.length > most ? `${names.join(', ')} and ${missing.length - most} more` : names.join(', ');
}
