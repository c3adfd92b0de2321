// `decide` over 17 Regions, and the heap of a loop that ticks for a day.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup.mjs';
import { measure } from './measure.mjs';

const TICKS = 50_000;

export async function benchController({ say }) {
  say('decide, 17 Regions');
  const decisions = await run('decide', []);
  say(`the loop's heap, ${TICKS} ticks`);
  return { decisions, heap: await run('heap', [String(TICKS)]) };
}

async function run(name, args) {
  const { build } = await import('esbuild');
  await mkdir(join(ROOT, '.local/bench'), { recursive: true });
  const file = join(ROOT, `.local/bench/controller-${name}.cjs`);
  await build({ entryPoints: [join(ROOT, `bench/controller/${name}.ts`)], outfile: file, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' });
  const { output } = await measure(['--expose-gc', file, ...args], { cwd: ROOT, env: process.env, probe: join(ROOT, 'bench/probe.cjs') });
  return JSON.parse(output);
}
