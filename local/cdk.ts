import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CDK_COMMAND, LOCAL_FOLDER } from './emulator/paths';

export interface CdkOptions {
  readonly cwd?: string;
  /** Sees each line of both outputs as it comes, for progress. */
  readonly onLine?: (line: string) => void;
  /** Added to, or in place of, the local AWS's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CdkResult {
  readonly exitCode: number;
  /** Both outputs, in the order of their lines. */
  readonly output: string;
}

/** Runs the pinned `cdk` command against the local AWS. */
export class Cdk {
  private readonly running = new Set<ChildProcess>();
  private readonly bootstrapped = new Set<string>();
  private readonly onExit = () => this.killAll();

  public constructor(private readonly env: Readonly<Record<string, string>>, private readonly account: string) {
    process.once('exit', this.onExit);
  }

  /** The command's end, whatever its exit code. */
  public run(args: readonly string[], options: CdkOptions = {}): Promise<CdkResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [CDK_COMMAND, ...args, '--no-notices', '--ci'], {
        cwd: options.cwd,
        env: { ...process.env, ...this.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // Its own group, so that the app that it runs can be ended with it.
        detached: true,
      });
      this.running.add(child);
      const lines: string[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          options.onLine?.(line);
        });
      }
      child.once('error', reject);
      child.once('close', (code) => {
        this.running.delete(child);
        resolve({ exitCode: code ?? 1, output: lines.join('\n') });
      });
    });
  }

  /** Like `run`, and throws with the output's end when the command fails. */
  public async mustRun(args: readonly string[], options: CdkOptions = {}): Promise<CdkResult> {
    const result = await this.run(args, options);
    if (result.exitCode !== 0) throw new Error(`'cdk ${args.join(' ')}' ended with ${result.exitCode}:\n${result.output.split('\n').slice(-40).join('\n')}`);
    return result;
  }

  /** `cdk bootstrap` of the Regions that were not bootstrapped yet, all in one run, which does them at the same time. */
  public async bootstrap(regions: readonly string[], options: CdkOptions = {}): Promise<void> {
    const missing = regions.filter((region) => !this.bootstrapped.has(region));
    if (missing.length === 0) return;
    // From a folder without a cdk.json: bootstrapping needs no app, and to synthesize one costs seconds.
    await this.mustRun(['bootstrap', ...missing.map((region) => `aws://${this.account}/${region}`)], { cwd: LOCAL_FOLDER, ...options });
    for (const region of missing) this.bootstrapped.add(region);
  }

  public close(): void {
    process.off('exit', this.onExit);
    this.killAll();
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
