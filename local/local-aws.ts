import { Cdk, type CdkOptions, type CdkResult } from './cdk';
import { Clients } from './clients';
import { ControlClient } from './control-client';
import { NODE_MODULES, PRELOAD, VENV_PYTHON } from './emulator/paths';
import { Emulator } from './emulator/process';
import { EXTENSIONS } from './extensions';
import type { ExtensionFactory } from './gateway/extension';
import { Gateway } from './gateway/gateway';
import { Shell, type ShellOptions, type ShellResult } from './shell';

export interface LocalAwsOptions {
  /** @default '111122223333' */
  readonly account?: string;
  /** Port of the gateway. @default 0, which takes a free one */
  readonly port?: number;
  /** Told what goes on while the local AWS starts. @default - nobody */
  readonly onProgress?: (line: string) => void;
  /** Told what goes wrong inside the gateway. @default - standard error */
  readonly onLog?: (line: string) => void;
  /** A Python that has the emulator installed. @default - the one that setting up makes, in `.local/venv` */
  readonly python?: string;
  /** Parts of AWS that the gateway adds. @default - all that there are */
  readonly extensions?: readonly ExtensionFactory[];
}

/** AWS on this machine: an emulator with IAM enforced, and a gateway in front of it that adds what it lacks. */
export class LocalAws {
  public readonly clients: Clients;
  public readonly control: ControlClient;
  /** For child processes: endpoint, root credentials, Region, and what Node needs to find the endpoint. */
  public readonly env: Readonly<Record<string, string>>;
  private readonly commands: Cdk;
  private readonly typed: Shell;

  public constructor(public readonly account: string, public readonly endpoint: string, private readonly gateway: Gateway, private readonly emulator: Emulator) {
    this.env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: account,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CDK_DEFAULT_ACCOUNT: account,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: 'true',
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      NODE_PATH: NODE_MODULES,
      NODE_OPTIONS: `--require "${PRELOAD}"`,
      LOCAL_AWS_CDK_POLL_MS: '250',
      LOCAL_AWS_OWNER: String(process.pid),
    };
    this.clients = new Clients(endpoint, account);
    this.control = new ControlClient(endpoint);
    this.commands = new Cdk(this.env, account);
    this.typed = new Shell(endpoint, account);
  }

  /** Runs the pinned `cdk` command; the caller looks at the exit code. */
  public cdk(args: readonly string[], options?: CdkOptions): Promise<CdkResult> {
    return this.commands.run(args, options);
  }

  /** Bootstraps the Regions that are not yet, with the real `cdk bootstrap`. */
  public bootstrap(regions: readonly string[], options?: CdkOptions): Promise<void> {
    return this.commands.bootstrap(regions, options);
  }

  /** Runs a command as it is typed into a shell, with the real AWS CLI as `aws`; the caller looks at the exit code. */
  public shell(command: string, options?: ShellOptions): Promise<ShellResult> {
    return this.typed.run(command, options);
  }

  /** File that holds what the emulator wrote. */
  public get logFile(): string {
    return this.emulator.logFile;
  }

  /** Process group that holds the emulator and its Lambda workers. */
  public get processGroup(): number {
    return this.emulator.processGroup;
  }

  /** Ends every process and connection, and forgets all state. */
  public async stop(): Promise<void> {
    this.commands.close();
    this.typed.close();
    this.clients.destroy();
    await this.gateway.close();
    await this.emulator.stop();
  }
}

export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const account = options.account ?? '111122223333';
  if (!/^\d{12}$/.test(account)) throw new Error(`'account' must be 12 digits, got '${account}'`);
  const extensions = options.extensions ?? EXTENSIONS;
  const gateway = await Gateway.listen({ port: options.port ?? 0, account, log: options.onLog ?? ((line) => process.stderr.write(`${line}\n`)) });
  const endpoint = `http://localhost:${gateway.port}`;
  try {
    const emulator = await Emulator.start({
      account,
      endpoint,
      patches: extensions.flatMap((extension) => extension.emulatorPatches ?? []),
      python: options.python ?? VENV_PYTHON,
      progress: options.onProgress ?? (() => undefined),
    });
    gateway.open(emulator.client, extensions);
    return new LocalAws(account, endpoint, gateway, emulator);
  } catch (error) {
    await gateway.close();
    throw error;
  }
}
