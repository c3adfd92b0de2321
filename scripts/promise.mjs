// npm run promise: what docs/tuning.md says, measured in simulated worlds. `latency [--runs N]`, `noise [--days N] [--level N] [--only SETTING]`, `whole [--days N]`, `page`
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './setup.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  const [part] = process.argv.slice(2);
  // A bundle for each part: a long run of one goes on while another is begun.
  const bundle = join(ROOT, '.local', 'sim', `promise-${/^[a-z]+$/.test(part ?? '') ? part : 'none'}.cjs`);
  await build({ entryPoints: [join(ROOT, 'test/sim/promise/main.ts')], outfile: bundle, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' });
  const { status } = spawnSync(process.execPath, ['--max-semi-space-size=64', bundle, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
  return status ?? 1;
});
