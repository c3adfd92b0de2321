// Bundles what runs in Lambda into assets/, one folder per handler: never at the user's synthesis.
import { build } from 'esbuild';
import { mkdir, rm } from 'node:fs/promises';

/** Folder under assets/ to entry point. */
const HANDLERS = { deployment: 'runtime/handlers/deployment.ts' };

for (const [name, entry] of Object.entries(HANDLERS)) {
  const folder = `assets/${name}`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: `${folder}/index.js`,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
}
