import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Credentials, LocalAws } from '../../local';

const COMMAND = join(__dirname, '..', '..', 'assets', 'cli', 'index.js');
const FAST = join(__dirname, 'fast-time.cjs');

export interface Ended {
  /** Undefined where the process was killed. */
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** As loss of power: no handler of the program runs. */
  kill(): void;
  /** As Ctrl-C. */
  interrupt(): void;
}

/** Runs the command as an operator does: the bundle, as a process of its own, with these credentials, its waits made shorter. */
export function runOperator(aws: LocalAws, credentials: Credentials, args: readonly string[], factor: number): Running {
  const env = {
    ...process.env,
    ...aws.env,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_COLOR: '1',
    FAST_TIME: String(factor),
    NODE_OPTIONS: `${aws.env.NODE_OPTIONS ?? ''} --require ${FAST}`.trim(),
  };
  const child: ChildProcess = spawn(process.execPath, [COMMAND, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? undefined, out, err }));
  });
  return { ended, kill: () => void child.kill('SIGKILL'), interrupt: () => void child.kill('SIGINT') };
}

/** The one document that `--json` prints; undefined where there is none. */
export function documentOf({ out }: Ended): { readonly [member: string]: unknown } | undefined {
  try {
    return JSON.parse(out) as { readonly [member: string]: unknown };
  } catch {
    return undefined;
  }
}
