import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../setup/problem.mjs';
import { run } from '../setup/run.mjs';
import { ROOT } from '../setup.mjs';
import { buildPackage, environment } from './package.mjs';

export const API_FILE = join(ROOT, 'API.md');

/** The API reference, as jsii-docgen writes it from the compiled library. */
export async function generateApi() {
  const staging = await buildPackage();
  const folder = await mkdtemp(join(ROOT, '.local', 'api-'));
  try {
    const docgen = join(ROOT, 'node_modules', 'jsii-docgen', 'bin', 'jsii-docgen');
    const result = await run(process.execPath, [docgen, '--output', join(folder, 'API.md')], { cwd: staging, env: environment() });
    if (!result.ok) throw new Problem(`jsii-docgen failed:\n${result.output}`);
    return await readFile(join(folder, 'API.md'), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
