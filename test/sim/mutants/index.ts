import { OF_ACT } from './of-act';
import { OF_DECIDE } from './of-decide';
import { OF_FAILBACK } from './of-failback';
import { OF_DEPLOYMENT } from './of-deployment';
import { OF_REGISTER } from './of-register';
import { OF_SIGHT } from './of-sight';
import { OF_VETOES } from './of-vetoes';
import type { Edit, Mutant } from './mutant';

/** Every guard of the controller, broken one at a time. */
export const MUTANTS: readonly Mutant[] = [...OF_DECIDE, ...OF_VETOES, ...OF_FAILBACK, ...OF_DEPLOYMENT, ...OF_SIGHT, ...OF_REGISTER, ...OF_ACT];

export function siblingsOf({ siblings = [] }: Mutant): readonly Mutant[] {
  return siblings.map((name) => {
    const mutant = MUTANTS.find((one) => one.name === name);
    if (!mutant) throw new RangeError(`'siblings' must be names of mutants, got '${name}'`);
    return mutant;
  });
}

/** What is off besides the guard itself. */
export function editsOfSiblings(mutant: Mutant): readonly Edit[] {
  return unique(siblingsOf(mutant).flatMap(({ breaks }) => breaks));
}

export function editsOf(mutant: Mutant): readonly Edit[] {
  return unique([...mutant.breaks, ...editsOfSiblings(mutant)]);
}

/** Two mutants may share an edit; of two that replace the same text, the first stands. */
function unique(edits: readonly Edit[]): Edit[] {
  return edits.filter((one, index) => edits.findIndex(({ file, from }) => file === one.file && from === one.from) === index);
}
