import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runNpm } from './npm.mjs';
import { Problem } from './problem.mjs';
import { isNetworkFailure, tellingLine } from './run.mjs';

/**
 * Whether node_modules holds what package-lock.json asks for: npm writes its own record of the tree last, so a tree that
 * is missing, half-done or of another lock file is found out, and one that a person installed with npm is accepted.
 */
export async function nodeModulesReady(root, machine = process) {
  const [wanted, installed] = await Promise.all([
    readJson(join(root, 'package-lock.json')),
    readJson(join(root, 'node_modules', '.package-lock.json')),
  ]);
  if (!wanted) throw new Problem(`'package-lock.json' is missing or no JSON; restore it with 'git checkout package-lock.json'`);
  if (!installed) return false;
  return missingPackages(wanted.packages, installed.packages, machine).length === 0 && folders(wanted.packages, machine).every((path) => existsSync(join(root, path, 'package.json')));
}

/** Paths of packages that the lock file wants on this machine and npm's record of the tree lacks, or has in another version. */
export function missingPackages(wanted, installed, machine) {
  return folders(wanted, machine).filter((path) => {
    const have = installed[path];
    return !have || have.version !== wanted[path].version || have.integrity !== wanted[path].integrity;
  });
}

function folders(wanted, machine) {
  return Object.keys(wanted).filter((path) => path !== '' && isNeededOn(wanted[path], machine));
}

/** Optional packages are needed only where the lock file names exactly this kind of machine. */
function isNeededOn(entry, machine) {
  if (!entry.optional && !entry.devOptional) return true;
  return !entry.libc && Boolean(entry.os?.includes(machine.platform) && entry.cpu?.includes(machine.arch));
}

/** Installs what the lock file says, and nothing else. */
export async function installNodeModules(root, log) {
  const result = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, log });
  if (result.ok) return;
  if (result.code === 'ENOENT') throw new Problem(`'npm' was not found; install Node.js with npm and run again`);
  if (isNetworkFailure(result.output)) throw new Problem(`npm cannot reach its registry; connect to the network (or set npm's proxy) and run again; npm's output is in ${log}`);
  throw new Problem(`'npm ci' failed: ${tellingLine(result.output)}; npm's output is in ${log}`);
}

async function readJson(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
