import type { Instant } from '../ports';
import type { EndpointFailure, FailureKind } from './failure';
import type { ReadRow } from './read';
import type { Routes } from './routes';

/** How sure a change is. The API's answer never proves that traffic moved; only `served` does. */
export type Proof = 'accepted' | 'read back' | 'read back elsewhere' | 'served';

/** What a person who waits wants to know at once, long before the whole has come to its end. */
export type ChangeEvent =
  | { readonly kind: 'accepted'; readonly endpoint: string }
  /** A submit without a last word. */
  | { readonly kind: 'in doubt'; readonly endpoint: string; readonly failure: EndpointFailure }
  /** An endpoint shows the change; told once for the endpoint that took it, and once for another. */
  | { readonly kind: 'read back' | 'read back elsewhere'; readonly endpoint: string };

/** One submit and how it ended. */
export interface Attempt {
  readonly endpoint: string;
  readonly at: Instant;
  readonly milliseconds: number;
  readonly outcome: 'accepted' | FailureKind;
}

/** A submit without a last word: it may have landed, and may yet land. */
export interface Pending {
  readonly endpoint: string;
  readonly routes: Routes;
  readonly at: Instant;
  readonly failure: EndpointFailure;
}

interface Account {
  /** Live routes when they were first read. */
  readonly before?: Routes;
  /** Live routes when they were last read. */
  readonly live?: Routes;
  readonly attempts: readonly Attempt[];
  /** Watch for these: a late landing could undo what others do next. */
  readonly pending: readonly Pending[];
  /** Endpoints that showed what is wanted before anything was sent: what they show since then proves nothing. */
  readonly told?: readonly string[];
  /** The last table of every endpoint's answer. */
  readonly rows: readonly ReadRow[];
  /** All of it in one plain sentence. */
  readonly sentence: string;
}

export type ChangeResult = Done | Accepted | Overtaken | Refused | Disagreement | Unknown | Failed;

/** Live routes are as wanted. */
export interface Done extends Account {
  readonly kind: 'done';
  readonly routes: Routes;
  /** False when they were so already and nothing was sent. */
  readonly submitted: boolean;
  readonly proof: Exclude<Proof, 'accepted' | 'served'>;
  /** Whether an endpoint other than the one that took the change lives, for when the proof is only `read back`. */
  readonly secondEndpoint: 'agrees' | 'disagrees' | 'none lives';
}

/** An endpoint took the change, and no endpoint shows it within the time there was. */
export interface Accepted extends Account {
  readonly kind: 'accepted';
  readonly routes: Routes;
  readonly proof: 'accepted';
}

/** The change was made, and then somebody made another. */
export interface Overtaken extends Account {
  readonly kind: 'overtaken';
  readonly routes: Routes;
}

/** Nothing was sent, or nothing more: a check before sending said no. */
export interface Refused extends Account {
  readonly kind: 'refused';
  /** `gate`: the act was called off. */
  readonly because: 'moved' | 'plan' | 'gate';
}

/** The endpoints do not agree about live routes, and what to do depends on who is right. */
export interface Disagreement extends Account {
  readonly kind: 'disagreement';
}

/** The last word was lost: live routes are one of two states; of more where the endpoints disagreed before. */
export interface Unknown extends Account {
  readonly kind: 'unknown';
  readonly oneOf: readonly [before: Routes, ...others: Routes[], wanted: Routes];
  /** What to run to find out. */
  readonly command: string;
}

/** Nothing was changed. */
export interface Failed extends Account {
  readonly kind: 'failed';
  /** `named`: said by name; `refused`: by every endpoint; `silent`: none could be used in time. */
  readonly because:
    { readonly kind: 'named'; readonly failure: EndpointFailure } | { readonly kind: 'refused' } | { readonly kind: 'silent' };
}
