// npm run mutants: finds a schedule that kills each broken controller, and writes its seed down. Flags: --only PART-OF-NAME  --most N
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  const bundle = join(ROOT, '.local', 'sim', 'mutants.cjs');
  await build({ entryPoints: [join(ROOT, 'test/sim/mutants/search.ts')], outfile: bundle, bundle: true, platform: 'node', target: 'node20', external: ['esbuild'], logLevel: 'error' });
  const { status } = spawnSync(process.execPath, ['--max-semi-space-size=64', bundle, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
  return status ?? 1;
});
