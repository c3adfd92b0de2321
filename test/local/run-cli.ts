import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Credentials, LocalAws } from '../../local';
import { VENV_PYTHON } from '../../local/emulator/paths';

export const CLI = join(__dirname, '..', '..', 'bin', 's3-failover');

/** Runs a command on a terminal of its own, and ends with its exit code. */
const ON_A_TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

export interface RunCliOptions {
  /** Whose command it is. @default - the account's root; `none` for nobody */
  readonly credentials?: Credentials | 'none';
  /** What is typed. @default - nothing, and the keyboard is closed */
  readonly stdin?: string;
  /** A terminal for keyboard and both outputs, which then are one. @default - pipes */
  readonly tty?: boolean;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the process and with all that it has written so far, whenever it writes: to interrupt it at some point. */
  readonly onOutput?: (child: ChildProcess, output: string) => void;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundled command as a user would, as a process of its own; where a local AWS is given, that is its AWS. */
export function runCli(aws: LocalAws | undefined, args: readonly string[], options: RunCliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const command = [process.execPath, CLI, ...args];
    const [program, ...rest] = options.tty ? [VENV_PYTHON, '-c', ON_A_TERMINAL, ...command] : command;
    const child = spawn(program, rest, { cwd: options.cwd, env: environment(aws, options), stdio: ['pipe', 'pipe', 'pipe'] });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        written[name] += chunk.toString();
        options.onOutput?.(child, written.stdout + written.stderr);
      });
    }
    // Who has ended hears nothing more.
    child.stdin.on('error', () => undefined);
    if (options.tty && options.stdin === undefined) child.once('exit', () => child.stdin.end());
    else child.stdin.end(options.stdin ?? '');
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...written }));
  });
}

const FAST_TIME = join(__dirname, '..', 'campaign', 'fast-time.cjs');

/** Environment of a process whose waits, and nothing else, take a part of their time: an act waits minutes for routes to spread. */
export function inFastTime(aws: LocalAws, factor = 8): Readonly<Record<string, string>> {
  return { FAST_TIME: String(factor), NODE_OPTIONS: `${aws.env.NODE_OPTIONS ?? ''} --require ${FAST_TIME}`.trim() };
}

/** What one document says, of a run that printed exactly one. */
export function documentOf({ stdout }: CliResult): any {
  return JSON.parse(stdout);
}

/** Nothing of who runs the tests: no credentials, no Region, no settings of ours. */
function environment(aws: LocalAws | undefined, { credentials, tty, env }: RunCliOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|S3_FAILOVER_|NODE_OPTIONS$|NO_COLOR$|TERM$)/.test(name));
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...reach } = aws?.env ?? {};
  const root = aws ? { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } : {};
  const keys =
    credentials === 'none'
      ? {}
      : credentials
        ? { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, ...(credentials.sessionToken ? { AWS_SESSION_TOKEN: credentials.sessionToken } : {}) }
        : root;
  return {
    ...Object.fromEntries(kept),
    ...reach,
    ...keys,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(tty ? { TERM: 'xterm-256color' } : {}),
    ...env,
  };
}
