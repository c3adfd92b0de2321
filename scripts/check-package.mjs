// Packs the library and uses it as a stranger would: unpacked, installed outside the repository, with the oldest and the
// newest aws-cdk-lib that it promises to work with, the examples compiled against its types and synthesized by the CLI.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from './build/package.mjs';
import { expectedFiles, problemsOfContents, problemsOfSizes } from './package/contents.mjs';
import { filesUnder } from './setup/digest.mjs';
import { runNpm } from './setup/npm.mjs';
import { Problem, runMain } from './setup/problem.mjs';
import { run } from './setup/run.mjs';
import { ROOT } from './setup.mjs';

const CDK_VERSIONS = [
  { name: 'floor', 'aws-cdk-lib': '2.257.0', constructs: '10.5.1' },
  { name: 'newest', 'aws-cdk-lib': '2.276.0', constructs: '10.8.1' },
];

await runMain(async () => {
  const staging = await buildPackage();
  const folder = await mkdtemp(join(tmpdir(), 'cdk-s3-failover-package-'));
  try {
    const tarball = await pack(staging, folder);
    await checkContents(staging, tarball, folder);
    await checkFloor();
    const made = await Promise.all(CDK_VERSIONS.map((versions) => synthesizeExamples(join(folder, versions.name), tarball, versions)));
    compare(made);
    await deploy(join(folder, 'newest', 'getting-started'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function pack(staging, folder) {
  const output = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], staging);
  return join(folder, JSON.parse(output.slice(output.indexOf('[')))[0].filename);
}

async function checkContents(staging, tarball, folder) {
  await must(await run('tar', ['-xzf', tarball, '-C', folder]), 'the tarball cannot be unpacked');
  const unpacked = join(folder, 'package');
  const files = await filesUnder(folder, 'package').then((found) => found.map((file) => file.slice('package/'.length)));
  const sizeOf = async (file) => (await stat(join(unpacked, file))).size;
  const bundles = await Promise.all(files.filter((file) => /^assets\/.*\.js$/.test(file)).map(async (file) => [file, await sizeOf(file)]));
  const sources = (await filesUnder(staging, 'lib')).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const tarballSize = (await stat(tarball)).size;
  refuse([...problemsOfContents(files, expectedFiles(sources)), ...problemsOfSizes(tarballSize, bundles)]);
  console.log(`${files.length} files, tarball ${kib(tarballSize)}, ${bundles.map(([file, size]) => `${file} ${kib(size)}`).join(', ')}`);
}

/** The floor that is tested is the one that package.json promises. */
async function checkFloor() {
  const { peerDependencies: peers } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const [floor] = CDK_VERSIONS;
  for (const name of ['aws-cdk-lib', 'constructs']) {
    if (peers[name] !== `^${floor[name]}`) throw new Problem(`'peerDependencies.${name}' is '${peers[name]}', but the package check tests ${floor[name]} as the floor`);
  }
}

/** Installs the tarball into an empty folder, and answers with the templates that each example makes there. */
async function synthesizeExamples(folder, tarball, { name, ...versions }) {
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  const packages = Object.entries(versions).map(([library, version]) => `${library}@${version}`);
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', tarball, ...packages], folder);
  for (const [library, version] of Object.entries(versions)) {
    const installed = JSON.parse(await readFile(join(folder, 'node_modules', library, 'package.json'), 'utf8')).version;
    if (installed !== version) throw new Problem(`npm installed ${library} ${installed} instead of ${version}`);
  }
  const examples = await exampleNames();
  for (const example of examples) await cp(join(ROOT, 'examples', example), join(folder, example), { recursive: true });
  await compile(folder, examples, name);
  const made = await Promise.all(examples.map((example) => synthesize(join(folder, example), example, name)));
  return Object.fromEntries(examples.map((example, i) => [example, made[i]]));
}

async function exampleNames() {
  const entries = await readdir(join(ROOT, 'examples'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** As strictly as a user may compile: the library's own declarations are checked too. */
async function compile(folder, examples, versions) {
  const compilerOptions = { target: 'es2022', lib: ['es2022', 'esnext.disposable'], module: 'nodenext', moduleResolution: 'nodenext', strict: true, types: [] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: examples }));
  await must(await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder], { cwd: folder }), `the examples do not compile at the ${versions}`);
}

async function synthesize(app, example, versions) {
  const out = join(app, 'cdk.out');
  const cdk = await run(process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--output', out], { cwd: app, env: offline() });
  await must(cdk, `examples/${example} does not synthesize at the ${versions}`);
  return templatesOf(out);
}

/** Template to its resources, as counts by type: what must not depend on the version of aws-cdk-lib. */
async function templatesOf(out) {
  const templates = (await readdir(out)).filter((file) => file.endsWith('.template.json')).sort();
  const entries = await Promise.all(templates.map(async (file) => [file, countTypes(JSON.parse(await readFile(join(out, file), 'utf8')))]));
  return Object.fromEntries(entries);
}

function countTypes(template) {
  const counts = {};
  for (const { Type } of Object.values(template.Resources ?? {})) if (Type !== 'AWS::CDK::Metadata') counts[Type] = (counts[Type] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort());
}

function compare([floor, newest]) {
  const differs = Object.keys(floor).filter((example) => JSON.stringify(floor[example]) !== JSON.stringify(newest[example]));
  refuse(differs.map((example) => `examples/${example} makes other resources at the newest aws-cdk-lib:\n${JSON.stringify(newest[example])}\nthan at the floor:\n${JSON.stringify(floor[example])}`));
  for (const [example, templates] of Object.entries(floor)) console.log(`examples/${example}: ${Object.keys(templates).length} templates, floor and newest alike`);
  refuse(Object.keys(floor['getting-started']).length === 3 ? [] : [`examples/getting-started makes ${Object.keys(floor['getting-started']).length} templates instead of one for each of its 3 Regions`]);
}

/** What was synthesized out there also works: on the local AWS, by the real CLI. */
async function deploy(example) {
  const result = await run(process.execPath, ['--require', join(ROOT, 'node_modules/ts-node/register/index.js'), join(ROOT, 'scripts/package/deploy-example.ts'), example], {
    cwd: ROOT,
    env: offline(),
  });
  await must(result, 'examples/getting-started, made by the packed library, does not deploy, switch and destroy');
  console.log(result.output.trim().split('\n').at(-1));
}

async function npm(args, cwd) {
  const result = await runNpm(args, { cwd });
  await must(result, `'npm ${args[0]}' failed`);
  return result.output;
}

function offline() {
  return { ...process.env, AWS_EC2_METADATA_DISABLED: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', AWS_REGION: 'us-east-1' };
}

async function must(result, what) {
  if (!result.ok) throw new Problem(`${what}:\n${result.output}`);
}

function refuse(problems) {
  if (problems.length > 0) throw new Problem(problems.join('\n'));
}

function kib(bytes) {
  return `${Math.round(bytes / 1024)} KiB`;
}
