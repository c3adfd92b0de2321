import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { dirname } from 'node:path';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const running = new Set();

/** Runs a program to its end; output goes to the answer and, where asked, to a log file. Never throws for a failing program. */
export async function run(command, args, { cwd, env = process.env, log, shell = false, timeoutMs } = {}) {
  let file;
  if (log) {
    await mkdir(dirname(log), { recursive: true });
    file = createWriteStream(log);
  }
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, windowsHide: true });
    begin(child);
    let output = '';
    const take = (chunk) => {
      output += chunk;
      file?.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const end = (answer) => {
      finish(child);
      if (file) file.end(() => resolve(answer));
      else resolve(answer);
    };
    child.once('error', (error) => end({ ok: false, code: error.code, output: output + error.message }));
    child.once('close', (status, signal) => end({ ok: status === 0, code: status ?? signal, output }));
  });
}

/** While a program runs, our end is its end: an npm that outlives us would be in the way of the next one. */
function begin(child) {
  if (running.size === 0) for (const signal of ENDING) process.on(signal, endAll);
  running.add(child);
}

function finish(child) {
  running.delete(child);
  if (running.size === 0) for (const signal of ENDING) process.off(signal, endAll);
}

async function endAll(signal) {
  await Promise.all([...running].map((child) => new Promise((resolve) => child.once('close', resolve).kill(signal))));
  process.exit(128 + constants.signals[signal]);
}

/** The line of a failed program's output that says most: the first that names an error, else the last. */
export function tellingLine(output) {
  const lines = output.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const error = lines.find((line) => /error/i.test(line) && !/^npm error (code|errno|syscall|path|dest)\b/.test(line));
  return error ?? lines.at(-1) ?? 'no output';
}

/** Whether a failed npm or pip run failed because it reached nobody. */
export function isNetworkFailure(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|NameResolutionError|Temporary failure in name resolution|Max retries exceeded|ProxyError|ReadTimeoutError|\(from versions: none\)/.test(
    output,
  );
}
