import { MUTANTS } from '../mutants';
import { mutated } from '../mutants/mutant';
import { runSchedule } from '../schedule';
import { shipped } from '../shipped';
import { outsidePromises } from '../world/time';

const SEEDS = 8;

describe.each(MUTANTS)('a controller that $name', (mutant) => {
  test(`is caught by '${mutant.killedBy}', where the sound one passes`, async () => {
    const found = await outsidePromises(() => {
      const sound: string[] = [];
      const broken: (string | undefined)[] = [];
      for (let seed = 1; seed <= SEEDS; seed++) {
        const plan = mutant.plan(seed);
        const { violation } = runSchedule(plan, shipped());
        if (violation) sound.push(`seed ${seed}: ${violation.invariant}: ${violation.text}`);
        broken.push(runSchedule(plan, mutated(shipped(), mutant)).violation?.invariant);
      }
      return { sound, broken };
    });
    expect(found.sound).toEqual([]);
    expect(found.broken).toContain(mutant.killedBy);
  });
});
