// All set-up of a fresh clone: dependencies, the local AWS, the handlers' bundle. Plain Node, no dependency.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlesReady, makeBundles } from './setup/bundles.mjs';
import { withLock } from './setup/lock.mjs';
import { installNodeModules, nodeModulesReady } from './setup/node-modules.mjs';
import { Problem, runMain } from './setup/problem.mjs';
import { findPython, makeVenv, venvReady } from './setup/python.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = 20;

/** Makes ready what is not ready yet; says what it does only where that takes time. `npm test` bundles in a step of its own. */
export async function setUp({ root = ROOT, bundles = true } = {}) {
  checkNode();
  const local = (path) => join(root, '.local', path);
  const steps = [
    {
      title: 'installing npm packages (about half a minute)',
      ready: () => nodeModulesReady(root),
      make: () => installNodeModules(root, local('log/npm-ci.log')),
    },
    {
      title: 'installing the local AWS into .local/venv (about half a minute)',
      ready: () => venvReady(local('venv'), requirementsOf(root)),
      // Looked for before anything is installed: who lacks it should not wait for that.
      need: () => findPython(),
      make: (python) => makeVenv(python, local('venv'), requirementsOf(root), local('log/pip.log')),
    },
    bundles && {
      title: 'bundling the handlers',
      ready: () => bundlesReady(root, local('bundles.digest')),
      make: () => makeBundles(root, local('bundles.digest'), local('log/bundle.log')),
    },
  ].filter(Boolean);
  if ((await Promise.all(steps.map((step) => step.ready()))).every(Boolean)) return;
  await withLock(local('setup.lock'), () => makeAll(steps), { say });
}

async function makeAll(steps) {
  const needs = new Map();
  for (const step of steps) if (step.need && !(await step.ready())) needs.set(step, await step.need());
  for (const step of steps) {
    if (await step.ready()) continue;
    say(step.title);
    await step.make(needs.get(step));
    if (!(await step.ready())) throw new Problem(`set-up step '${step.title}' ended, but left things half-done; delete node_modules and .local and run again`);
  }
}

function requirementsOf(root) {
  return join(root, 'local', 'emulator', 'requirements.txt');
}

function checkNode(version = process.versions.node) {
  if (Number.parseInt(version, 10) < OLDEST_NODE) throw new Problem(`Node.js ${OLDEST_NODE} or newer is needed, got ${version}; install it and run again`);
}

function say(text) {
  console.error(`set-up: ${text}`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    await setUp();
    say('ready');
  });
}
