import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import type { Context } from 'aws-lambda';
import { Environment, ResourceType } from '../../../lib/private/contract';
import { handler } from '../../../runtime/handlers/deployment';
import { makeEvent } from '../support/custom-resource-event';
import { guardProperties, manifestProperties, NAME } from '../support/manifest';
import { mockSsm } from '../support/mocked-ssm';

const { ssm, values, reset } = mockSsm();
const cloudFormation = mockClient(CloudFormationClient);

const context = {
  functionName: 'deployment',
  awsRequestId: 'request-1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:deployment',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 840_000,
} as Context;

let lines: string[];

beforeEach(() => {
  reset();
  lines = [];
  cloudFormation.reset();
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ StackName: 'Media', CreationTime: new Date(0), StackStatus: 'CREATE_IN_PROGRESS' }] });
  for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env[Environment.TIMEOUT_SECONDS];
});

test('each type of resource has its handler', async () => {
  await expect(handler(makeEvent('Create', ResourceType.GUARD, guardProperties()), context)).resolves.toMatchObject({ PhysicalResourceId: `guard/${NAME}` });
  await expect(handler(makeEvent('Create', ResourceType.MANIFEST, manifestProperties()), context)).resolves.toMatchObject({ PhysicalResourceId: `manifest/${NAME}` });
  await expect(handler(makeEvent('Create', ResourceType.REPLICATION, {}), context)).rejects.toThrow(/'Bucket' must be a string/);
  await expect(handler(makeEvent('Create', ResourceType.ROUTES, {}), context)).rejects.toThrow(/'AccessPointArn'/);
});

test('fails when the type is unknown, and names the ones that there are', async () => {
  await expect(handler(makeEvent('Create', 'Custom::Other', {}), context)).rejects.toThrow(
    "'ResourceType' must be one of Custom::S3FailoverAccessPointGuard, Custom::S3FailoverReplication, Custom::S3FailoverRoutes, Custom::S3FailoverManifest, got 'Custom::Other'",
  );
});

test('fails when the time that it may take is no number', async () => {
  process.env[Environment.TIMEOUT_SECONDS] = 'long';

  await expect(handler(makeEvent('Create', ResourceType.GUARD, guardProperties()), context)).rejects.toThrow(/'S3_FAILOVER_TIMEOUT_SECONDS' must be a number of seconds/);
});

test('a failure carries no stack trace, which the provider framework would send to CloudFormation', async () => {
  const error = await handler(makeEvent('Create', ResourceType.MANIFEST, {}), context).catch((thrown: Error) => thrown);

  expect(error).toMatchObject({ stack: '' });
});

test('an error that nobody foresaw still has a reason', async () => {
  ssm.onAnyCommand().callsFake(() => {
    throw new TypeError('x is not a function');
  });

  await expect(handler(makeEvent('Create', ResourceType.MANIFEST, manifestProperties()), context)).rejects.toThrow(/x is not a function/);
  expect(values.size).toBe(0);
});

test('the log tells what was asked and answered, one line of JSON each, and never the response URL', async () => {
  await handler(makeEvent('Create', ResourceType.GUARD, guardProperties()), context);
  await handler(makeEvent('Create', ResourceType.MANIFEST, {}), context).catch(() => undefined);

  const told = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  expect(told).toContainEqual(expect.objectContaining({ message: 'done', resourceType: ResourceType.GUARD, requestType: 'Create', logicalId: 'Logical' }));
  expect(told).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'failed', resourceType: ResourceType.MANIFEST }));
  expect(lines.join()).not.toContain('signature=secret');
});
