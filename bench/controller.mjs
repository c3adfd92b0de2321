// `decide` over 17 Regions, the heap of a loop that ticks for a day, and what the shipped bundle takes in one run.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup.mjs';
import { benchMemory } from './controller/memory.mjs';
import { measure } from './measure.mjs';

const TICKS = 50_000;
/** As long as a run lasts at most. */
const RUN_MS = 115_000;

export async function benchController({ say }) {
  say('decide, 17 Regions');
  const decisions = await run('decide', []);
  say(`the loop's heap, ${TICKS} ticks`);
  const heap = await run('heap', [String(TICKS)]);
  say(`the memory of one run of the bundle, ${RUN_MS / 1000} s`);
  return { decisions, heap, memory: await benchMemory(RUN_MS) };
}

async function run(name, args) {
  const { build } = await import('esbuild');
  await mkdir(join(ROOT, '.local/bench'), { recursive: true });
  const file = join(ROOT, `.local/bench/controller-${name}.cjs`);
  await build({ entryPoints: [join(ROOT, `bench/controller/${name}.ts`)], outfile: file, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' });
  const { output } = await measure(['--expose-gc', file, ...args], { cwd: ROOT, env: process.env, probe: join(ROOT, 'bench/probe.cjs') });
  return JSON.parse(output);
}
