import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from './problem.mjs';
import { isNetworkFailure, tellingLine, run } from './run.mjs';

/** What the emulator and cfn-lint run on: cfn-lint is the one that refuses 3.15. */
export const OLDEST = [3, 10];
export const NEWEST = [3, 14];

const PROBE = `
import json, sys
def has(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False
print(json.dumps({"version": list(sys.version_info[:3]), "path": sys.executable, "venv": has("venv") and has("ensurepip")}))
`;

/** The ways a Python may be called, the plainest first. */
function candidates(env, platform) {
  const named = [];
  for (let minor = NEWEST[1]; minor >= OLDEST[1]; minor -= 1) named.push([`python3.${minor}`]);
  const launcher = platform === 'win32' ? [['py', '-3']] : [];
  return [...(env.PYTHON ? [[env.PYTHON]] : []), ['python3'], ['python'], ...launcher, ...named];
}

/** Finds a Python that can hold the emulator, or says what is wrong with those that there are. */
export async function findPython({ env = process.env, platform = process.platform, probe = probePython } = {}) {
  const seen = [];
  for (const command of candidates(env, platform)) {
    const found = await probe(command);
    if (!found) continue;
    if (isSupported(found.version) && found.venv) return found;
    seen.push(found);
  }
  throw new Problem(whatIsWrong(seen));
}

async function probePython([command, ...args]) {
  const result = await run(command, [...args, '-c', PROBE], { timeoutMs: 20_000 });
  if (!result.ok) return undefined;
  try {
    return JSON.parse(result.output);
  } catch {
    return undefined;
  }
}

export function isSupported([major, minor]) {
  return major === OLDEST[0] && minor >= OLDEST[1] && minor <= NEWEST[1];
}

function whatIsWrong(seen) {
  const range = `Python ${OLDEST.join('.')} to ${NEWEST.join('.')}`;
  const bare = seen.find((python) => isSupported(python.version));
  if (bare) return `Python ${bare.version.join('.')} at ${bare.path} cannot make virtual environments; install its venv module (Debian and Ubuntu: apt install python3-venv) and run again`;
  if (seen.length === 0) return `no Python was found; install ${range} (with its venv module), or set PYTHON to its path, and run again`;
  return `${range} is needed, got ${seen.map((python) => `${python.version.join('.')} at ${python.path}`).join(', ')}; install one, or set PYTHON to its path, and run again`;
}

/** Path of the virtual environment's own Python. */
export function venvPython(venv, platform = process.platform) {
  return platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

/** Whether the virtual environment was finished for these requirements and still starts. */
export async function venvReady(venv, requirements) {
  const marker = await readFile(markerOf(venv), 'utf8').catch(() => undefined);
  if (marker !== (await digest(requirements)) || !existsSync(venvPython(venv))) return false;
  return (await run(venvPython(venv), ['-c', ''])).ok;
}

/** Makes the virtual environment anew; its marker is written last, so that a half-done one is never taken for ready. */
export async function makeVenv(python, venv, requirements, log) {
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(venv), { recursive: true });
  const made = await run(python.path, ['-m', 'venv', venv], { log });
  if (!made.ok) throw new Problem(`Python ${python.version.join('.')} could not make a virtual environment: ${tellingLine(made.output)}; install its venv module (Debian and Ubuntu: apt install python3-venv) and run again`);
  const pip = ['-m', 'pip', 'install', '--require-hashes', '--no-input', '--disable-pip-version-check', '--quiet', '--requirement', requirements];
  const installed = await run(venvPython(venv), pip, { log });
  if (!installed.ok) {
    if (isNetworkFailure(installed.output)) throw new Problem(`pip cannot reach its package index; connect to the network (or set pip's proxy) and run again; pip's output is in ${log}`);
    throw new Problem(`pip could not install the local AWS: ${tellingLine(installed.output)}; pip's output is in ${log}`);
  }
  await writeFile(markerOf(venv), await digest(requirements));
}

function markerOf(venv) {
  return join(venv, '.setup-done');
}

async function digest(requirements) {
  return createHash('sha256').update(await readFile(requirements)).digest('hex');
}
