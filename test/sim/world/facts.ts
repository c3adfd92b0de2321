import type { Routes } from '../../../runtime/core/routes/routes';
import type { RegisterFacts } from './register-facts';

/** Who did something, as the world knows it. */
export interface Doer {
  readonly kind: 'controller' | 'person';
  readonly name: string;
  readonly region: string;
  readonly startedAt: number;
  readonly version: 'now' | 'next';
  /** Whether it is still at work, and for how long it stood still so far. */
  readonly alive: boolean;
  readonly frozenMs: number;
  /** Of that, with its clock stopped as well: it cannot notice. */
  readonly stoppedMs: number;
}

/** One submit, from the moment it left. */
export interface Submit {
  readonly number: number;
  readonly by: Doer;
  readonly endpoint: string;
  readonly routes: Routes;
  readonly leftAt: number;
  /** Epoch that its sender had truly taken by then, by a write that the table made; none where it never took one. */
  readonly epoch: number | undefined;
  /** When the write that took the epoch was made, and what it wanted. */
  readonly claimedAt: number | undefined;
  readonly claimed: readonly string[] | undefined;
  /** What the register wanted before the epoch was taken. */
  readonly claimedFrom: readonly string[] | undefined;
  /** Kind of the act, by the register. */
  readonly claimedAs: string | undefined;
  /** Milliseconds that its sender stood still between taking the epoch and sending. */
  readonly frozenMs: number;
  /** Of that, milliseconds that it could not notice: with the submit in its hand already, or with its clock stopped. */
  readonly unseenMs: number;
}

/** How a verb of the command ended, as it was told to a person. */
export interface Told {
  readonly verb: string;
  readonly region: string;
  /** When it began, and when it had it from S3 that it was so, as the command knows them. */
  readonly beganAt: number;
  readonly outcome: string;
  readonly sentence: string;
  readonly nothingLost: boolean;
  /** Pairs that `reconcile` compared whole, with its list of findings. */
  readonly compared: readonly Comparison[];
}

export interface Comparison {
  readonly between: readonly [string, string];
  /** Versions from before it are verified: nobody looked at them. */
  readonly since?: number;
  /** Ids of versions that the list names as superseded, and as missing. */
  readonly superseded: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  /** Keys that it names as different. */
  readonly differing: ReadonlySet<string>;
}

/** What happened in the world. Invariants judge by these and by the world as it is, never by what an actor believes. */
export type Fact =
  | { readonly kind: 'policy written'; readonly at: number; readonly by: Doer; readonly region: string; readonly text: string | undefined }
  /** What the command told the person who ran it. */
  | { readonly kind: 'person told'; readonly at: number; readonly by: Doer; readonly told: Told }
  | { readonly kind: 'submit left'; readonly at: number; readonly submit: Submit }
  | { readonly kind: 'routes applied'; readonly at: number; readonly submit: Submit; readonly before: Routes; readonly after: Routes }
  | { readonly kind: 'register written'; readonly at: number; readonly by: Doer; readonly before: RegisterFacts | undefined; readonly after: RegisterFacts }
  /** A person's pause has returned: from here on nothing automatic may leave. */
  | { readonly kind: 'brake returned'; readonly at: number }
  | { readonly kind: 'decided'; readonly at: number; readonly by: Doer; readonly action: string; readonly sentence: string }
  | { readonly kind: 'run ended'; readonly at: number; readonly by: Doer; readonly error: unknown }
  | { readonly kind: 'quiet'; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };
