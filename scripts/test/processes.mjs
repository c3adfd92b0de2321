import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

/** How long a stopped step gets to put its own processes away. */
const GRACE_MS = 20_000;
const OUTPUT_MAX = 4_000_000;
const running = new Set();

/** Runs a step's program with all its children as one group, so that it can be ended as one. */
export function runProgram([command, ...args], { cwd, env, log, timeoutMs }) {
  return new Promise((resolve) => {
    const file = createWriteStream(log);
    const program = command === 'node' ? process.execPath : command;
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
    running.add(child);
    let output = '';
    let timedOut = false;
    const take = (chunk) => {
      file.write(chunk);
      if (output.length < OUTPUT_MAX) output += chunk;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => {
      timedOut = true;
      stop(child);
    }, timeoutMs);
    const end = (ok) => {
      clearTimeout(timer);
      running.delete(child);
      // Nothing that a step started may outlive it.
      killGroup(child, 'SIGKILL');
      if (timedOut) output += `\nended after ${Math.round(timeoutMs / 60_000)} minutes, its limit\n`;
      file.end(() => resolve({ ok: ok && !timedOut, output }));
    };
    child.once('error', (error) => {
      take(error.message);
      end(false);
    });
    child.once('exit', (status) => setImmediate(() => end(status === 0)));
  });
}

/** Ends every step that runs now. */
export function stopAll() {
  return Promise.all([...running].map((child) => stop(child)));
}

async function stop(child) {
  killGroup(child, 'SIGTERM');
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
}

function killGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group has ended.
  }
}
