import { Agent } from 'node:http';
import { GetBucketPolicyCommand, ListMultipartUploadsCommand, ListObjectVersionsCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { controlEndpoints } from '../../../runtime/aws/control-endpoint';
import { accessPointTrial, bucketTrials } from '../../../runtime/aws/trials';
import { parseAccessPointArn } from '../../../runtime/core/routes/access-point';
import { IMPOSSIBLE_ROUTES } from '../../../runtime/core/operate/doctor/checks/impossible-routes';
import type { Credentials } from '../../../local';
import { arn, EAST, Lab, policy, WEST } from '../replication-lab';
import { createAccessPoint } from '../support';

jest.setTimeout(60_000);

const KEY = '.s3-failover/probe/doctor/trial';
const signal = new AbortController().signal;
let lab: Lab;
let east: string;
let west: string;
let accessPointArn: string;

beforeAll(async () => {
  lab = await Lab.start();
  [east, west] = [await lab.bucket(EAST), await lab.bucket(WEST)];
  accessPointArn = await createAccessPoint(lab.aws, 'trials', [east, west]);
});
afterAll(() => lab?.stop());

const trials = (credentials: Credentials) =>
  bucketTrials({ region: EAST, name: east, account: lab.aws.account, config: { endpoint: lab.aws.endpoint, forcePathStyle: true, credentials } });
const through = (credentials: Credentials) =>
  accessPointTrial({ accessPoint: parseAccessPointArn(accessPointArn)!, region: WEST, makeClient: (config) => lab.aws.clients.reach(new S3Client({ ...config, credentials })) });
const may = (Action: string | string[], ...Resource: string[]) => lab.user([{ Effect: 'Allow', Action, Resource }]);
const nobody = () => lab.user([{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }]);

/** The SDK puts the account before the host, and no resolver knows that name. */
function toThisMachine(_: string, options: { all?: boolean }, done: (...answer: unknown[]) => void): void {
  if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
}

/** Everything that a trial could have changed. */
async function state(): Promise<unknown> {
  const s3 = lab.s3(EAST);
  const versions = await s3.send(new ListObjectVersionsCommand({ Bucket: east }));
  const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket: east }));
  const bucketPolicy = await s3.send(new GetBucketPolicyCommand({ Bucket: east })).then((answer) => answer.Policy, (error: Error) => error.name);
  const routes = await lab.aws.clients.s3Control(WEST).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: lab.aws.account, Mrap: accessPointArn }));
  return [versions.Versions, versions.DeleteMarkers, uploads.Uploads, bucketPolicy, routes.Routes];
}

test.each([
  ['to put an object', 's3:PutObject', () => `${arn(east)}/.s3-failover/*`, (one: ReturnType<typeof trials>) => one.putObject(KEY, signal)],
  ['to put a policy', 's3:PutBucketPolicy', () => arn(east), (one: ReturnType<typeof trials>) => one.putPolicy(signal)],
  ['to remove a version', 's3:DeleteObjectVersion', () => `${arn(east)}/.s3-failover/*`, (one: ReturnType<typeof trials>) => one.removeVersion(KEY, signal)],
  ['to remove versions in batches', ['s3:DeleteObject', 's3:DeleteObjectVersion'], () => `${arn(east)}/.s3-failover/*`, (one: ReturnType<typeof trials>) => one.removeBatch(KEY, signal)],
])('the permission %s is tried without a change', async (_, action, resource, attempt) => {
  const before = await state();
  const allowed = trials(await may(action, resource()));
  const denied = trials(await nobody());
  await attempt(allowed);
  await expect(attempt(denied)).rejects.toMatchObject({ status: 403, denied: true });
  allowed.close();
  denied.close();
  expect(await state()).toEqual(before);
});

test.each([
  ['s3:DeleteObject', 'one by one', (one: ReturnType<typeof trials>) => one.removeVersion(KEY, signal)],
  // Whether the other one is enough for a batch, the local AWS judges more mildly than S3 documents.
  ['s3:DeleteObjectVersion', 'in batches', (one: ReturnType<typeof trials>) => one.removeBatch(KEY, signal)],
])('%s alone is not enough to remove versions %s', async (action, _, attempt) => {
  const half = trials(await may(action, `${arn(east)}/.s3-failover/*`));
  await expect(attempt(half)).rejects.toMatchObject({ denied: true });
  half.close();
});

test('the permission to write through the access point is tried with a signature for every Region, and without a change', async () => {
  const before = await state();
  const objects = [east, west].map((name) => `${arn(name)}/.s3-failover/*`);
  const both = through(await may('s3:PutObject', `${accessPointArn}/object/.s3-failover/*`, ...objects));
  await both.putObject(KEY, signal);
  for (const part of [[`${accessPointArn}/object/.s3-failover/*`], objects]) {
    const half = through(await may('s3:PutObject', ...part));
    await expect(half.putObject(KEY, signal)).rejects.toMatchObject({ status: 403, denied: true });
    half.close();
  }
  both.close();
  expect(await state()).toEqual(before);
});

test('the permission to submit routes is told by a submit that no access point can accept, and routes stay as they are', async () => {
  const before = await state();
  const accessPoint = parseAccessPointArn(accessPointArn)!;
  const ask = async (credentials: Credentials) => {
    const { endpoints, close } = controlEndpoints({ endpoint: lab.aws.endpoint, credentials, requestHandler: { httpAgent: new Agent({ lookup: toThisMachine as never }) } });
    const kinds: string[] = [];
    for (const endpoint of endpoints) {
      const answer = await endpoint.submit(accessPoint, IMPOSSIBLE_ROUTES, signal);
      kinds.push(answer.ok ? 'accepted' : answer.failure.kind);
    }
    close();
    return kinds;
  };
  expect(await ask(await may('s3:SubmitMultiRegionAccessPointRoutes', accessPointArn))).toEqual(Array(5).fill('bad request'));
  expect(await ask(await may('s3:GetMultiRegionAccessPointRoutes', accessPointArn))).toEqual(Array(5).fill('forbidden'));
  expect(await state()).toEqual(before);
});

test('the local AWS refuses a policy that is none, and keeps one that is', async () => {
  await expect(lab.s3(EAST).send(new PutBucketPolicyCommand({ Bucket: east, Policy: 'nonsense' }))).rejects.toMatchObject({ name: 'MalformedPolicy' });
  await lab.s3(EAST).send(new PutBucketPolicyCommand({ Bucket: east, Policy: policy([{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `${arn(east)}/never` }]) }));
  const { Policy } = await lab.s3(EAST).send(new GetBucketPolicyCommand({ Bucket: east }));
  expect(Policy).toContain('/never');
});
