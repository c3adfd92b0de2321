import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  AbortMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { type IMultiRegionBucket, MultiRegionBucket } from '../../lib';
import { Estate, eventually } from './support/estate';

const REGIONS = ['us-east-1', 'us-west-2'];
const ACCOUNT = '111122223333';
const PREFIX = 'granted';

jest.setTimeout(180_000);

const VERBS: Record<string, (bucket: IMultiRegionBucket, role: iam.Role) => unknown> = {
  none: () => undefined,
  Read: (bucket, role) => bucket.grantRead(role),
  Put: (bucket, role) => bucket.grantPut(role),
  Write: (bucket, role) => bucket.grantWrite(role),
  ReadWrite: (bucket, role) => bucket.grantReadWrite(role),
  Delete: (bucket, role) => bucket.grantDelete(role),
};

/** What each verb lets a principal do, through the access point and at the buckets themselves. */
const MAY: Record<string, { read: boolean; list: boolean; put: boolean; upload: boolean; remove: boolean }> = {
  none: { read: false, list: false, put: false, upload: false, remove: false },
  Read: { read: true, list: true, put: false, upload: false, remove: false },
  Put: { read: false, list: false, put: true, upload: true, remove: false },
  Write: { read: false, list: false, put: true, upload: true, remove: true },
  ReadWrite: { read: true, list: true, put: true, upload: true, remove: true },
  Delete: { read: false, list: false, put: false, upload: false, remove: true },
};

describe('grants', () => {
  let estate: Estate;
  let arn: string;

  beforeAll(async () => {
    estate = await Estate.start(REGIONS);
    const { exitCode, output } = await estate.aws.cdk(['deploy', '--all', '--require-approval', 'never', '--app', synthesize()]);
    if (exitCode !== 0) throw new Error(output);
    arn = await estate.arn(REGIONS[0], `/s3-failover/${PREFIX}`);
    await estate.put(arn, 'there');
    for (const region of REGIONS) await eventually(() => estate.read(region, 'there', PREFIX), (body) => body !== undefined);
  });

  afterAll(() => estate?.stop());

  /** The consumer's stack is in the Region that is passive, and knows the bucket by its manifest alone. */
  describe.each(['owner', 'consumer'])('to a role in the stack of the %s', (place) => {
    test.each(Object.keys(VERBS))('grant%s lets it do what the verb says through the access point, and nothing else', async (verb) => {
      const client = await actAs(estate, `${place}-${verb}`);

      expect(await whatWorks(client, arn)).toEqual(MAY[verb]);
    });

    test('work while the other Region is the active one', async () => {
      await estate.moveByHand(arn, 'us-west-2');
      try {
        expect(await whatWorks(await actAs(estate, `${place}-ReadWrite`), arn)).toEqual(MAY.ReadWrite);
      } finally {
        await estate.moveByHand(arn, 'us-east-1');
      }
    });
  });
});

function synthesize(): string {
  const outdir = mkdtempSync(join(tmpdir(), 's3-failover-grants-'));
  const app = new App({ outdir, analyticsReporting: false });
  const owner = new Stack(app, 'Owner', { env: { region: REGIONS[0] } });
  const bucket = new MultiRegionBucket(owner, 'Bucket', { regions: REGIONS, bucketNamePrefix: PREFIX });
  makeRoles(owner, 'owner', bucket);
  const consumer = new Stack(app, 'Consumer', { env: { region: REGIONS[1] } });
  consumer.addDependency(owner);
  makeRoles(consumer, 'consumer', MultiRegionBucket.fromManifest(consumer, 'Bucket', {
    manifestParameterName: `/s3-failover/${PREFIX}`, regions: REGIONS, bucketNamePrefix: PREFIX,
  }));
  app.synth();
  return outdir;
}

function makeRoles(stack: Stack, place: string, bucket: IMultiRegionBucket): void {
  for (const [verb, grant] of Object.entries(VERBS)) {
    const role = new iam.Role(stack, `Role${verb}`, { roleName: `${place}-${verb}`, assumedBy: new iam.AccountRootPrincipal() });
    grant(bucket, role);
  }
}

async function actAs(estate: Estate, roleName: string): Promise<S3Client> {
  const { Credentials } = await estate.aws.clients.sts('us-east-1').send(new AssumeRoleCommand({
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/${roleName}`, RoleSessionName: 'test',
  }));
  return estate.aws.clients.dataPlane({
    credentials: { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken! },
  });
}

async function whatWorks(client: S3Client, arn: string): Promise<object> {
  const upload = async () => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: arn, Key: 'upload' }));
    await client.send(new AbortMultipartUploadCommand({ Bucket: arn, Key: 'upload', UploadId }));
  };
  return {
    read: await isAllowed(client.send(new GetObjectCommand({ Bucket: arn, Key: 'there' }))),
    list: await isAllowed(client.send(new ListObjectsV2Command({ Bucket: arn }))),
    put: await isAllowed(client.send(new PutObjectCommand({ Bucket: arn, Key: 'put', Body: 'put' }))),
    upload: await isAllowed(upload()),
    remove: await isAllowed(client.send(new DeleteObjectCommand({ Bucket: arn, Key: 'put' }))),
  };
}

async function isAllowed(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if ((error as Error).name === 'AccessDenied') return false;
    throw error;
  }
}
