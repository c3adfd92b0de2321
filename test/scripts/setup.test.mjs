import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '../../scripts/setup/digest.mjs';
import { missingPackages, nodeModulesReady } from '../../scripts/setup/node-modules.mjs';
import { npmCommand, npmEnvironment } from '../../scripts/setup/npm.mjs';
import { findPython, isSupported, venvReady } from '../../scripts/setup/python.mjs';
import { isNetworkFailure, run, tellingLine } from '../../scripts/setup/run.mjs';

const LINUX = { platform: 'linux', arch: 'x64' };
let root;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'setup-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path, text) {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), typeof text === 'string' ? text : JSON.stringify(text));
}

describe('npm packages', () => {
  const lock = (version) => ({ packages: { '': {}, 'node_modules/a': { version, integrity: `hash of ${version}` } } });

  test('are ready when npm recorded just what the lock file says and the folders are there', async () => {
    await put('package-lock.json', lock('1.0.0'));
    await put('node_modules/.package-lock.json', lock('1.0.0'));
    await put('node_modules/a/package.json', '{}');
    assert.equal(await nodeModulesReady(root, LINUX), true);
  });

  test('are not ready when they are missing, half-done or of another lock file', async () => {
    await put('package-lock.json', lock('2.0.0'));
    assert.equal(await nodeModulesReady(root, LINUX), false);
    await put('node_modules/a/package.json', '{}');
    assert.equal(await nodeModulesReady(root, LINUX), false);
    await put('node_modules/.package-lock.json', lock('1.0.0'));
    assert.equal(await nodeModulesReady(root, LINUX), false);
    await put('node_modules/.package-lock.json', lock('2.0.0'));
    assert.equal(await nodeModulesReady(root, LINUX), true);
    await rm(join(root, 'node_modules/a'), { recursive: true });
    assert.equal(await nodeModulesReady(root, LINUX), false);
  });

  test('fails when the lock file itself is gone', async () => {
    await assert.rejects(nodeModulesReady(root, LINUX), /'package-lock.json' is missing/);
  });

  test('of another kind of machine are not asked for, those of this one are', () => {
    const wanted = {
      '': {},
      'node_modules/x-linux': { version: '1', optional: true, os: ['linux'], cpu: ['x64'] },
      'node_modules/x-musl': { version: '1', optional: true, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
      'node_modules/x-mac': { version: '1', optional: true, os: ['darwin'], cpu: ['arm64'] },
      'node_modules/any': { version: '1', optional: true },
    };
    assert.deepEqual(missingPackages(wanted, {}, LINUX), ['node_modules/x-linux']);
    assert.deepEqual(missingPackages(wanted, {}, { platform: 'darwin', arch: 'arm64' }), ['node_modules/x-mac']);
  });

  test('are installed by the npm that runs us', () => {
    assert.deepEqual(npmCommand({ npm_execpath: '/lib/npm-cli.js' }), { command: process.execPath, args: ['/lib/npm-cli.js'], shell: false });
    assert.equal(npmCommand({}).command, 'npm');
  });

  test('are not installed into the folder that our own npm works on, but from the same registry', () => {
    const env = { PATH: '/bin', npm_config_local_prefix: '/here', npm_package_name: 'x', npm_config_registry: 'r', npm_config_https_proxy: 'p' };
    assert.deepEqual(npmEnvironment(env), { PATH: '/bin', npm_config_registry: 'r', npm_config_https_proxy: 'p' });
  });
});

describe('Python', () => {
  const probe = (found) => ([command]) => Promise.resolve(found[command]);
  const python = (version, venv = true) => ({ version, venv, path: `/bin/python${version.join('.')}` });
  const find = (found) => findPython({ env: {}, platform: 'linux', probe: probe(found) });

  test('is the first that is new enough and can make a virtual environment', async () => {
    assert.deepEqual(await find({ python3: python([3, 8, 1]), python: python([3, 12, 0]) }), python([3, 12, 0]));
    assert.deepEqual(await find({ python3: python([3, 11, 2], false), 'python3.10': python([3, 10, 1]) }), python([3, 10, 1]));
  });

  test('may be named by PYTHON', async () => {
    const found = await findPython({ env: { PYTHON: '/opt/python' }, platform: 'linux', probe: probe({ '/opt/python': python([3, 13, 0]), python3: python([3, 10, 0]) }) });
    assert.deepEqual(found.version, [3, 13, 0]);
  });

  test('fails when there is none, and says which one to install', async () => {
    await assert.rejects(find({}), { name: 'Problem', message: 'no Python was found; install Python 3.10 to 3.14 (with its venv module), or set PYTHON to its path, and run again' });
  });

  test('fails when all are too old, and names them', async () => {
    await assert.rejects(find({ python3: python([3, 9, 18]), python: python([2, 7, 18]) }), /is needed, got 3\.9\.18 at \/bin\/python3\.9\.18, 2\.7\.18 at/);
  });

  test('fails when it lacks venv, and names the package that brings it', async () => {
    await assert.rejects(find({ python3: python([3, 11, 2], false) }), /apt install python3-venv/);
  });

  test('is supported from 3.10 to 3.14', () => {
    const supported = [[3, 9, 9], [3, 10, 0], [3, 14, 2], [3, 15, 0], [4, 11, 0]].map(isSupported);
    assert.deepEqual(supported, [false, true, true, false, false]);
  });

  test('a virtual environment without its marker, or of other requirements, is not ready', async () => {
    await put('requirements.txt', 'a==1');
    await put('venv/bin/python', '');
    const ready = () => venvReady(join(root, 'venv'), join(root, 'requirements.txt'));
    assert.equal(await ready(), false);
    await put('venv/.setup-done', 'another digest');
    assert.equal(await ready(), false);
  });
});

describe('what a failed program says', () => {
  test('is its first line that names an error', () => {
    assert.equal(tellingLine('npm error code EUSAGE\nnpm error the lock file is out of sync\nnpm error log: x\n'), 'npm error the lock file is out of sync');
    assert.equal(tellingLine('one\ntwo\n'), 'two');
  });

  test('tells a network that is down from other failures', () => {
    assert.equal(isNetworkFailure('npm error network request failed, reason: getaddrinfo ENOTFOUND registry'), true);
    assert.equal(isNetworkFailure('ERROR: Could not find a version that satisfies the requirement a==1 (from versions: none)'), true);
    assert.equal(isNetworkFailure('THESE PACKAGES DO NOT MATCH THE HASHES'), false);
  });

  test('a program that is not there is a failure and no exception', async () => {
    const result = await run('no-such-program-here', []);
    assert.equal(result.ok, false);
    assert.equal(result.code, 'ENOENT');
  });
});

test('a digest changes with a content, a name and nothing else', async () => {
  await put('src/a', '1');
  const before = await digestOf(root, ['src', 'absent']);
  assert.equal(await digestOf(root, ['src', 'absent']), before);
  await put('src/a', '2');
  assert.notEqual(await digestOf(root, ['src', 'absent']), before);
  await put('src/a', '1');
  await put('src/b', '');
  assert.notEqual(await digestOf(root, ['src', 'absent']), before);
  assert.equal(await digestOf(root, ['src', 'absent'], { skip: (file) => file === 'src/b' }), before);
});

test('a program ends with us when we are told to end', async () => {
  const beat = join(root, 'beat');
  const child = `setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(beat)}, '.'), 10)`;
  const ours = `import { run } from ${JSON.stringify(new URL('../../scripts/setup/run.mjs', import.meta.url).href)}; await run(process.execPath, ['-e', ${JSON.stringify(child)}]);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', ours], { stdio: 'ignore' });
  while (!existsSync(beat)) await sleep(20);
  const ended = once(parent, 'exit');
  parent.kill('SIGTERM');
  assert.deepEqual(await ended, [143, null]);
  const beats = await readFile(beat, 'utf8');
  await sleep(100);
  assert.equal(await readFile(beat, 'utf8'), beats);
});
