import { rmSync } from 'node:fs';
import { DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { GetMultiRegionAccessPointRoutesCommand, SubmitMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type CdkResult, type LocalAws, startLocalAws } from '../../../local';
import type { Manifest } from '../../../lib/private/contract';
import { type MediaOptions, PREFIX, synthesizeMedia } from './media-app';

/** A local AWS with deployments of the test application in it, and the questions that tests ask. */
export class Estate {
  public static async start(regions: string[]): Promise<Estate> {
    const aws = await startLocalAws();
    try {
      await aws.bootstrap(regions);
      await aws.control.setReplication({ lagMs: 50 });
      await aws.control.setPropagation({ ms: 0 });
    } catch (error) {
      await aws.stop();
      throw error;
    }
    return new Estate(aws);
  }

  private readonly data: S3Client;

  private constructor(public readonly aws: LocalAws) {
    this.data = aws.clients.dataPlane();
  }

  public stop(): Promise<void> {
    return this.aws.stop();
  }

  /** Deploys every stack, as a first deployment does; answers with what the command said. */
  public deployAll(options: MediaOptions, ...more: string[]): Promise<CdkResult> {
    return this.command(options, ['deploy', '--all', '--concurrency', '8', ...more]);
  }

  /** Deploys the home stack alone, as a switch does. */
  public deployHome(options: MediaOptions, ...more: string[]): Promise<CdkResult> {
    return this.command(options, ['deploy', options.stack ?? 'Media', '--exclusively', ...more]);
  }

  public switchTo(options: MediaOptions, region: string, ...more: string[]): Promise<CdkResult> {
    return this.deployHome(options, '--parameters', `${options.stack ?? 'Media'}:ActiveRegion=${region}`, ...more);
  }

  public destroyAll(options: MediaOptions): Promise<CdkResult> {
    return this.command(options, ['destroy', '--all', '--force']);
  }

  private async command(options: MediaOptions, words: string[]): Promise<CdkResult> {
    const assembly = synthesizeMedia(options);
    try {
      const [verb, ...rest] = words;
      const approval = verb === 'deploy' ? ['--require-approval', 'never'] : [];
      return await this.aws.cdk([verb, '--app', assembly, ...approval, ...rest]);
    } finally {
      rmSync(assembly, { recursive: true, force: true });
    }
  }

  public async stackStatus(home: string, stackName = 'Media'): Promise<string> {
    const { Stacks } = await this.aws.clients.cloudFormation(home).send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks![0].StackStatus!;
  }

  /** Why the last failed resource of a stack failed, as CloudFormation's events have it. */
  public async failureReason(home: string, stackName = 'Media'): Promise<string> {
    const { StackEvents } = await this.aws.clients.cloudFormation(home).send(new DescribeStackEventsCommand({ StackName: stackName }));
    const failed = StackEvents!.find((event) => /_FAILED$/.test(event.ResourceStatus!) && event.ResourceType !== 'AWS::CloudFormation::Stack');
    return failed?.ResourceStatusReason ?? '';
  }

  /** The digest that the guard's last refusal prints, if that is what failed. */
  public async refusedDigest(home: string, stackName?: string): Promise<string | undefined> {
    return /'acknowledgeReplacement' to '([0-9a-f]{16})'/.exec(await this.failureReason(home, stackName))?.[1];
  }

  /** The manifest as one Region has it. */
  public async manifest(region: string, name = `/s3-failover/${PREFIX}`): Promise<Manifest> {
    const { Parameter } = await this.aws.clients.ssm(region).send(new GetParameterCommand({ Name: name }));
    return JSON.parse(Parameter!.Value!);
  }

  public async arn(region: string, name?: string): Promise<string> {
    return (await this.manifest(region, name)).accessPoint.arn;
  }

  /** Live routes: Region to dial. */
  public async routes(arn: string, endpoint = 'ap-northeast-1'): Promise<Record<string, number>> {
    const answer = await this.aws.clients.s3Control(endpoint).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: this.aws.account, Mrap: arn }));
    return Object.fromEntries(answer.Routes!.map((route) => [route.Region!, route.TrafficDialPercentage!]));
  }

  /** Moves traffic as a person with the API would. */
  public async moveByHand(arn: string, active: string): Promise<void> {
    const regions = Object.keys(await this.routes(arn));
    await this.aws.clients.s3Control('ap-southeast-2').send(new SubmitMultiRegionAccessPointRoutesCommand({
      AccountId: this.aws.account,
      Mrap: arn,
      RouteUpdates: regions.map((region) => ({ Region: region, TrafficDialPercentage: region === active ? 100 : 0 })),
    }));
  }

  /** Writes through the access point. */
  public async put(arn: string, key: string, body = key): Promise<void> {
    await this.data.send(new PutObjectCommand({ Bucket: arn, Key: key, Body: body }));
  }

  /** Reads from the bucket of one Region, or answers `undefined` when the object is not there. */
  public async read(region: string, key: string, prefix = PREFIX): Promise<string | undefined> {
    try {
      const { Body } = await this.aws.clients.s3(region).send(new GetObjectCommand({ Bucket: this.bucket(region, prefix), Key: key }));
      return await Body!.transformToString();
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  public async replicationStatus(region: string, key: string, prefix = PREFIX): Promise<string | undefined> {
    const { ReplicationStatus } = await this.aws.clients.s3(region).send(new HeadObjectCommand({ Bucket: this.bucket(region, prefix), Key: key }));
    return ReplicationStatus;
  }

  public bucket(region: string, prefix = PREFIX): string {
    return `${prefix}-${this.aws.account}-${region}-an`;
  }
}

/** Asks again until the answer is there; the bound only ends a test that would fail. */
export async function eventually<T>(ask: () => Promise<T>, enough: (answer: T) => boolean, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (enough(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Only this Region takes traffic. */
export function onlyActive(regions: readonly string[], active: string): Record<string, number> {
  return Object.fromEntries(regions.map((region) => [region, region === active ? 100 : 0]));
}
