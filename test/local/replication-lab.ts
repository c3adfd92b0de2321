import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, PutRolePolicyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand, GetObjectCommand, HeadObjectCommand, ListObjectVersionsCommand, PutBucketReplicationCommand, PutBucketVersioningCommand,
  type BucketLocationConstraint, type HeadObjectCommandOutput, type ReplicationRule, type S3Client,
} from '@aws-sdk/client-s3';
import { startLocalAws, type Credentials, type LocalAws } from '../../local';
import type { QueueReport } from '../../local/gateway/replication';

export const EAST = 'us-east-1';
export const WEST = 'us-west-2';
export const IRELAND = 'eu-west-1';

/** A policy statement as JSON. */
export type Statement = Record<string, unknown>;

const TRUSTS_S3: Statement = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };

/** What a replication role needs, and nothing else. */
export function replicationStatements(source: string, destinations: string[]): Statement[] {
  return [
    { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: arn(source) },
    { Effect: 'Allow', Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'], Resource: `${arn(source)}/*` },
    { Effect: 'Allow', Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], Resource: destinations.map((name) => `${arn(name)}/*`) },
  ];
}

export function arn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function policy(statements: Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** A local AWS with short lag, and buckets and roles to replicate with. */
export class Lab {
  private readonly clients = new Map<string, S3Client>();
  private count = 0;

  private constructor(public readonly aws: LocalAws) {}

  public static async start(): Promise<Lab> {
    const lab = new Lab(await startLocalAws());
    await lab.aws.control.setReplication({ lagMs: 20 });
    return lab;
  }

  public s3(region: string): S3Client {
    const client = this.clients.get(region) ?? this.aws.clients.s3(region, { maxAttempts: 1 });
    this.clients.set(region, client);
    return client;
  }

  public name(kind: string): string {
    this.count += 1;
    return `${kind}-${this.count}`;
  }

  public async bucket(region: string, versioning: 'Enabled' | 'Suspended' | 'off' = 'Enabled'): Promise<string> {
    const Bucket = this.name(`bucket-${region}`);
    const place = { LocationConstraint: region as BucketLocationConstraint };
    await this.s3(region).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: region === EAST ? undefined : place }));
    if (versioning !== 'off') await this.setVersioning(region, Bucket, versioning);
    return Bucket;
  }

  public async setVersioning(region: string, Bucket: string, Status: 'Enabled' | 'Suspended'): Promise<void> {
    await this.s3(region).send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  }

  /** A role's ARN. */
  public async role(statements: Statement[], trust: Statement = TRUSTS_S3): Promise<string> {
    const RoleName = this.name('role');
    const iam = this.aws.clients.iam();
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy([trust]) }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: policy(statements) }));
    return Role!.Arn!;
  }

  /** Keys of a new user with one policy. */
  public async user(statements: Statement[]): Promise<Credentials> {
    const UserName = this.name('user');
    const iam = this.aws.clients.iam();
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(statements) }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  }

  public async putRules(region: string, Bucket: string, Role: string, Rules: ReplicationRule[]): Promise<void> {
    await this.s3(region).send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: { Role, Rules } }));
  }

  /** Replicates from one bucket to others, with a role of its own that may just do that. */
  public async replicate(region: string, source: string, destinations: string[], change: Partial<ReplicationRule> = {}): Promise<void> {
    const role = await this.role(replicationStatements(source, destinations));
    await this.putRules(region, source, role, destinations.map((name, index) => rule(name, { Priority: index + 1, ...change })));
  }

  /** A source in us-east-1 with a replica in each Region given, rules in place. */
  public async estate(regions: string[], change: Partial<ReplicationRule> = {}): Promise<string[]> {
    const source = await this.bucket(EAST);
    const destinations: string[] = [];
    for (const region of regions) destinations.push(await this.bucket(region));
    await this.replicate(EAST, source, destinations, change);
    return [source, ...destinations];
  }

  /** Buckets in several Regions, each replicating to all others, with replica modification sync. */
  public async mesh(regions: string[]): Promise<string[]> {
    const buckets: string[] = [];
    for (const region of regions) buckets.push(await this.bucket(region));
    for (const [index, region] of regions.entries()) {
      await this.replicate(region, buckets[index], buckets.filter((_, other) => other !== index), {
        DeleteMarkerReplication: { Status: 'Enabled' },
        SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
      });
    }
    return buckets;
  }

  public idle(ends: { source?: string; destination?: string; timeoutMs?: number } = {}): Promise<QueueReport> {
    return this.aws.control.waitForReplication(ends);
  }

  public queue(ends: { source?: string; destination?: string; listed?: number } = {}): Promise<QueueReport> {
    return this.aws.control.replicationQueue(ends);
  }

  public async head(region: string, Bucket: string, Key: string, VersionId?: string): Promise<HeadObjectCommandOutput | undefined> {
    return this.s3(region).send(new HeadObjectCommand({ Bucket, Key, VersionId })).catch((error: Error) => {
      if (error.name === 'NotFound') return undefined;
      throw error;
    });
  }

  /** x-amz-replication-status, or 'absent' when there is no such object. */
  public async status(region: string, bucket: string, key: string): Promise<string | undefined> {
    const head = await this.head(region, bucket, key);
    return head ? head.ReplicationStatus : 'absent';
  }

  public async text(region: string, Bucket: string, Key: string): Promise<string> {
    const { Body } = await this.s3(region).send(new GetObjectCommand({ Bucket, Key }));
    return Body!.transformToString();
  }

  /** Version ids of a key, newest first, delete markers with a minus in front. */
  public async stack(region: string, Bucket: string, Key: string): Promise<string[]> {
    const { Versions = [], DeleteMarkers = [] } = await this.s3(region).send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
    return [...Versions.map((version) => ({ ...version, sign: '' })), ...DeleteMarkers.map((marker) => ({ ...marker, sign: '-' }))]
      .sort((a, b) => Number(b.LastModified) - Number(a.LastModified))
      .map(({ sign, VersionId }) => `${sign}${VersionId}`);
  }

  /** Codes of what failed from a bucket, newest first. */
  public async failures(source: string): Promise<string[]> {
    const { directions } = await this.idle({ source }).then(() => this.queue({ source }));
    return directions.flatMap(({ failed }) => failed.map(({ code }) => code));
  }

  public stop(): Promise<void> {
    return this.aws.stop();
  }
}

/** A V2 rule over every object; each field may be replaced. */
export function rule(destination: string, change: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    ID: `to-${destination}`,
    Priority: 1,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: arn(destination) },
    ...change,
  };
}
