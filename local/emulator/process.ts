import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorClient } from './client';
import { LOCAL_FOLDER, LOG_FOLDER, NODE_MODULES, PRELOAD } from './paths';

/** A cold start takes about 3 s; a busy machine with 2 cores, compiling Python for the first time, some ten times that. */
const START_DEADLINE_MS = 90_000;

/** Logs of earlier runs are kept for a day, for a look after a failure. */
const KEEP_LOGS_MS = 24 * 60 * 60 * 1000;

export interface EmulatorOptions {
  readonly account: string;
  /** The gateway's url: what Lambda functions inside the emulator call. */
  readonly endpoint: string;
  /** Python files that the launcher runs before it serves. */
  readonly patches: readonly string[];
  readonly progress: (line: string) => void;
  /** A Python that has the emulator installed. */
  readonly python: string;
}

/** The emulator as a child process, the leader of a process group that holds its Lambda workers too. */
export class Emulator {
  public readonly client: EmulatorClient;
  private readonly onExit = () => {
    this.killGroup();
    rmSync(this.folder, { recursive: true, force: true });
  };

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    public readonly logFile: string,
    port: number,
    account: string,
  ) {
    this.client = new EmulatorClient(port, account);
    process.once('exit', this.onExit);
  }

  public static async start(options: EmulatorOptions): Promise<Emulator> {
    if (!existsSync(options.python)) {
      throw new Error(`the emulator is not installed: no '${options.python}'; run 'npm start' or 'npm test', which install it`);
    }
    mkdirSync(LOG_FOLDER, { recursive: true });
    removeOldLogs();
    removeOrphanedFolders();
    const folder = mkdtempSync(join(LOCAL_FOLDER, `aws-${process.pid}-`));
    const logFile = join(LOG_FOLDER, `${basename(folder)}.log`);
    const log = createWriteStream(logFile);
    const child = spawn(options.python, [join(__dirname, 'launcher.py')], {
      // Its own group, so that everything it starts can be ended with it; an open stdin tells it that we live.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment(options, folder),
    });
    child.stdin!.on('error', () => undefined);
    const said = new LastLine();
    child.stderr!.on('data', (chunk: Buffer) => said.add(chunk)).pipe(log);
    const failure = (what: string) => startFailure(what, said.text, logFile);
    try {
      const port = await reported(child, log, failure, options.progress);
      const emulator = new Emulator(child, folder, logFile, port, options.account);
      await emulator.healthy(failure, options.progress);
      return emulator;
    } catch (error) {
      killGroup(child);
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  public get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Process id of the emulator, and id of the group of all that it started. */
  public get processGroup(): number {
    return this.child.pid!;
  }

  /** Ends the emulator and all it started, and removes its files except the log. It keeps no state worth a slow end. */
  public async stop(): Promise<void> {
    process.off('exit', this.onExit);
    this.client.close();
    const ended = this.running ? new Promise((resolve) => this.child.once('exit', resolve)) : undefined;
    this.killGroup();
    await ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private killGroup(): void {
    killGroup(this.child);
  }

  private async healthy(failure: StartFailure, progress: (line: string) => void): Promise<void> {
    const started = Date.now();
    for (let next = started + 3000; Date.now() - started < START_DEADLINE_MS; await sleep(25)) {
      if (!this.running) throw failure('ended while it started');
      const answer = await this.client.call({ method: 'GET', path: '/_ministack/health', region: 'us-east-1' }).catch(() => undefined);
      if (answer?.status === 200) return;
      if (Date.now() > next) {
        progress(`waiting for the emulator, ${Math.round((Date.now() - started) / 1000)} s so far`);
        next += 3000;
      }
    }
    throw failure(`did not answer within ${START_DEADLINE_MS / 1000} s`);
  }
}

function removeOldLogs(): void {
  for (const name of readdirSync(LOG_FOLDER).filter((file) => /^aws-.*\.log$/.test(file))) {
    const file = join(LOG_FOLDER, name);
    try {
      if (Date.now() - statSync(file).mtimeMs > KEEP_LOGS_MS) rmSync(file, { force: true });
    } catch {
      // Another local AWS was quicker.
    }
  }
}

/** A group that is killed from outside cannot remove its files; the folder's name tells whose it was. */
function removeOrphanedFolders(): void {
  for (const name of readdirSync(LOCAL_FOLDER)) {
    const owner = Number(/^aws-(\d+)-\w{6}$/.exec(name)?.[1]);
    if (owner && !isAlive(owner)) rmSync(join(LOCAL_FOLDER, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function environment(options: EmulatorOptions, folder: string): NodeJS.ProcessEnv {
  const { AWS_SESSION_TOKEN, AWS_PROFILE, ...inherited } = process.env;
  return {
    ...inherited,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    AUTH: 'true',
    MINISTACK_HOST: 'localhost',
    MINISTACK_REGION: 'us-east-1',
    MINISTACK_ACCOUNT_ID: options.account,
    AWS_ACCESS_KEY_ID: options.account,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_PATH: NODE_MODULES,
    NODE_OPTIONS: `--require "${PRELOAD}"`,
    LOCAL_AWS_OWNER: String(process.pid),
    TMPDIR: folder,
    STATE_DIR: join(folder, 'state'),
    S3_DATA_DIR: join(folder, 's3'),
    PERSIST_STATE: '0',
    PATCHES: options.patches.join(delimiter),
    // Parts that would open ports of their own or touch a Docker daemon of the machine.
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    LAMBDA_EXECUTOR: 'local',
    DOCKER_HOST: 'unix:///nonexistent',
    PYTHONUNBUFFERED: '1',
  };
}

/** The port that the launcher bound; every later line of its output goes to the log. */
function reported(child: ChildProcess, log: NodeJS.WritableStream, failure: StartFailure, progress: (line: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const slow = setInterval(() => progress('starting the emulator'), 3000);
    const late = setTimeout(() => fail(`did not start within ${START_DEADLINE_MS / 1000} s`), START_DEADLINE_MS);
    const settle = () => {
      clearInterval(slow);
      clearTimeout(late);
    };
    const fail = (what: string) => {
      settle();
      reject(failure(what));
    };
    child.once('error', (error) => fail(`cannot be run (${error.message})`));
    child.once('close', () => fail('ended while it started'));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const port = /^\{"port": (\d+)\}$/.exec(line)?.[1];
      if (!port) return void log.write(`${line}\n`);
      settle();
      resolve(Number(port));
    });
  });
}

type StartFailure = (what: string) => Error;

function startFailure(what: string, lastLine: string, logFile: string): Error {
  return new Error(`the emulator ${what}${lastLine && `: ${lastLine}`}; its log is '${logFile}', and deleting '.local/venv' lets the next 'npm start' install it again`);
}

/** The last line that was not empty: of a Python that fails, the reason. */
class LastLine {
  private tail = '';

  public add(chunk: Buffer): void {
    this.tail = (this.tail + chunk.toString()).slice(-4000);
  }

  public get text(): string {
    return this.tail.trimEnd().split('\n').at(-1)!.trim();
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
