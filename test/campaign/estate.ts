import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, DeleteAccessKeyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, HeadObjectCommand, ListObjectVersionsCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { AccessLogEntry, Credentials, LocalAws } from '../../local';
import { systemWallClock } from '../../runtime/aws/system';
import { fenceStatement } from '../../runtime/core/operate/fence/statement';
import { EAST, IRELAND, Lab, WEST } from '../local/replication-lab';
import { createAccessPoint, submitRoutes } from '../local/support';
import { manifest } from '../runtime/support/manifest';

export const REGIONS = [EAST, WEST, IRELAND] as const;
/** Active when a try begins. */
export const ORIGIN = EAST;
/** How long a fence that was left behind lasts: one in use lasts longer. */
const LEFT_MS = 60_000;
/** A comparison takes less, and so meets what is on its way. */
const BEHIND_MS = 2_500;

export interface Operator extends Credentials {
  /** Of its user. */
  readonly name: string;
  readonly expire: () => Promise<void>;
}

/** What one try may touch, as somebody who judges it sees it: as root, past the operator's tool. */
export class CampaignEstate {
  private users = 0;
  private behind?: string;

  private constructor(
    private readonly lab: Lab,
    readonly accessPoint: string,
    readonly buckets: { readonly [region: string]: string },
    readonly manifestFile: string,
    readonly folder: string,
  ) {}

  static async start(): Promise<CampaignEstate> {
    const lab = await Lab.start();
    try {
      const names = await lab.mesh([...REGIONS]);
      const buckets = Object.fromEntries(REGIONS.map((region, index) => [region, names[index]]));
      const accessPoint = await createAccessPoint(lab.aws, 'media', names);
      const folder = mkdtempSync(join(tmpdir(), 'campaign-'));
      const manifestFile = join(folder, 'media.json');
      const made = manifest({ buckets, routing: { mode: 'failover-order', regions: [...REGIONS] } }, accessPoint);
      writeFileSync(manifestFile, JSON.stringify({ ...made, accessPoint: { ...made.accessPoint, buckets } }));
      await lab.aws.control.setPropagation({ ms: 500 });
      await lab.aws.control.setReplication({ lagMs: 100 });
      await lab.aws.control.setReplicationMetrics({ periodMs: 1_000, delayMs: 200 });
      return new CampaignEstate(lab, accessPoint, buckets, manifestFile, folder);
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  get aws(): LocalAws {
    return this.lab.aws;
  }

  async stop(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
    await this.lab.stop();
  }

  /** Everything well, nothing on its way, only the origin active. */
  async reset(): Promise<void> {
    await this.aws.control.heal();
    for (const region of REGIONS) await this.lab.s3(region).send(new DeleteBucketPolicyCommand({ Bucket: this.buckets[region] }));
    // A submit that was delivered late may stand in the way of this one.
    for (let tries = 0; ; tries++) {
      try {
        await submitRoutes(this.aws, this.accessPoint, Object.fromEntries(REGIONS.map((region) => [region, region === ORIGIN ? 100 : 0])), 'ap-southeast-2');
        break;
      } catch (error) {
        if (tries > 5) throw error;
        await pause(300);
      }
    }
    await pause(600);
    await this.lab.idle({ timeoutMs: 30_000 });
  }

  /** As a run that died leaves it. */
  async leaveFence(region: string): Promise<void> {
    const Bucket = this.buckets[region];
    const statement = JSON.parse(fenceStatement(systemWallClock, { actId: 'deadact01', until: Date.now() + LEFT_MS }, { partition: 'aws', bucket: Bucket })) as object;
    await this.lab.s3(region).send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }));
  }

  /** An object that no other Region has yet, and all will have soon. */
  async leaveBehind(region: string): Promise<void> {
    const source = this.buckets[region];
    await this.aws.control.setReplication({ source, paused: true });
    const { VersionId } = await this.lab.s3(region).send(new PutObjectCommand({ Bucket: source, Key: 'behind', Body: 'x' }));
    this.behind = VersionId;
    setTimeout(() => void this.aws.control.setReplication({ source, paused: false }).catch(() => undefined), BEHIND_MS).unref();
  }

  /** Whether a Region has what was left behind. */
  async arrived(region: string): Promise<boolean> {
    return (await this.versionsIn(region, 'behind')).has(this.behind!);
  }

  /** An operator of its own, so that its requests can be told from all others'. */
  async operator(): Promise<Operator> {
    const iam = this.aws.clients.iam();
    const UserName = `operator-${++this.users}`;
    const names = Object.values(this.buckets).map((name) => `arn:aws:s3:::${name}`);
    const statements = [
      { Effect: 'Allow', Action: ['s3:GetMultiRegionAccessPointRoutes', 's3:SubmitMultiRegionAccessPointRoutes'], Resource: this.accessPoint },
      { Effect: 'Allow', Action: ['s3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:GetReplicationConfiguration', 's3:GetBucketVersioning'], Resource: names },
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'], Resource: [...names.map((name) => `${name}/*`), `${this.accessPoint}/object/*`] },
      { Effect: 'Allow', Action: ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData', 'sts:GetCallerIdentity'], Resource: '*' },
    ];
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'operate', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey!;
    return {
      name: UserName,
      accessKeyId: accessKeyId!,
      secretAccessKey: secretAccessKey!,
      expire: async () => void (await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: accessKeyId }))),
    };
  }

  /** Regions that are active as submitted. */
  async active(): Promise<string[]> {
    const { accessPoints } = await this.aws.control.state();
    return accessPoints[this.accessPoint.split('/')[1]].submitted.filter(({ dial }) => dial > 0).map(({ region }) => region);
  }

  /** Fences in any Region's policy, by when they end; `never` for one without an end. */
  async fences(): Promise<{ readonly region: string; readonly until: number | 'never' }[]> {
    const found = await Promise.all(REGIONS.map(async (region) => {
      const answer = await this.lab.s3(region).send(new GetBucketPolicyCommand({ Bucket: this.buckets[region] })).catch(() => undefined);
      const statements = answer?.Policy === undefined ? [] : (JSON.parse(answer.Policy) as { Statement: { Effect: string; Condition?: { DateLessThan?: { 'aws:CurrentTime'?: string } } }[] }).Statement;
      return statements.filter(({ Effect }) => Effect === 'Deny').map(({ Condition }) => {
        const until = Condition?.DateLessThan?.['aws:CurrentTime'];
        return { region, until: until === undefined ? ('never' as const) : Date.parse(until) };
      });
    }));
    return found.flat();
  }

  /** Version ids that one Region's bucket holds under a prefix. */
  async versionsIn(region: string, prefix: string): Promise<Set<string>> {
    const ids = new Set<string>();
    let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await this.lab.s3(region).send(new ListObjectVersionsCommand({ Bucket: this.buckets[region], Prefix: prefix, ...marker }));
      for (const { VersionId } of page.Versions ?? []) ids.add(VersionId!);
      if (!page.IsTruncated) return ids;
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
  }

  /** Whether the copy of one Region is the one that a client wrote there. */
  async wroteIn(region: string, key: string, versionId: string): Promise<boolean> {
    const head = await this.lab.s3(region).send(new HeadObjectCommand({ Bucket: this.buckets[region], Key: key, VersionId: versionId })).catch(() => undefined);
    return head !== undefined && head.ReplicationStatus !== 'REPLICA';
  }

  /** What an operator called, in the order of arrival. */
  async callsOf({ name, accessKeyId }: Operator, since: number): Promise<AccessLogEntry[]> {
    const log = await this.aws.control.accessLog(since);
    return log.filter(({ principal }) => principal === accessKeyId || principal?.endsWith(`/${name}`));
  }

  /** Route submits that the service refused as such: a plan without an active Region among them. */
  async badSubmits(since: number): Promise<number> {
    const log = await this.aws.control.accessLog(since);
    return log.filter(({ operation, status }) => /^Submit.*Routes/.test(operation) && status === 400).length;
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
