import { spawn, type ChildProcess } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import type { Credentials } from './clients';
import { PYTHON_PATH, VENV_PYTHON } from './emulator/paths';

export interface ShellOptions {
  /** Whose commands they are. @default - the account's root */
  readonly credentials?: Credentials;
  readonly cwd?: string;
  /** Added to, or in place of, the environment: a default Region for one, which there is none of. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ShellResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs commands as somebody types them into a shell, with the real AWS CLI (version 1, pinned) as `aws`. Nothing of the
 * caller's own configuration is seen: no profile, no Region, no credentials.
 */
export class Shell {
  private readonly running = new Set<ChildProcess>();
  private readonly onExit = () => this.killAll();

  public constructor(private readonly endpoint: string, private readonly account: string) {
    process.once('exit', this.onExit);
  }

  /** The command's end, whatever its exit code. */
  public run(command: string, options: ShellOptions = {}): Promise<ShellResult> {
    return new Promise((resolve, reject) => {
      // Its own group, so that what it runs can be ended with it.
      const child = spawn('/bin/sh', ['-c', command], { cwd: options.cwd, env: this.environment(options), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      this.running.add(child);
      const outputs = [child.stdout, child.stderr].map(() => [] as Buffer[]);
      for (const [index, stream] of [child.stdout, child.stderr].entries()) stream.on('data', (chunk: Buffer) => outputs[index].push(chunk));
      child.once('error', reject);
      child.once('close', (code) => {
        this.running.delete(child);
        const [stdout, stderr] = outputs.map((chunks) => Buffer.concat(chunks).toString());
        resolve({ exitCode: code ?? 1, stdout, stderr });
      });
    });
  }

  public close(): void {
    process.off('exit', this.onExit);
    this.killAll();
  }

  private environment({ credentials, env }: ShellOptions): Record<string, string> {
    const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !/^(AWS_|PYTHON)/.test(name)) as [string, string][];
    return {
      ...Object.fromEntries(kept),
      PATH: [dirname(VENV_PYTHON), process.env.PATH].join(delimiter),
      PYTHONPATH: PYTHON_PATH,
      PYTHONDONTWRITEBYTECODE: '1',
      LOCAL_AWS_ENDPOINT: this.endpoint,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? this.account,
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? 'local',
      ...(credentials?.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      ...env,
    };
  }

  private killAll(): void {
    for (const child of this.running) {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    }
  }
}
