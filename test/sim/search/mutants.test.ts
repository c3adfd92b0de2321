import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ELSEWHERE } from '../mutants/elsewhere';
import { MUTANTS, siblingsOf } from '../mutants';
import { Broken, replace, type Run } from '../mutants/broken';
import { coresOf, isKill, verdictOf, type Verdict } from '../mutants/kill';
import { elsewhereTable, layersTable } from '../mutants/layers';
import { SEEDS } from '../mutants/seeds';
import { allInvariants } from '../invariants';
import { outsidePromises } from '../world/time';

const ROOT = join(__dirname, '../../..');
/** The world may have come to draw otherwise since a seed was written down: these are tried after it. */
const MORE_SEEDS = [1, 2, 3, 4, 5, 6];

const programs = new Broken(ROOT);
let sound: Run;
beforeAll(async () => {
  sound = await programs.with([]);
});
afterAll(() => programs.dispose());

describe.each(MUTANTS)('a controller that $name', (mutant) => {
  test(`is caught by '${mutant.killedBy}', where the sound one passes`, async () => {
    const cores = await coresOf(mutant, programs, sound);
    const verdicts: Verdict[] = [];
    for (const seed of new Set([SEEDS[mutant.name] ?? 1, ...MORE_SEEDS])) {
      const verdict = await outsidePromises(() => verdictOf(mutant, seed, cores));
      verdicts.push(verdict);
      if (isKill(verdict, mutant)) return;
    }
    // Reached where no seed kills it; npm run mutants looks for another, and says what it saw.
    expect(verdicts).toEqual([{ seed: expect.any(Number), sound: undefined, guarded: undefined, broken: expect.objectContaining({ invariant: mutant.killedBy }) }]);
  });
});

describe('the mutants', () => {
  test('have names of their own, a seed each, invariants that there are, and siblings that there are', () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(SEEDS).sort()).toEqual([...names].sort());
    const invariants = allInvariants().map(({ name }) => name);
    for (const { killedBy } of MUTANTS) expect(invariants).toContain(killedBy);
    expect(() => MUTANTS.forEach(siblingsOf)).not.toThrow();
  });

  test('are what docs/reliability.md lists, layer by layer', () => {
    expect(readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8')).toContain(layersTable());
    expect(readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8')).toContain(elsewhereTable());
  });

  test.each(ELSEWHERE)('leave out that $guard, which another test tries', ({ test: file, title }) => {
    expect(readFileSync(join(ROOT, 'test/runtime/core', file), 'utf8')).toContain(title);
  });

  test('fail when the text that one replaces is not there any more', () => {
    const [edit] = MUTANTS[0].breaks;
    expect(() => replace(edit.file, 'something else', [edit])).toThrow(/must hold the text that a mutant replaces once, got 0 times/);
    expect(() => replace(edit.file, edit.from + edit.from, [edit])).toThrow(/got 2 times/);
  });
});
