import type { Plan } from '../faults/plan';

/** One place in the shipped core, written otherwise. The text must stand in the file exactly once. */
export interface Edit {
  /** Under `runtime/core`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** One guard of the controller, broken. */
export interface Mutant {
  /** What the broken controller does. */
  readonly name: string;
  /** What is switched off. */
  readonly guard: string;
  readonly breaks: readonly Edit[];
  /** Invariant that must catch it. */
  readonly killedBy: string;
  /** Names of guards that stand behind this one. They are off as well, else it does not matter; with them off and this one on all is well. */
  readonly siblings?: readonly string[];
  /** A schedule that puts the guard to the test. The sound controller passes it. */
  readonly plan: (seed: number) => Plan;
}

export function edit(file: string, from: string, to: string): Edit {
  return { file, from, to };
}
