import type { Violation } from '../world/world';
import type { Broken, Run } from './broken';
import { editsOf, editsOfSiblings } from './index';
import type { Mutant } from './mutant';

/** The cores that one mutant is judged by. */
export interface Cores {
  readonly sound: Run;
  /** All siblings off, and the guard itself on. */
  readonly guarded: Run | undefined;
  readonly broken: Run;
}

export interface Verdict {
  readonly seed: number;
  readonly sound: Violation | undefined;
  readonly guarded: Violation | undefined;
  readonly broken: Violation | undefined;
}

export async function coresOf(mutant: Mutant, programs: Broken, sound: Run): Promise<Cores> {
  const siblings = editsOfSiblings(mutant);
  return { sound, guarded: siblings.length > 0 ? await programs.with(siblings) : undefined, broken: await programs.with(editsOf(mutant)) };
}

export function verdictOf(mutant: Mutant, seed: number, { sound, guarded, broken }: Cores): Verdict {
  const plan = mutant.plan(seed);
  return { seed, sound: sound(plan), guarded: guarded?.(plan), broken: broken(plan) };
}

/** By the invariant that is named for it, and by nothing but the guard: without it all is well. */
export function isKill({ sound, guarded, broken }: Verdict, { killedBy }: Mutant): boolean {
  return broken?.invariant === killedBy && sound === undefined && guarded === undefined;
}
