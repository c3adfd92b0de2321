import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../scripts/setup/lock.mjs';

let folder;
let file;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  file = join(folder, 'setup.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Id of a process that has ended. */
function deadProcess() {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('two set-ups never run at the same time', async () => {
  const events = [];
  const work = (name) => async () => {
    events.push(`${name} begins`);
    await sleep(20);
    events.push(`${name} ends`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => withLock(file, work(name))));
  for (let i = 0; i < events.length; i += 2) assert.equal(events[i].replace('begins', 'ends'), events[i + 1]);
  assert.equal(events.length, 6);
});

test('a failing set-up frees the lock and passes its error on', async () => {
  await assert.rejects(withLock(file, () => Promise.reject(new Error('no network'))), /no network/);
  assert.deepEqual(await readdir(folder), []);
});

test('the lock of a process that has died is taken over, by one of several', async () => {
  await writeFile(file, JSON.stringify({ pid: deadProcess() }));
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(10);
    inside -= 1;
  };
  await Promise.all([withLock(file, work), withLock(file, work)]);
  assert.equal(most, 1);
  assert.deepEqual(await readdir(folder), []);
});

test('a lock that was left empty is taken over once it is old', async () => {
  await writeFile(file, '');
  const old = new Date(Date.now() - 60_000);
  await utimes(file, old, old);
  assert.equal(await withLock(file, () => 'done'), 'done');
});

test('a lock taken over meanwhile is not removed by its former owner', async () => {
  await withLock(file, () => writeFile(file, 'another owner'));
  assert.equal(await readFile(file, 'utf8'), 'another owner');
});

test('fails when a living process holds the lock for too long', async () => {
  await writeFile(file, JSON.stringify({ pid: process.pid }));
  const future = new Date(Date.now() + 60_000);
  await utimes(file, future, future);
  const said = [];
  await assert.rejects(withLock(file, () => 'done', { say: (text) => said.push(text), staleAfterMs: 300 }), /delete that file and run again/);
  assert.deepEqual(said, [`waiting for another set-up (process ${process.pid}) to finish`]);
});
