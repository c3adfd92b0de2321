import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { startLocalAws, type LocalAws } from '../../local';
import { outcome } from './support';

const APP = `node -r ts-node/register ${join(__dirname, 'fixtures', 'two-stacks.ts')}`;
let aws: LocalAws;

beforeAll(async () => {
  aws = await startLocalAws();
  await aws.bootstrap(['us-east-1', 'eu-west-1']);
}, 120_000);
afterAll(() => aws.stop());

function deploy(...args: string[]): ReturnType<LocalAws['cdk']> {
  const output = mkdtempSync(join(tmpdir(), 'local-aws-cdk-'));
  return aws.cdk(['deploy', '--all', '--app', APP, '--output', output, '--require-approval', 'never', '--concurrency', '2', ...args]);
}

test('fails when the function of a deployment may not write to the bucket behind the access point', async () => {
  const { exitCode, output } = await deploy('--context', 'without=write to the buckets');

  expect(output).toMatch(/not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::cdk-eu-west-1/);
  expect(exitCode).toBe(1);
}, 120_000);

test('the cdk command deploys two Regions, and a function in one of them switches and writes through the access point', async () => {
  const { exitCode, output } = await deploy();
  expect(output).toContain('✅  Home');
  expect(exitCode).toBe(0);

  const { Stacks } = await aws.clients.cloudFormation('us-east-1').send(new DescribeStacksCommand({ StackName: 'Home' }));
  const arn = Stacks![0].Outputs!.find(({ OutputKey }) => OutputKey === 'Arn')!.OutputValue!;
  expect(await outcome(aws.clients.dataPlane().send(new GetObjectCommand({ Bucket: arn, Key: 'from-lambda' })))).toBe('ok');
  expect(await outcome(aws.clients.s3('eu-west-1').send(new HeadObjectCommand({ Bucket: 'cdk-eu-west-1', Key: 'from-lambda' })))).toBe('ok');
  const write = (await aws.control.accessLog()).find(({ key, status }) => key === 'from-lambda' && status === 200)!;
  expect(write).toMatchObject({ callerRegion: 'us-east-1', region: 'eu-west-1', operation: 'PutObject' });
  expect(write.principal).toContain('assumed-role/Home-Switcher');
}, 120_000);
