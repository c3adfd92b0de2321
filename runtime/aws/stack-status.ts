import { CloudFormationClient, DescribeStacksCommand, type CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import type { StackStatusReader } from '../core/routes/stack';

/** Asks CloudFormation in the stack's own Region, once per call. */
export function stackStatusReader(config: CloudFormationClientConfig = {}): StackStatusReader {
  return {
    async read(stackId, abortSignal) {
      const client = new CloudFormationClient({ ...config, region: regionOf(stackId), maxAttempts: 1 });
      try {
        const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
        const status = stacks?.[0]?.StackStatus;
        if (!status) throw new Error(`CloudFormation told no status of ${stackId}`);
        return status;
      } finally {
        client.destroy();
      }
    },
  };
}

/** `arn:<partition>:cloudformation:<Region>:<account>:stack/<name>/<id>` */
function regionOf(stackId: string): string {
  const region = stackId.split(':')[3];
  if (!region) throw new Error(`'StackId' must be the ARN of a stack, got '${stackId}'`);
  return region;
}
