import type { Routes } from '../../../runtime/core/routes/routes';
import type { RegisterFacts } from './register-facts';

/** Who did something, as the world knows it. */
export interface Doer {
  readonly kind: 'controller' | 'person';
  readonly name: string;
  readonly region: string;
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
  /** Milliseconds that its sender stood still between taking the epoch and sending. */
  readonly frozenMs: number;
}

/** What happened in the world. Invariants judge by these and by the world as it is, never by what an actor believes. */
export type Fact =
  | { readonly kind: 'submit left'; readonly at: number; readonly submit: Submit }
  | { readonly kind: 'routes applied'; readonly at: number; readonly submit: Submit; readonly before: Routes; readonly after: Routes }
  | { readonly kind: 'register written'; readonly at: number; readonly by: Doer; readonly before: RegisterFacts | undefined; readonly after: RegisterFacts }
  /** A person's pause has returned: from here on nothing automatic may leave. */
  | { readonly kind: 'brake returned'; readonly at: number }
  | { readonly kind: 'decided'; readonly at: number; readonly by: Doer; readonly action: string; readonly sentence: string }
  | { readonly kind: 'run ended'; readonly at: number; readonly by: Doer; readonly error: unknown }
  | { readonly kind: 'quiet'; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };
