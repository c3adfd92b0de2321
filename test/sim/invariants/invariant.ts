import type { Fact } from '../world/facts';
import type { World } from '../world/world';

/** Something that must hold in every schedule. Judged by the world as it is. */
export interface Invariant {
  readonly name: string;
  /** Kinds of facts that it is told. */
  readonly judges: readonly Fact['kind'][];
  /** How often there was something to judge: one that never occurs proves nothing. */
  readonly occurrences: number;
  see(fact: Fact, world: World): void;
}

/** Longest time between taking an epoch and sending, and so between losing it and the last submit. */
export const LAST_SUBMIT_MS = 1_000;
/** Clocks run up to a thousandth fast or slow, and a request needs a moment to leave. */
export const TOLERANCE_MS = 10;
