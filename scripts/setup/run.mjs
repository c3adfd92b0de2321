import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Runs a program to its end; output goes to the answer and, where asked, to a log file. Never throws for a failing program. */
export async function run(command, args, { cwd, env = process.env, log, shell = false, timeoutMs } = {}) {
  let file;
  if (log) {
    await mkdir(dirname(log), { recursive: true });
    file = createWriteStream(log);
  }
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, windowsHide: true });
    let output = '';
    const take = (chunk) => {
      output += chunk;
      file?.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const end = (answer) => (file ? file.end(() => resolve(answer)) : resolve(answer));
    child.once('error', (error) => end({ ok: false, code: error.code, output: output + error.message }));
    child.once('close', (status, signal) => end({ ok: status === 0, code: status ?? signal, output }));
  });
}

/** The line of a failed program's output that says most: the first that names an error, else the last. */
export function tellingLine(output) {
  const lines = output.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const error = lines.find((line) => /error/i.test(line) && !/^npm error (code|errno|syscall|path|dest)\b/.test(line));
  return error ?? lines.at(-1) ?? 'no output';
}

/** Whether a failed npm or pip run failed because it reached nobody. */
export function isNetworkFailure(output) {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|NameResolutionError|Temporary failure in name resolution|Max retries exceeded|ProxyError|ReadTimeoutError/.test(
    output,
  );
}
