import { mkdtempSync, rmSync } from 'fs';
import { join } from 'path';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand, type ListObjectVersionsCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { GetMultiRegionAccessPointRoutesCommand, type S3ControlClient } from '@aws-sdk/client-s3-control';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { startLocalAws, type FaultInput, type LocalAws } from '../..';
import { linesOf, observersIn, type ObserverFunction } from '../../controller/observers';
import { CONTROL_REGIONS, FORCE_PREFIX, type Manifest } from '../../../lib/private/contract';
import { REGISTER } from '../../../runtime/core/controller/register-state';
import { REPORTS } from '../../../runtime/core/controller/report';
import { runCommand } from '../engine/command';
import { limited, reasonOf } from '../engine/wait';
import type { Fault } from '../options';
import { readAssembly, type AssemblyPlan } from './assembly';
import { failureOf, progressOf } from './cdk-output';
import type { AutomaticMove, Deployment, Estate, EstateTools, Plan, Routes, StoredCopy, StoredVersion, SwitchHow } from './estate';

/** A control endpoint that has not answered by then is passed over for the next. */
const CONTROL_TIMEOUT_MS = 2_000;

/**
 * The example's own home Region is also its first active one, which dies here. A deployment can only switch while the
 * home Region lives, so the rehearsal deploys the example with its home where no bucket is, as the library advises.
 */
const HOME = ['--context', 'homeRegion=eu-central-1'];

/** What a person at a terminal does without. */
const UNATTENDED = ['--require-approval', 'never', '--progress', 'events'];

/** What adds the controller to the example. */
const CONTROLLER = ['--context', 'controller=yes'];

const FAULTS: { readonly [kind in Fault]: FaultInput } = {
  blackhole: { kind: 'blackhole' },
  refused: { kind: 'refused' },
  failing: { kind: 'failing', rate: 1, status: 503 },
};

export interface LocalEstateOptions {
  /** The repository. */
  readonly root: string;
  /** Folder for the commands' output, and for the assembly in one of its own. */
  readonly folder: string;
  readonly fault: Fault;
  readonly propagationMs: number;
  readonly replicationLagMs: number;
  /** Sees everything that the commands print. */
  readonly onOutput: (line: string) => void;
}

/** The local AWS, deployed to by the real `cdk` command. */
export class LocalEstate implements Estate {
  private starting?: Promise<LocalAws>;
  private aws?: LocalAws;
  private assembly?: AssemblyPlan;
  private assemblyFolder?: string;
  private deployment?: Deployment;
  private observing: readonly ObserverFunction[] = [];
  private readonly controlClients = new Map<string, S3ControlClient>();
  private readonly s3Clients = new Map<string, S3Client>();

  constructor(private readonly options: LocalEstateOptions) {}

  public async start(tools: EstateTools): Promise<string> {
    this.starting = startLocalAws({ onProgress: tools.note, onLog: this.options.onOutput });
    this.aws = await this.starting;
    // Until the deployment is done: by the time that a Region dies, first routes have long taken effect.
    await this.aws.control.setPropagation({ ms: 0 });
    await this.aws.control.setReplication({ lagMs: this.options.replicationLagMs });
    return `${this.aws.endpoint}, account ${this.aws.account}, IAM enforced`;
  }

  public async plan(tools: EstateTools): Promise<Plan> {
    await this.cdk(['synth', ...HOME], ['--quiet', ...this.output()], tools);
    this.assembly = readAssembly(this.assemblyFolder!);
    return this.assembly;
  }

  public async bootstrap(regions: readonly string[], tools: EstateTools): Promise<void> {
    // From a folder without an app: bootstrapping needs none, and to synthesize one costs seconds.
    await this.cdk(['bootstrap', ...regions.map((region) => `aws://${this.aws!.account}/${region}`)], [], tools, this.options.folder);
  }

  public async deploy(tools: EstateTools): Promise<void> {
    await this.cdk(['deploy', '--all', ...HOME, '--concurrency', '8'], [...UNATTENDED, ...this.output()], tools);
    await this.aws!.control.setPropagation({ ms: this.options.propagationMs });
  }

  public async describe(region: string, signal: AbortSignal): Promise<Deployment> {
    const ssm = this.aws!.clients.ssm(region);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: this.assembly!.manifestParameterName }), { abortSignal: signal });
    const manifest = JSON.parse(Parameter!.Value!) as Manifest;
    this.deployment = { accessPointArn: manifest.accessPoint.arn, buckets: manifest.buckets };
    return this.deployment;
  }

  public async switchTo(region: string, how: SwitchHow, tools: EstateTools): Promise<void> {
    await this.cdk(this.switchArguments(region, how), [...UNATTENDED, ...this.output()], tools);
  }

  public switchCommand(region: string, how: SwitchHow): string {
    return commandLine(this.switchArguments(region, how));
  }

  public async deployController(tools: EstateTools): Promise<void> {
    const assembly = mkdtempSync(join(this.options.folder, 'assembly-'));
    try {
      await this.cdk(['synth', ...HOME, ...CONTROLLER], ['--quiet', '--output', assembly], tools);
      const { stackRegions } = readAssembly(assembly);
      const more = stackRegions.filter((region) => !this.assembly!.stackRegions.includes(region));
      if (more.length > 0) await this.bootstrap(more, tools);
      await this.cdk(['deploy', '--all', ...HOME, ...CONTROLLER, '--concurrency', '8'], [...UNATTENDED, '--app', assembly], tools);
      this.observing = (await Promise.all(stackRegions.map((region) => observersIn(this.aws!, region, tools.signal)))).flat();
    } finally {
      rmSync(assembly, { recursive: true, force: true });
    }
  }

  public async observers(signal: AbortSignal): Promise<{ readonly heard: number; readonly of: number }> {
    const { table, policy } = this.observing[0].settings;
    const query = { TableName: table, ConsistentRead: true, KeyConditionExpression: '#p = :p', ExpressionAttributeNames: { '#p': 'partition' }, ExpressionAttributeValues: { ':p': { S: 'controller' } } };
    const { Items } = await this.aws!.clients.dynamoDb(policy.voters[0]).send(new QueryCommand(query), { abortSignal: signal });
    const keys = Items!.map(({ key }) => key.S!);
    return { heard: keys.includes(REGISTER) ? keys.filter((key) => key.startsWith(REPORTS)).length : 0, of: this.observing.length };
  }

  public async automaticMove(since: number, signal: AbortSignal): Promise<AutomaticMove | undefined> {
    const submit = (await this.aws!.control.accessLog(since)).find(({ operation, callerRegion, status }) => operation === 'SubmitMultiRegionAccessPointRoutes' && callerRegion !== undefined && status === 200);
    const voter = this.observing.find(({ role, region }) => role === 'voter' && region === submit?.callerRegion);
    if (!submit || !voter || signal.aborted) return undefined;
    const decided = (await linesOf(this.aws!, voter, since)).find(({ said }) => said.action === 'fail over');
    return decided && { decidedAt: decided.at, acceptedAt: submit.time + submit.ms, by: `the voter in ${voter.region}`, why: String(decided.said.message) };
  }

  public async routes(avoiding: string, signal: AbortSignal): Promise<Routes> {
    let last: Error | undefined;
    for (const region of CONTROL_REGIONS.filter((one) => one !== avoiding)) {
      if (signal.aborted) throw reasonOf(signal);
      const control = this.controlClients.get(region) ?? this.aws!.clients.s3Control(region, { maxAttempts: 1 });
      this.controlClients.set(region, control);
      try {
        const { Routes: routes } = await limited([signal], CONTROL_TIMEOUT_MS, (abortSignal) => control.send(
          new GetMultiRegionAccessPointRoutesCommand({ AccountId: this.aws!.account, Mrap: this.deployment!.accessPointArn }),
          { abortSignal },
        ));
        return Object.fromEntries(routes!.map((route) => [route.Region!, route.TrafficDialPercentage === 100 ? 'active' : 'passive']));
      } catch (error) {
        last = error as Error;
      }
    }
    throw new Error(`no control endpoint told the routes: ${last?.message}`);
  }

  public async kill(region: string): Promise<void> {
    await this.aws!.control.setRegion(region, FAULTS[this.options.fault]);
  }

  public async heal(): Promise<void> {
    await this.aws!.control.heal();
  }

  public async put(key: string, body: Buffer, signal: AbortSignal): Promise<{ readonly versionId: string }> {
    const answer = await this.dataPlane().send(new PutObjectCommand({ Bucket: this.deployment!.accessPointArn, Key: key, Body: body }), { abortSignal: signal });
    if (answer.VersionId === undefined) throw new Error('the answer named no version');
    return { versionId: answer.VersionId };
  }

  public async get(key: string, signal: AbortSignal): Promise<Buffer | undefined> {
    try {
      const answer = await this.dataPlane().send(new GetObjectCommand({ Bucket: this.deployment!.accessPointArn, Key: key }), { abortSignal: signal });
      return Buffer.from(await answer.Body!.transformToByteArray());
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  public async list(region: string, prefix: string, signal: AbortSignal): Promise<StoredVersion[]> {
    // One attempt, too: a retry could be answered after a heal and be taken for what was so before it.
    const client = this.client(`list ${region}`, () => this.aws!.clients.s3(region, { maxAttempts: 1 }));
    const versions: StoredVersion[] = [];
    let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (markers !== undefined) {
      const page: ListObjectVersionsCommandOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket: this.deployment!.buckets[region], Prefix: prefix, ...markers }),
        { abortSignal: signal },
      );
      for (const version of page.Versions ?? []) {
        versions.push({ key: version.Key!, versionId: version.VersionId!, etag: version.ETag!, isLatest: version.IsLatest === true });
      }
      markers = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    }
    return versions;
  }

  public async fetch(region: string, key: string, versionId: string, signal: AbortSignal): Promise<StoredCopy> {
    const answer = await this.client(region, () => this.aws!.clients.s3(region)).send(
      new GetObjectCommand({ Bucket: this.deployment!.buckets[region], Key: key, VersionId: versionId }),
      { abortSignal: signal },
    );
    return { body: Buffer.from(await answer.Body!.transformToByteArray()), replica: answer.ReplicationStatus === 'REPLICA' };
  }

  public async stop(): Promise<void> {
    // A start that was interrupted still has to be ended; one that failed has ended itself.
    const aws = await this.starting?.catch(() => undefined);
    this.starting = undefined;
    await aws?.stop();
    if (this.assemblyFolder !== undefined) rmSync(this.assemblyFolder, { recursive: true, force: true });
    this.assemblyFolder = undefined;
  }

  /** Not the repository's own `cdk.out`: two commands may not write to one folder at a time. */
  private output(): string[] {
    this.assemblyFolder ??= mkdtempSync(join(this.options.folder, 'assembly-'));
    return ['--output', this.assemblyFolder];
  }

  private switchArguments(region: string, how: SwitchHow): string[] {
    const { homeStack, switchParameter, switchIdParameter } = this.assembly!;
    const forced = how === 'forced' ? ['--parameters', `${homeStack}:${switchIdParameter}=${FORCE_PREFIX}${region}`] : [];
    return ['deploy', homeStack, ...HOME, '--exclusively', '--parameters', `${homeStack}:${switchParameter}=${region}`, ...forced];
  }

  /** One attempt each: a retry inside the client would hide the failure that is to be counted. */
  private dataPlane(): S3Client {
    return this.client('data plane', () => this.aws!.clients.dataPlane({ maxAttempts: 1 }));
  }

  private client(name: string, make: () => S3Client): S3Client {
    const client = this.s3Clients.get(name) ?? make();
    this.s3Clients.set(name, client);
    return client;
  }

  private async cdk(args: readonly string[], more: readonly string[], tools: EstateTools, folder = this.options.root): Promise<void> {
    tools.ran(commandLine(args));
    const { AWS_PROFILE, AWS_DEFAULT_PROFILE, AWS_SESSION_TOKEN, ...inherited } = process.env;
    // The command works from where the home stack is, and so must not ask the Region that dies for anything.
    const home = this.assembly === undefined ? {} : { AWS_REGION: this.assembly.homeRegion, AWS_DEFAULT_REGION: this.assembly.homeRegion };
    const result = await runCommand({
      command: process.execPath,
      args: [join(this.options.root, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, ...more, '--no-notices', '--ci', '--no-color'],
      cwd: folder,
      env: { ...inherited, ...this.aws!.env, ...home },
      signal: tools.signal,
      logFile: join(this.options.folder, 'commands.log'),
      onLine: (line) => {
        this.options.onOutput(line);
        const progress = progressOf(line);
        if (progress !== undefined) tools.note(progress);
      },
    });
    if (result.code === 0) return;
    const how = result.endedBy === null ? `ended with status ${result.code}` : `was ended by ${result.endedBy}`;
    const why = failureOf(result.tail);
    throw new Error(`'cdk ${args[0]}' ${how}${why === '' ? '' : `: ${why}`}; all of its output is in .local/rehearsal/commands.log`);
  }
}

function commandLine(args: readonly string[]): string {
  return ['npx cdk', ...args].join(' ');
}
