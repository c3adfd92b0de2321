// npm run sim: the controller in simulated worlds, seed by seed. Flags: --seed N  --schedules N  --minutes M  --workers N  --core NAME  --trace
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';
import { runMain } from './setup/problem.mjs';

/** Nearly all that a schedule makes is garbage at once: 8 MB of young space cost a little less than 4, in five of six rounds, and more brings no more. */
const GC = ['--min-semi-space-size=8', '--max-semi-space-size=8', '--single-threaded-gc'];

await runMain(async () => {
  const bundle = join(ROOT, '.local', 'sim', 'run.cjs');
  await build({ entryPoints: [join(ROOT, 'test/sim/run.ts')], outfile: bundle, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' });
  const { status } = spawnSync(process.execPath, [...GC, bundle, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
  return status ?? 1;
});
