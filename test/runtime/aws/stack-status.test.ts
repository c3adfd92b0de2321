import { CloudFormationClient, CloudFormationServiceException, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { stackStatusReader } from '../../../runtime/aws/stack-status';

const cloudFormation = mockClient(CloudFormationClient);
const STACK = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Media/0123';
const signal = () => new AbortController().signal;

beforeEach(() => cloudFormation.reset());

test('the status is asked for by the id of the stack, in its own Region, once', async () => {
  const configs: unknown[] = [];
  cloudFormation.on(DescribeStacksCommand).callsFake(async (_, getClient) => {
    configs.push([await getClient().config.region(), await getClient().config.maxAttempts()]);
    return { Stacks: [{ StackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS' }] };
  });
  expect(await stackStatusReader().read(STACK, signal())).toBe('UPDATE_ROLLBACK_IN_PROGRESS');
  expect(cloudFormation.commandCalls(DescribeStacksCommand)[0].args[0].input).toEqual({ StackName: STACK });
  expect(configs).toEqual([['eu-west-1', 1]]);
});

test('fails when CloudFormation tells no status', async () => {
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });
  await expect(stackStatusReader().read(STACK, signal())).rejects.toThrow(/told no status/);
});

test('fails when CloudFormation refuses, with its reason', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(new CloudFormationServiceException({ name: 'AccessDenied', $fault: 'client', message: 'not authorized to perform: cloudformation:DescribeStacks', $metadata: {} }));
  await expect(stackStatusReader().read(STACK, signal())).rejects.toThrow(/not authorized to perform/);
});

test("fails when 'StackId' is no ARN", async () => {
  await expect(stackStatusReader().read('Media', signal())).rejects.toThrow(/'StackId' must be the ARN of a stack, got 'Media'/);
});
