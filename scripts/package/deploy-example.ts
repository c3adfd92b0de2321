// Deploys, switches and destroys an example that was synthesized from the packed library, on the local AWS, and looks at it with
// the packed command.
// Usage: ts-node scripts/package/deploy-example.ts <folder of the example, with its cdk.out>
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type LocalAws, startLocalAws } from '../../local';

const HOME = 'us-east-1';
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const STACK = 'Media';
const MANIFEST = '/s3-failover/my-media';

async function main(folder: string): Promise<void> {
  const aws = await startLocalAws();
  try {
    await aws.bootstrap([...new Set([HOME, ...REGIONS])]);
    const cdk = async (...words: string[]) => {
      const { exitCode, output } = await aws.cdk([words[0], '--app', 'cdk.out', ...words.slice(1)], { cwd: folder });
      if (exitCode !== 0) throw new Error(`'cdk ${words.join(' ')}' failed:\n${output}`);
    };
    await cdk('deploy', '--all', '--require-approval', 'never', '--concurrency', '8');
    const arn = await accessPointArn(aws);
    await expectActive(aws, arn, REGIONS[0]);
    await useCommand(aws, folder);
    await aws.clients.dataPlane().send(new PutObjectCommand({ Bucket: arn, Key: 'kept', Body: 'kept' }));
    await cdk('deploy', STACK, '--exclusively', '--require-approval', 'never', '--parameters', `${STACK}:ActiveRegion=${REGIONS[1]}`);
    await expectActive(aws, arn, REGIONS[1]);
    await cdk('destroy', '--all', '--force');
    const bucket = `my-media-${aws.account}-${REGIONS[0]}-an`;
    const { Body } = await aws.clients.s3(REGIONS[0]).send(new GetObjectCommand({ Bucket: bucket, Key: 'kept' }));
    if (await Body!.transformToString() !== 'kept') throw new Error(`the object in '${bucket}' did not survive the destroyed stacks`);
    console.log('deployed, looked at with the packed command, switched and destroyed; the object is still there');
  } finally {
    await aws.stop();
  }
}

/** As installed: help without AWS, then the manifest by way of the app, and the status by way of the file. */
async function useCommand(aws: LocalAws, folder: string): Promise<void> {
  const command = (...args: string[]) =>
    promisify(execFile)(join(folder, '..', 'node_modules', '.bin', 's3-failover'), args, { cwd: folder, env: { ...process.env, ...aws.env } });
  const { stdout: help } = await command('--help');
  if (!help.startsWith('Usage: s3-failover <verb>')) throw new Error(`'s3-failover --help' of the packed library says:\n${help}`);
  await command('export', 'media.json', '--app', 'cdk.out');
  const { stdout } = await command('status', '--manifest', 'media.json', '--json');
  const { active, regions } = JSON.parse(stdout) as { active: string[]; regions: { region: string; health: { kind: string } }[] };
  const healthy = regions.filter(({ health }) => health.kind === 'healthy').map(({ region }) => region);
  if (active.join() !== REGIONS[0] || healthy.length !== REGIONS.length) throw new Error(`'s3-failover status' of the packed library says:\n${stdout}`);
}

async function accessPointArn(aws: LocalAws): Promise<string> {
  const { Parameter } = await aws.clients.ssm(REGIONS[2]).send(new GetParameterCommand({ Name: `${MANIFEST}/arn` }));
  return Parameter!.Value!;
}

async function expectActive(aws: LocalAws, arn: string, expected: string): Promise<void> {
  const { Routes } = await aws.clients.s3Control('ap-southeast-2').send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: arn }));
  const active = Routes!.filter((route) => route.TrafficDialPercentage === 100).map((route) => route.Region);
  if (active.join() !== expected) throw new Error(`'${expected}' should be the active Region, but ${active.join(', ')} is`);
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
