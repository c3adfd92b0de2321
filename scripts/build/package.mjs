import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../setup.mjs';
import { digestOf, filesUnder } from '../setup/digest.mjs';
import { withLock } from '../setup/lock.mjs';
import { Problem } from '../setup/problem.mjs';
import { run } from '../setup/run.mjs';
import { bundleLibrary } from './library-bundle.mjs';

/** Where the package is built: a copy, so that no compiled file lies beside its source and grows stale there. */
export const STAGING = join(ROOT, '.local', 'package');
const MARKER = join(ROOT, '.local', 'package.digest');

const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.jsii.json', 'bin/s3-failover', 'lib', 'assets', 'rosetta', 'README.md', 'API.md', 'LICENSE', 'NOTICE', 'scripts/build'];
const PEERS = ['aws-cdk-lib', 'constructs'];
const COPIED = ['package.json', 'tsconfig.jsii.json', 'bin/s3-failover', 'lib', 'assets', 'rosetta', 'README.md', 'API.md', 'LICENSE', 'NOTICE'];

/** Compiles the library with jsii into the staging folder and bundles it, unless it holds just that already; warnings are failures. */
export async function buildPackage() {
  return withLock(join(ROOT, '.local', 'package.lock'), async () => {
    const digest = await digestOf(ROOT, SOURCES, { skip: isCompiled });
    if ((await readFile(MARKER, 'utf8').catch(() => '')) === digest) return STAGING;
    // Built beside and moved into place, so that nobody ever reads a package that is half compiled.
    const fresh = `${STAGING}.new`;
    await rm(fresh, { recursive: true, force: true });
    await copySources(fresh);
    await linkPackages(fresh, Object.fromEntries(PEERS.map((name) => [name, join(ROOT, 'node_modules', name)])));
    const result = await run(process.execPath, [join(ROOT, 'node_modules', 'jsii', 'bin', 'jsii'), '--fail-on-warnings'], { cwd: fresh, env: environment() });
    if (!result.ok) throw new Problem(`jsii refuses the library:\n${result.output}`);
    if (/\bwarning\b/i.test(result.output)) throw new Problem(`jsii warns:\n${result.output}`);
    await bundleLibrary(fresh, PEERS);
    await rm(MARKER, { force: true });
    await rm(STAGING, { recursive: true, force: true });
    await rename(fresh, STAGING);
    await writeFile(MARKER, digest);
    return STAGING;
  });
}

async function copySources(folder) {
  const files = (await Promise.all(COPIED.map((path) => filesUnder(ROOT, path)))).flat().filter((file) => !isCompiled(file));
  await mkdir(folder, { recursive: true });
  for (const file of files) await cp(join(ROOT, file), join(folder, file));
}

/** A folder of consumers that finds the built package and its peers under their own names. */
export async function consumerFolder(name) {
  const folder = join(ROOT, '.local', name);
  const targets = Object.fromEntries(PEERS.map((peer) => [peer, join(ROOT, 'node_modules', peer)]));
  await linkPackages(folder, { ...targets, 'cdk-s3-failover': STAGING });
  return folder;
}

/** jsii's tools look for packages in the folder they are pointed at, and not above it. */
async function linkPackages(folder, targets) {
  const modules = join(folder, 'node_modules');
  await rm(modules, { recursive: true, force: true });
  await mkdir(modules, { recursive: true });
  for (const [name, target] of Object.entries(targets)) await symlink(target, join(modules, name), 'junction');
}

function isCompiled(file) {
  return file.startsWith('lib/') && /(\.d\.ts|\.js)$/.test(file);
}

export function environment() {
  return { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split('.')[0], JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1' };
}
