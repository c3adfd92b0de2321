import { spawn } from 'child_process';
import { createWriteStream } from 'fs';
import { reasonOf } from './wait';

/** Time that a command gets to end by itself after SIGTERM. */
const GRACE_MS = 3_000;

/** Lines kept to explain a failure. */
const TAIL_LINES = 200;

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** All output goes here as well. */
  readonly logFile: string;
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** Null where a signal ended the command. */
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
  /** Last lines of output, both streams. */
  readonly tail: string[];
}

/**
 * Runs a command in a process group of its own: a Ctrl-C in the terminal then reaches only us, and we end the whole
 * group, since `cdk` starts processes of its own that would outlive it.
 */
export function runCommand(options: Command): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    if (options.signal.aborted) {
      reject(reasonOf(options.signal));
      return;
    }
    const child = spawn(options.command, options.args, {
      cwd: options.cwd, env: options.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(options.logFile, { flags: 'a' });
    log.on('error', () => undefined);
    log.write(`$ ${[options.command, ...options.args].join(' ')}\n`);

    const tail: string[] = [];
    const onLine = (line: string) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      log.write(`${line}\n`);
      options.onLine?.(line);
    };
    const readers = [child.stdout, child.stderr].map((stream) => {
      const reader = lineReader(onLine);
      stream.on('data', reader.push);
      return reader;
    });

    let kill: NodeJS.Timeout | undefined;
    const onAbort = () => {
      signalGroup(child.pid, 'SIGTERM');
      kill = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
    };
    options.signal.addEventListener('abort', onAbort, { once: true });

    const settle = (finish: () => void) => {
      clearTimeout(kill);
      options.signal.removeEventListener('abort', onAbort);
      for (const reader of readers) reader.flush();
      log.end();
      if (options.signal.aborted) reject(reasonOf(options.signal));
      else finish();
    };
    // Whatever the command left behind in its group ends with it; 'close' would wait for the pipes those hold.
    child.once('exit', () => signalGroup(child.pid, 'SIGKILL'));
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (code, endedBy) => settle(() => resolve({ code, endedBy, tail })));
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone, which is what was wanted.
  }
}

function lineReader(onLine: (line: string) => void): { push(chunk: Buffer): void; flush(): void } {
  let rest = '';
  return {
    push: (chunk) => {
      const parts = (rest + chunk.toString('utf8')).split(/\r?\n/);
      rest = parts.pop() ?? '';
      for (const part of parts) onLine(part);
    },
    flush: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
