import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from './digest.mjs';
import { Problem } from './problem.mjs';
import { tellingLine, run } from './run.mjs';

const SOURCES = ['runtime', 'lib/private', 'scripts/bundle.mjs', 'package-lock.json'];

/** Whether assets/ was bundled from today's sources. */
export async function bundlesReady(root, marker) {
  const text = await readFile(marker, 'utf8').catch(() => undefined);
  return text === (await digestOf(root, SOURCES)) && existsSync(join(root, 'assets'));
}

/** Bundles the handlers; the marker is written last. */
export async function makeBundles(root, marker, log) {
  const digest = await digestOf(root, SOURCES);
  const result = await run(process.execPath, [join('scripts', 'bundle.mjs')], { cwd: root, log });
  if (!result.ok) throw new Problem(`the handlers could not be bundled: ${tellingLine(result.output)}; the whole output is in ${log}`);
  await mkdir(dirname(marker), { recursive: true });
  await writeFile(marker, digest);
}
