import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Credentials, LocalAws } from '../../local';

/** The command as it is published, bundled by set-up. */
const COMMAND = join(__dirname, '..', '..', 'bin', 's3-failover');

export interface CommandRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  /** @default - the account's root */
  readonly credentials?: Credentials;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Runs `s3-failover` as a person would, in a process of its own, against the local AWS. */
export function command(aws: LocalAws, args: readonly string[], { credentials, env, signal }: CommandOptions = {}): Promise<CommandRun> {
  const caller = credentials && { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, ...(credentials.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }) };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: process.env.PATH, HOME: '/nonexistent', ...aws.env, ...caller, ...env }, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (chunks.out += chunk));
    child.stderr.on('data', (chunk: Buffer) => (chunks.err += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...chunks }));
  });
}
