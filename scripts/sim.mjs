// npm run sim: the controller in simulated worlds, seed by seed. Flags: --seed N  --schedules N  --minutes M  --workers N  --core NAME  --trace
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';
import { runMain } from './setup/problem.mjs';

/** Nearly all that a schedule makes is garbage at once: young space that fits a processor's cache costs a sixth less than a large one. */
const GC = ['--min-semi-space-size=4', '--max-semi-space-size=4', '--single-threaded-gc'];

await runMain(async () => {
  const bundle = join(ROOT, '.local', 'sim', 'run.cjs');
  await build({ entryPoints: [join(ROOT, 'test/sim/run.ts')], outfile: bundle, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' });
  const { status } = spawnSync(process.execPath, [...GC, bundle, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
  return status ?? 1;
});
