// Bundles what runs in Lambda, and the command, into assets/, one folder each: never at the user's synthesis.
// The same sources and the same lock file give the same bytes, so that the asset's hash changes only when the code does.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Folder under assets/ to its bundles: what is in a handler is read at each cold start, what is in the command at each run. */
const FOLDERS = {
  deployment: [{ file: 'index.js', entry: 'runtime/handlers/deployment.ts', bytesMax: 1_000_000 }],
  observer: [{ file: 'index.js', entry: 'runtime/handlers/observer.ts', bytesMax: 1_000_000 }],
  cli: [
    // Parsing, help and completion; a verb loads the second, which holds the SDK.
    { file: 'index.js', entry: 'runtime/cli/main.ts', bytesMax: 150_000, lazy: true, apart: { 'runtime/cli/run.ts': './verbs.js' } },
    { file: 'verbs.js', entry: 'runtime/cli/run.ts', bytesMax: 2_000_000, lazy: true },
  ],
};

/** For packages that ship no text: where it stands, under licences that ask for no more. */
const TEXT_ELSEWHERE = {
  'Apache-2.0': 'Under the Apache License 2.0, whose text other packages of this list give in full.',
  'MIT-0': 'Under MIT No Attribution (https://spdx.org/licenses/MIT-0.html).',
};

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({ options: { outdir: { type: 'string', default: join(root, 'assets') } } });

for (const [name, bundles] of Object.entries(FOLDERS)) {
  const made = await Promise.all(bundles.map((one) => bundle(name, one)));
  await fill(join(values.outdir, name), {
    ...Object.fromEntries(made.map(({ file, text }) => [file, text])),
    'THIRD-PARTY-LICENSES.txt': await licencesOf([...new Set(made.flatMap(({ folders }) => folders))].sort()),
  });
  for (const { file, bytes } of made) console.log(`assets/${name}/${file} ${bytes} bytes`);
}

async function bundle(name, { file, entry, bytesMax, lazy = false, apart = {} }) {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: 'index.js',
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // ES modules first: what a handler does not use falls away, which is a third of the bundle.
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // What is imported where it is first used is required there, which costs less than Node's loader of ES modules.
    supported: lazy ? { 'dynamic-import': false } : {},
    plugins: [keptApart(apart)],
  });
  const [output] = Object.values(metafile.outputs);
  if (output.bytes > bytesMax) throw new Error(`'assets/${name}/${file}' may have ${bytesMax} bytes, got ${output.bytes}; largest: ${largest(output)}`);
  return { file, bytes: output.bytes, text: outputFiles[0].text, folders: packageFolders(output) };
}

/** Leaves a module of ours out of a bundle: it is one of its own. */
function keptApart(apart) {
  return {
    name: 'kept-apart',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const outside = apart[`${relative(root, join(resolveDir, path)).replaceAll('\\', '/')}.ts`];
        return outside && { path: outside, external: true };
      });
    },
  };
}

/** Gives a folder these files and no others, and leaves alone what is right already: a synthesis may be reading it. */
async function fill(folder, files) {
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(folder)) {
    if (!(file in files)) await rm(join(folder, file), { recursive: true });
  }
  for (const [file, text] of Object.entries(files)) {
    const before = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    if (before !== text) await writeFile(join(folder, file), text);
  }
}

/** Packages of which at least one byte is in the bundle. */
function packageFolders(output) {
  const folders = Object.entries(output.inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

/** Each text once, after the packages that it goes with. */
async function licencesOf(folders) {
  const packagesOf = new Map();
  for (const folder of folders) {
    const { title, text } = await licenceOf(folder);
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), title]);
  }
  const parts = [...packagesOf].map(([text, titles]) => `${titles.join('\n')}\n\n${text}\n`);
  return ['This bundle contains the following packages, each group under the terms that follow it.\n', ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`'${name}' must name its licence in its package.json; look at it before it is shipped`);
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')));
  if (texts.length === 0 && license in TEXT_ELSEWHERE) texts.push(TEXT_ELSEWHERE[license]);
  if (texts.length === 0) throw new Error(`'${name}' must ship its licence text (${license}); add it before the bundle is published`);
  return { title: `${name} ${version} (${license})`, text: texts.map((text) => text.trim()).join('\n\n') };
}

function largest(output) {
  const bytes = new Map();
  for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'own code';
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  const top = [...bytes].sort(([, a], [, b]) => b - a).slice(0, 5);
  return top.map(([name, size]) => `${name} ${size}`).join(', ');
}
