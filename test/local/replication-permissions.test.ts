import {
  AttachRolePolicyCommand, CreatePolicyCommand, DeleteRoleCommand, DeleteRolePolicyCommand, PutRolePermissionsBoundaryCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import {
  DeleteBucketReplicationCommand, DeleteObjectCommand, GetBucketReplicationCommand, PutBucketPolicyCommand, PutBucketReplicationCommand, PutObjectCommand, PutObjectTaggingCommand,
  type ReplicationConfiguration, type S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Credentials } from '../../local';
import { arn, EAST, Lab, policy, replicationStatements, rule, WEST, type Statement } from './replication-lab';
import { zip } from './zip';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 120_000);
afterAll(() => lab.stop());

/** Two buckets and a rule with delete markers; the role's statements may be changed first. */
async function estate(change: (statements: Statement[]) => Statement[] = (same) => same, trust?: Statement): Promise<{ source: string; west: string; role: string }> {
  const [source, west] = [await lab.bucket(EAST), await lab.bucket(WEST)];
  const role = await lab.role(change(replicationStatements(source, [west])), trust);
  await lab.putRules(EAST, source, role, [rule(west, { DeleteMarkerReplication: { Status: 'Enabled' } })]);
  return { source, west, role };
}

function without(action: string): (statements: Statement[]) => Statement[] {
  return (statements) => statements.map((statement) => ({ ...statement, Action: (statement.Action as string[]).filter((name) => name !== action) }));
}

async function put(Bucket: string, Key: string, Tagging?: string): Promise<void> {
  await lab.s3(EAST).send(new PutObjectCommand({ Bucket, Key, Body: 'x', Tagging }));
}

describe('the replication role', () => {
  test('with these permissions and no more replicates objects, tags and delete markers', async () => {
    const { source, west } = await estate();
    await put(source, 'a', 'x=1');
    await put(source, 'b');
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'b' }));
    expect((await lab.idle({ source })).counts).toEqual({ pending: 0, completed: 3, failed: 0 });
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
    expect(await lab.status(WEST, west, 'b')).toBe('absent');
  });

  test.each([
    ['s3:GetReplicationConfiguration', 'SrcBucketReplicationConfigMissing'],
    ['s3:ListBucket', 'SrcHeadObjectNotPermitted'],
    ['s3:GetObjectVersionForReplication', 'SrcGetObjectNotPermitted'],
    ['s3:GetObjectVersionAcl', 'SrcGetAclNotPermitted'],
    ['s3:GetObjectVersionTagging', 'SrcGetTaggingNotPermitted'],
    ['s3:ReplicateObject', 'DstPutObjectNotPermitted'],
    ['s3:ReplicateTags', 'DstPutTaggingNotPermitted'],
  ])('fails when it lacks %s: a tagged object ends with %s', async (action, code) => {
    const { source, west, role } = await estate(without(action));
    await put(source, 'a', 'x=1');
    expect(await lab.failures(source)).toEqual([code]);
    const { directions: [{ failed }] } = await lab.queue({ source });
    expect(failed[0]).toMatchObject({ key: 'a', kind: 'object', reason: expect.stringContaining(`role ${role} may not ${action} on`) });
    expect(await lab.status(EAST, source, 'a')).toBe('FAILED');
    expect(await lab.status(WEST, west, 'a')).toBe('absent');
  });

  test.each([
    ['s3:GetReplicationConfiguration', 'SrcBucketReplicationConfigMissing'],
    ['s3:ListBucket', 'SrcHeadObjectNotPermitted'],
    ['s3:ReplicateDelete', 'DstDelObjNotPermitted'],
  ])('fails when it lacks %s: a delete marker ends with %s', async (action, code) => {
    const { source, west } = await estate(without(action));
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a' }));
    expect(await lab.failures(source)).toEqual([code]);
    expect(await lab.stack(WEST, west, 'a')).toEqual([]);
  });

  test('needs no s3:ReplicateDelete for objects and no s3:ReplicateTags for objects without tags', async () => {
    const { source, west } = await estate((statements) => without('s3:ReplicateTags')(without('s3:ReplicateDelete')(statements)));
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual([]);
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
  });

  test('may read with s3:GetObjectVersion instead', async () => {
    const { source, west } = await estate((statements) => [...without('s3:GetObjectVersionForReplication')(statements), { Effect: 'Allow', Action: 's3:GetObjectVersion', Resource: '*' }]);
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual([]);
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
  });

  test('fails when it lacks s3:ReplicateTags and only tags change', async () => {
    const { source, role } = await estate();
    await put(source, 'a');
    await lab.idle({ source });
    await replaceStatements(role, without('s3:ReplicateTags')(replicationStatements(source, ['*'])));
    await lab.s3(EAST).send(new PutObjectTaggingCommand({ Bucket: source, Key: 'a', Tagging: { TagSet: [{ Key: 'x', Value: '1' }] } }));
    expect(await lab.failures(source)).toEqual(['DstPutTaggingNotPermitted']);
    expect(await lab.status(EAST, source, 'a')).toBe('FAILED');
  });

  test('is judged at the time of the copy, and a failure is not retried', async () => {
    const { source, west, role } = await estate(() => [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }]);
    await put(source, 'first');
    expect(await lab.failures(source)).toEqual(['SrcBucketReplicationConfigMissing']);
    await replaceStatements(role, replicationStatements(source, [west]));
    await put(source, 'second');
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'first')).toBe('FAILED');
    expect(await lab.status(WEST, west, 'first')).toBe('absent');
    expect(await lab.status(WEST, west, 'second')).toBe('REPLICA');
  });

  test('fails when it does not trust S3', async () => {
    const { source } = await estate(undefined, { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual(['AssumeRoleNotPermitted']);
  });

  test('fails when it stops to trust S3, or trusts it for another bucket only', async () => {
    const { source, role } = await estate();
    const RoleName = role.split('/')[1];
    const condition = { StringEquals: { 'aws:SourceArn': arn('another') } };
    const trust = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: condition };
    await lab.aws.clients.iam().send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policy([trust]) }));
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual(['AssumeRoleNotPermitted']);
    const own = { ...trust, Condition: { StringEquals: { 'aws:SourceArn': arn(source), 'aws:SourceAccount': lab.aws.account } } };
    await lab.aws.clients.iam().send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policy([own]) }));
    await put(source, 'b');
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'b')).toBe('COMPLETED');
  });

  test('fails when it is gone', async () => {
    const { source, role } = await estate();
    const RoleName = role.split('/')[1];
    await lab.aws.clients.iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' }));
    await lab.aws.clients.iam().send(new DeleteRoleCommand({ RoleName }));
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual(['AssumeRoleNotPermitted']);
  });

  test('fails when the configuration gives its name with another path', async () => {
    const { source, west, role } = await estate();
    await lab.putRules(EAST, source, role.replace(':role/', ':role/elsewhere/'), [rule(west)]);
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual(['AssumeRoleNotPermitted']);
  });

  test('fails when a permissions boundary keeps it from writing', async () => {
    const { source, role } = await estate();
    const iam = lab.aws.clients.iam();
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: lab.name('boundary'), PolicyDocument: policy([{ Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' }]) }));
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: role.split('/')[1], PermissionsBoundary: Policy!.Arn! }));
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual(['DstPutObjectNotPermitted']);
  });

  test('may have its permissions from a managed policy', async () => {
    const [source, west] = [await lab.bucket(EAST), await lab.bucket(WEST)];
    const role = await lab.role([{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }]);
    const iam = lab.aws.clients.iam();
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: lab.name('managed'), PolicyDocument: policy(replicationStatements(source, [west])) }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: role.split('/')[1], PolicyArn: Policy!.Arn! }));
    await lab.putRules(EAST, source, role, [rule(west)]);
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual([]);
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
  });

  test('fails when the destination bucket denies it, and a denial of plain http does not concern it', async () => {
    const { source, west } = await estate();
    const deny = (more: Statement): Statement => ({ Effect: 'Deny', Principal: '*', Resource: [arn(west), `${arn(west)}/*`], ...more });
    const setPolicy = (statement: Statement) => lab.s3(WEST).send(new PutBucketPolicyCommand({ Bucket: west, Policy: policy([statement]) }));
    await setPolicy(deny({ Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }));
    await put(source, 'a');
    expect(await lab.failures(source)).toEqual([]);
    await setPolicy(deny({ Action: 's3:ReplicateObject' }));
    await put(source, 'b');
    expect(await lab.failures(source)).toEqual(['DstPutObjectNotPermitted']);
    expect(await lab.status(EAST, source, 'b')).toBe('FAILED');
  });

  test('fails when the source bucket denies it', async () => {
    const { source } = await estate();
    const statement = { Effect: 'Deny', Principal: '*', Action: 's3:GetObjectVersionForReplication', Resource: `${arn(source)}/secret/*` };
    await lab.s3(EAST).send(new PutBucketPolicyCommand({ Bucket: source, Policy: policy([statement]) }));
    await put(source, 'secret/a');
    await put(source, 'open/a');
    expect(await lab.failures(source)).toEqual(['SrcGetObjectNotPermitted']);
    expect(await lab.status(EAST, source, 'open/a')).toBe('COMPLETED');
  });
});

describe('who may put a replication configuration', () => {
  let source: string;
  let configuration: ReplicationConfiguration;
  let role: string;
  beforeAll(async () => {
    source = await lab.bucket(EAST);
    const west = await lab.bucket(WEST);
    role = await lab.role(replicationStatements(source, [west]));
    configuration = { Role: role, Rules: [rule(west)] };
  });

  const configure = (): Statement => ({ Effect: 'Allow', Action: 's3:PutReplicationConfiguration', Resource: arn(source) });
  const pass = (more: Statement = {}): Statement => ({ Effect: 'Allow', Action: 'iam:PassRole', Resource: role, ...more });

  function putAs(credentials?: Credentials): Promise<unknown> {
    const client: S3Client = credentials ? lab.aws.clients.s3(EAST, { credentials, maxAttempts: 1 }) : lab.s3(EAST);
    return client.send(new PutBucketReplicationCommand({ Bucket: source, ReplicationConfiguration: configuration }));
  }

  test('the root of the account may', async () => {
    await putAs();
    await lab.s3(EAST).send(new DeleteBucketReplicationCommand({ Bucket: source }));
  });

  test('a user with s3:PutReplicationConfiguration and iam:PassRole may', async () => {
    await putAs(await lab.user([configure(), pass()]));
    await putAs(await lab.user([configure(), pass({ Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } } })]));
    const { ReplicationConfiguration } = await lab.s3(EAST).send(new GetBucketReplicationCommand({ Bucket: source }));
    expect(ReplicationConfiguration).toEqual(configuration);
  });

  test.each([
    ['it may not pass any role', () => [configure()], /iam:PassRole/],
    ['it may pass another role only', () => [configure(), pass({ Resource: 'arn:aws:iam::111122223333:role/another' })], /iam:PassRole/],
    ['it may pass the role to Lambda only', () => [configure(), pass({ Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } })], /iam:PassRole/],
    ['passing the role is denied to it', () => [configure(), pass(), pass({ Effect: 'Deny' })], /iam:PassRole.*explicit deny/],
    ['it may pass the role and not put the configuration', () => [pass()], /s3:PutReplicationConfiguration/],
  ])('fails when a user puts it and %s', async (_, statements, message) => {
    const before = await lab.s3(EAST).send(new GetBucketReplicationCommand({ Bucket: source }));
    configuration = { ...configuration, Rules: [{ ...configuration.Rules![0], ID: 'changed' }] };
    await expect(putAs(await lab.user(statements()))).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 }, message: expect.stringMatching(message) });
    const after = await lab.s3(EAST).send(new GetBucketReplicationCommand({ Bucket: source }));
    expect(after.ReplicationConfiguration).toEqual(before.ReplicationConfiguration);
  });

  test('an assumed role is asked as itself', async () => {
    const assume = async (statements: Statement[]): Promise<Credentials> => {
      const RoleArn = await lab.role(statements, { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${lab.aws.account}:root` }, Action: 'sts:AssumeRole' });
      const { Credentials: keys } = await lab.aws.clients.sts(EAST).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
      return { accessKeyId: keys!.AccessKeyId!, secretAccessKey: keys!.SecretAccessKey!, sessionToken: keys!.SessionToken! };
    };
    await expect(putAs(await assume([configure()]))).rejects.toThrow(/assumed-role.*iam:PassRole/);
    await putAs(await assume([configure(), pass()]));
  });

  test('a Lambda function is asked as its own role', async () => {
    const code = `const { S3Client, PutBucketReplicationCommand } = require('@aws-sdk/client-s3');
      exports.handler = async (input) => {
        const client = new S3Client({ region: '${EAST}', forcePathStyle: true, maxAttempts: 1 });
        return client.send(new PutBucketReplicationCommand(input)).then(() => 'done', (error) => error.name + ': ' + error.message);
      };`;
    const lambda = lab.aws.clients.lambda(EAST);
    const run = async (statements: Statement[]): Promise<string> => {
      const FunctionName = lab.name('function');
      const Role = await lab.role(statements, { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
      await lambda.send(new CreateFunctionCommand({ FunctionName, Role, Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 60, Code: { ZipFile: zip('index.js', code) } }));
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify({ Bucket: source, ReplicationConfiguration: configuration }) }));
      return JSON.parse(Buffer.from(Payload!).toString());
    };
    expect(await run([configure()])).toMatch(/^AccessDenied: .*assumed-role.*iam:PassRole/);
    expect(await run([configure(), pass()])).toBe('done');
  }, 60_000);
});

async function replaceStatements(role: string, statements: Statement[]): Promise<void> {
  await lab.aws.clients.iam().send(new PutRolePolicyCommand({ RoleName: role.split('/')[1], PolicyName: 'p', PolicyDocument: policy(statements) }));
}
