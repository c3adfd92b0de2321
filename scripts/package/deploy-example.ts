// Deploys, switches and destroys an example that was synthesized from the packed library, on the local AWS.
// Usage: ts-node scripts/package/deploy-example.ts <folder of the example, with its cdk.out>
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
    await aws.clients.dataPlane().send(new PutObjectCommand({ Bucket: arn, Key: 'kept', Body: 'kept' }));
    await cdk('deploy', STACK, '--exclusively', '--require-approval', 'never', '--parameters', `${STACK}:ActiveRegion=${REGIONS[1]}`);
    await expectActive(aws, arn, REGIONS[1]);
    await cdk('destroy', '--all', '--force');
    const bucket = `my-media-${aws.account}-${REGIONS[0]}-an`;
    const { Body } = await aws.clients.s3(REGIONS[0]).send(new GetObjectCommand({ Bucket: bucket, Key: 'kept' }));
    if (await Body!.transformToString() !== 'kept') throw new Error(`the object in '${bucket}' did not survive the destroyed stacks`);
    console.log('deployed, switched and destroyed; the object is still there');
  } finally {
    await aws.stop();
  }
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
