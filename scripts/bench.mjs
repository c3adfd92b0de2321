// npm run bench: figures for docs/performance.md. Flags: --only a,b  --rounds N  --write
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';
import { Problem, runMain } from './setup/problem.mjs';

/** A deployment takes half a minute: fewer rounds do. */
const DEPLOYMENT_ROUNDS_MAX = 3;
const ROUNDS = 15;
const PAGE = join(ROOT, 'docs', 'performance.md');

await runMain(async () => {
  const { parseArgs } = await import('../bench/args.mjs');
  const options = asProblem(() => parseArgs(process.argv.slice(2)));
  await setUp();
  // Only now is there a compiler to import.
  const [{ benchSynthesis }, { benchSize }, { benchDeployment }, { benchFailover }, { benchStartup }, { benchFaults }, { benchReconcile }, { benchController }, { report }] = await Promise.all(
    ['synth', 'size', 'deployment', 'failover', 'startup', 'faults', 'reconcile', 'controller', 'report'].map((name) => import(`../bench/${name}.mjs`)),
  );
  const say = (text) => console.error(`bench: ${text}`);
  const { rounds = ROUNDS } = options;
  const wants = (part) => options.parts.includes(part);
  const results = {
    synthesis: wants('synthesis') && { rounds, results: await benchSynthesis({ rounds, say }) },
    size: wants('size') && (await benchSize({ say })),
    deployment: wants('deployment') && (await benchDeployment({ rounds: Math.min(rounds, DEPLOYMENT_ROUNDS_MAX), say })),
    // How many runs its figure needs is its own.
    failover: wants('failover') && (await benchFailover({ rounds: options.rounds, say })),
    startup: wants('startup') && (await benchStartup({ rounds, say })),
    faults: wants('faults') && (await benchFaults({ say })),
    reconcile: wants('reconcile') && (await benchReconcile({ say })),
    controller: wants('controller') && (await benchController({ say })),
  };
  const page = await report(results, { date: new Date().toISOString().slice(0, 10), page: options.write ? await readFile(PAGE, 'utf8') : '' });
  if (options.write) await writeFile(PAGE, page);
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
