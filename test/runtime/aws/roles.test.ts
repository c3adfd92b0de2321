import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { mockClient } from 'aws-sdk-client-mock';
import { roles } from '../../../runtime/aws/roles';

const signal = new AbortController().signal;
const ARN = 'arn:aws:iam::111122223333:role/path/to/Media-Role';
const iam = mockClient(IAMClient);

beforeEach(() => iam.reset());

const allows = (Principal: unknown, Action: unknown = 'sts:AssumeRole', Effect = 'Allow') => ({ Effect, Principal, Action });

test.each<[string, unknown, boolean]>([
  ['S3 alone', { Statement: [allows({ Service: 's3.amazonaws.com' })] }, true],
  ['S3 among others', { Statement: [allows({ AWS: '*' }), allows({ Service: ['batchoperations.s3.amazonaws.com', 's3.amazonaws.com'] }, ['sts:AssumeRole', 'sts:TagSession'])] }, true],
  ['S3, in a statement that is no list', { Statement: allows({ Service: 's3.amazonaws.com' }) }, true],
  ['another service', { Statement: [allows({ Service: 'lambda.amazonaws.com' })] }, false],
  ['nobody, by a Deny', { Statement: [allows({ Service: 's3.amazonaws.com' }, 'sts:AssumeRole', 'Deny')] }, false],
  ['S3, for something else', { Statement: [allows({ Service: 's3.amazonaws.com' }, 'sts:TagSession')] }, false],
  ['nobody that could be understood', 'nonsense', false],
])('a role that trusts %s', async (_, document, trustsS3) => {
  iam.on(GetRoleCommand, { RoleName: 'Media-Role' }).resolves({ Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(document)) } as never });
  expect(await roles({ credentials: { accessKeyId: 'id', secretAccessKey: 's' } }).role(ARN, signal)).toEqual({ trustsS3 });
});

test('a role that is gone is none', async () => {
  iam.on(GetRoleCommand).rejects(Object.assign(new Error('no role'), { name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } }));
  expect(await roles().role(ARN, signal)).toBeUndefined();
});

test('what is not said to be allowed is not', async () => {
  iam.on(SimulatePrincipalPolicyCommand, { PolicySourceArn: ARN, ActionNames: ['a:A', 'b:B', 'c:C'], ResourceArns: ['arn:x'] }).resolves({
    EvaluationResults: [{ EvalActionName: 'a:A', EvalDecision: 'allowed' }, { EvalActionName: 'b:B', EvalDecision: 'implicitDeny' }],
  });
  expect(await roles().notAllowed(ARN, ['a:A', 'b:B', 'c:C'], 'arn:x', signal)).toEqual(['b:B', 'c:C']);
});
