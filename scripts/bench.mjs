// npm run bench: figures for docs/performance.md. Flags: --only a,b  --rounds N  --write
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';
import { Problem, runMain } from './setup/problem.mjs';

/** A deployment takes half a minute: fewer rounds do. */
const DEPLOYMENT_ROUNDS_MAX = 3;

await runMain(async () => {
  const { parseArgs } = await import('../bench/args.mjs');
  const options = asProblem(() => parseArgs(process.argv.slice(2)));
  await setUp();
  // Only now is there a compiler to import.
  const [{ benchSynthesis }, { benchSize }, { benchDeployment }, { report }] = await Promise.all(
    ['synth', 'size', 'deployment', 'report'].map((name) => import(`../bench/${name}.mjs`)),
  );
  const say = (text) => console.error(`bench: ${text}`);
  const { rounds } = options;
  const wants = (part) => options.parts.includes(part);
  const results = {
    synthesis: wants('synthesis') && (await benchSynthesis({ rounds, say })),
    size: wants('size') && (await benchSize({ say })),
    deployment: wants('deployment') && (await benchDeployment({ rounds: Math.min(rounds, DEPLOYMENT_ROUNDS_MAX), say })),
  };
  const page = await report(results, { rounds, date: new Date().toISOString().slice(0, 10) });
  if (options.write) await writeFile(join(ROOT, 'docs', 'performance.md'), page);
  console.log(page);
});

function asProblem(work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new Problem(error.message);
    throw error;
  }
}
