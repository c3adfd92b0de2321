import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './problem.mjs';

/** Longer than a first set-up on a slow network; a lock older than this has lost its owner. */
const STALE_AFTER_MS = 20 * 60_000;
const POLL_MS = 250;

/** Runs `work` while no other process of this machine holds the lock file; takes over the lock of a process that is gone. */
export async function withLock(file, work, { say = () => {}, staleAfterMs = STALE_AFTER_MS } = {}) {
  await mkdir(dirname(file), { recursive: true });
  const token = JSON.stringify({ pid: process.pid, at: Date.now(), nonce: Math.random() });
  await acquire(file, token, say, staleAfterMs);
  const release = () => releaseIfOurs(file, token);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(file, token, say, staleAfterMs) {
  const deadline = Date.now() + staleAfterMs;
  let told = false;
  for (;;) {
    try {
      await writeFile(file, token, { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = await read(file);
    if (holder !== undefined && (await isStale(file, holder, staleAfterMs))) {
      await takeAway(file, holder);
      continue;
    }
    if (Date.now() > deadline) throw new Problem(`another set-up holds '${file}' for too long; end it, delete that file and run again`);
    if (!told) say(`waiting for another set-up (process ${pidOf(holder)}) to finish`);
    told = true;
    await sleep(POLL_MS);
  }
}

async function isStale(file, holder, staleAfterMs) {
  const info = await stat(file).catch(() => undefined);
  if (!info) return false;
  const ageMs = Date.now() - info.mtimeMs;
  const pid = pidOf(holder);
  // An owner that died between creating and filling the file leaves it empty.
  if (pid === undefined) return ageMs > 5_000;
  return ageMs > staleAfterMs || !isAlive(pid);
}

/** Two waiters may both see a stale lock: only the one that moves away the text it has read goes on. */
async function takeAway(file, holder) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = await read(aside);
  if (moved !== holder && moved !== undefined) await writeFile(file, moved, { flag: 'wx' }).catch(() => {});
  await rm(aside, { force: true });
}

async function releaseIfOurs(file, token) {
  if ((await read(file)) === token) await rm(file, { force: true });
}

function read(file) {
  return readFile(file, 'utf8').catch(() => undefined);
}

function pidOf(holder) {
  try {
    return JSON.parse(holder).pid;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
