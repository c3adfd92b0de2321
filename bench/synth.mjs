// Synthesis of the example: the library, the same by hand with L2s, the same with L1s alone.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { buildPackage, consumerFolder, STAGING } from '../scripts/build/package.mjs';
import { ROOT } from '../scripts/setup.mjs';
import { interleave, measure, median, ratio } from './measure.mjs';

export const CONTESTANTS = ['library', 'level2', 'level1'];
export const SIZES = [2, 17];

/** As `cdk init` sets up a user's project. */
const COMPILER_OPTIONS = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true };

/** As the CLI runs an app. */
const CONTEXT = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:version-reporting': true,
  'aws:cdk:bundling-stacks': ['**'],
};

export async function benchSynthesis({ rounds, say }) {
  await buildPackage();
  const folder = await compileApps();
  const results = [];
  for (const size of SIZES) {
    say(`synthesis over ${size} Regions, ${rounds} rounds of ${CONTESTANTS.length}`);
    const resources = await sameResources(folder, size);
    const samples = await interleave(CONTESTANTS, rounds, (name) => runApp(folder, name, size));
    results.push({ size, resources, samples, summary: summarize(samples) });
  }
  return results;
}

/** The apps as compiled JavaScript, in a folder where the built package lies as npm would lay it: a copy beside its peers. */
export async function compileApps() {
  const folder = await consumerFolder('bench');
  const installed = join(folder, 'node_modules', 'cdk-s3-failover');
  await rm(installed);
  await cp(STAGING, installed, { recursive: true, filter: (source) => source !== join(STAGING, 'node_modules') });
  const sources = (await readdir(join(ROOT, 'bench', 'apps'))).filter((file) => file.endsWith('.ts'));
  for (const file of sources) {
    const { outputText } = ts.transpileModule(await readFile(join(ROOT, 'bench', 'apps', file), 'utf8'), { compilerOptions: COMPILER_OPTIONS });
    await writeFile(join(folder, file.replace(/\.ts$/, '.js')), outputText);
  }
  return folder;
}

export async function runApp(folder, name, size, nodeOptions = []) {
  const out = join(folder, `out-${name}`);
  await rm(out, { recursive: true, force: true });
  await mkdir(out);
  const env = { PATH: process.env.PATH, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(CONTEXT) };
  return measure([...nodeOptions, join(folder, `${name}.js`), String(size)], { cwd: folder, env, probe: join(ROOT, 'bench', 'probe.cjs') });
}

/** Refuses to compare apps that do not make the same; answers with the number of resources. */
export async function sameResources(folder, size) {
  const counts = {};
  for (const name of CONTESTANTS) {
    await runApp(folder, name, size);
    counts[name] = await countResources(join(folder, `out-${name}`));
  }
  const [reference, ...others] = CONTESTANTS;
  for (const name of others) {
    if (JSON.stringify(counts[name]) !== JSON.stringify(counts[reference])) {
      throw new Error(`'${name}' makes other resources than '${reference}' over ${size} Regions:\n${JSON.stringify(counts[name])}\n${JSON.stringify(counts[reference])}`);
    }
  }
  return counts[reference].flat().reduce((sum, [, count]) => sum + count, 0);
}

/** For each template its resources by type, templates in an order that does not depend on their names. */
async function countResources(out) {
  const files = (await readdir(out)).filter((file) => file.endsWith('.template.json'));
  const templates = await Promise.all(files.map(async (file) => countTypes(JSON.parse(await readFile(join(out, file), 'utf8')))));
  return templates.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function countTypes({ Resources }) {
  const counts = new Map();
  for (const { Type } of Object.values(Resources)) if (Type !== 'AWS::CDK::Metadata') counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return [...counts].sort();
}

function summarize(samples) {
  const of = (name) => Object.fromEntries(['cpuMs', 'wallMs', 'memoryMiB'].map((key) => [key, median(samples[name].map((sample) => sample[key]))]));
  const against = (base) => Object.fromEntries(['cpuMs', 'wallMs', 'memoryMiB'].map((key) => [key, ratio(samples.library, samples[base], key)]));
  return { medians: Object.fromEntries(CONTESTANTS.map((name) => [name, of(name)])), againstLevel2: against('level2'), againstLevel1: against('level1') };
}
