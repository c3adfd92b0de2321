// npm run mutants: looks for a seed that kills each mutant, and writes them down. Flags: --only NAME  --most N
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outsidePromises } from '../world/time';
import { Broken } from './broken';
import { MUTANTS } from './index';
import { coresOf, isKill, verdictOf } from './kill';
import { SEEDS } from './seeds';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, most: { type: 'string' } } });
  const most = Number(values.most ?? 40);
  const programs = new Broken(process.cwd());
  const sound = await programs.with([]);
  const seeds: { [name: string]: number } = { ...SEEDS };
  let missing = 0;
  for (const mutant of MUTANTS.filter(({ name }) => values.only === undefined || name.includes(values.only))) {
    const cores = await coresOf(mutant, programs, sound);
    delete seeds[mutant.name];
    const seen = new Map<string, number>();
    const soundFails: string[] = [];
    const known = SEEDS[mutant.name];
    for (const seed of new Set([...(known === undefined ? [] : [known]), ...Array.from({ length: most }, (_, i) => i + 1)])) {
      if (seeds[mutant.name] !== undefined) break;
      const verdict = await outsidePromises(() => verdictOf(mutant, seed, cores));
      if (verdict.sound) soundFails.push(`${seed}: ${verdict.sound.invariant}: ${verdict.sound.text}`);
      const came = verdict.sound ? 'sound fails' : verdict.guarded ? `without it too: ${verdict.guarded.invariant}` : (verdict.broken?.invariant ?? 'nothing');
      seen.set(came, (seen.get(came) ?? 0) + 1);
      if (isKill(verdict, mutant)) seeds[mutant.name] = seed;
    }
    const found = seeds[mutant.name];
    if (found === undefined) missing++;
    console.log(`${found === undefined ? 'ALIVE  ' : 'killed '} ${mutant.name}${found === undefined ? `, not by '${mutant.killedBy}'` : ` by '${mutant.killedBy}', seed ${found}`}; seen: ${[...seen].map(([what, times]) => `${what} ${times}`).join(', ')}`);
    for (const line of soundFails.slice(0, 3)) console.log(`        sound controller, seed ${line}`);
  }
  await programs.dispose();
  const rows = MUTANTS.flatMap(({ name }) => (seeds[name] === undefined ? [] : [`  ${JSON.stringify(name)}: ${seeds[name]},`]));
  writeFileSync(join(process.cwd(), 'test/sim/mutants/seeds.ts'), `/** A seed of its plan that kills each mutant, as \`npm run mutants\` found it. */\nexport const SEEDS: { readonly [mutant: string]: number } = {\n${rows.join('\n')}\n};\n`);
  return missing;
}

void main().then((missing) => (process.exitCode = missing > 0 ? 1 : 0));
