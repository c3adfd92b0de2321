import { App, Stack, Stage } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IMultiRegionBucket } from '../../lib';
import { arnOf, homeStack, logicalId, mediaBucket, REGIONS, resources, synth, template } from './support';

const SERVICE = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');

function granted(grant: (media: IMultiRegionBucket, role: iam.Role) => iam.Grant): { Action: string[]; Resource: unknown[] } {
  const stack = homeStack();
  const media = mediaBucket(stack);
  const result = grant(media, new iam.Role(stack, 'Service', { assumedBy: SERVICE }));
  expect(result.success).toBe(true);
  const policy = Object.entries(resources(template(stack), 'AWS::IAM::Policy')).find(([id]) => id.startsWith('Service'))!;
  const { Statement } = policy[1].Properties.PolicyDocument;
  expect(Statement).toHaveLength(1);
  expect(Statement[0].Effect).toBe('Allow');
  return { Action: [Statement[0].Action].flat(), Resource: Statement[0].Resource };
}

const accessPoint = (suffix = ''): object => {
  const stack = homeStack();
  mediaBucket(stack);
  const alias = { 'Fn::GetAtt': [logicalId(template(stack), 'AWS::S3::MultiRegionAccessPoint'), 'Alias'] };
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3::', { Ref: 'AWS::AccountId' }, ':accesspoint/', alias, ...(suffix ? [suffix] : [])]] };
};

const BUCKETS = REGIONS.map((region) => arnOf('media', region));
const objects = (pattern: string) => [accessPoint(`/object/${pattern}`), ...REGIONS.map((region) => arnOf('media', region, `/${pattern}`))];

const READ = ['s3:GetObject*', 's3:GetBucket*', 's3:List*'];
const PUT = ['s3:PutObject', 's3:PutObjectLegalHold', 's3:PutObjectRetention', 's3:PutObjectTagging', 's3:PutObjectVersionTagging', 's3:Abort*'];
const DELETE = ['s3:DeleteObject*'];

test('grantRead lets read and list, through the access point and in every bucket', () => {
  expect(granted((media, role) => media.grantRead(role))).toEqual({ Action: READ, Resource: [accessPoint(), ...BUCKETS, ...objects('*')] });
});

test('grantPut lets write and not delete, on objects only', () => {
  expect(granted((media, role) => media.grantPut(role))).toEqual({ Action: PUT, Resource: objects('*') });
});

test('grantDelete lets delete and nothing else', () => {
  expect(granted((media, role) => media.grantDelete(role))).toEqual({ Action: DELETE, Resource: objects('*') });
});

test('grantWrite lets write and delete', () => {
  expect(granted((media, role) => media.grantWrite(role))).toEqual({ Action: [...DELETE, ...PUT], Resource: objects('*') });
});

test('grantReadWrite lets all of it', () => {
  expect(granted((media, role) => media.grantReadWrite(role))).toEqual({ Action: [...READ, ...DELETE, ...PUT], Resource: [accessPoint(), ...BUCKETS, ...objects('*')] });
});

test('a pattern limits a grant to its keys', () => {
  expect(granted((media, role) => media.grantPut(role, 'images/*')).Resource).toEqual(objects('images/*'));
});

test('a pattern may hold a variable of IAM', () => {
  const pattern = 'home/${aws:username}/*';
  const { Resource } = granted((media, role) => media.grantPut(role, pattern));

  expect(Resource[1]).toEqual({ 'Fn::Join': ['', [arnOf('media', 'us-east-1'), `/${pattern}`]] });
});

test('a role of another stack in the same Region is granted in its own stack', () => {
  const app = new App();
  const media = mediaBucket(homeStack({}, app));
  const service = new Stack(app, 'Service', { env: { region: 'us-east-1' } });
  media.grantRead(new iam.Role(service, 'Role', { assumedBy: SERVICE }));

  const assembly = app.synth();
  expect(Object.values(assembly.getStackByName('Service').template.Resources as object).map(({ Type }) => Type)).toContain('AWS::IAM::Policy');
});

test('a role that was imported from this account is granted', () => {
  const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } });
  const media = mediaBucket(stack);
  media.grantRead(iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/Service'));

  expect(Object.values(resources(template(stack), 'AWS::IAM::Policy')).map(({ Properties }) => Properties.Roles)).toContainEqual(['Service']);
});

describe('refusals', () => {
  test('fails when the principal is in another Region\'s stack', () => {
    const app = new App();
    const media = mediaBucket(homeStack({}, app));
    const west = new Stack(app, 'West', { env: { region: 'us-west-2' } });
    const role = new iam.Role(west, 'Role', { assumedBy: SERVICE });

    expect(() => media.grantRead(role)).toThrow(/Media\/Bucket: 'grantee' of grantRead\(\) must be in a stack of 'us-east-1' in the same Stage, got 'West\/Role' in 'us-west-2'; .*MultiRegionBucket\.fromManifest\(\)/);
    expect(resources(template(media, 'West'), 'AWS::IAM::Policy')).toEqual({});
  });

  test('fails when the principal is in another Stage', () => {
    const app = new App();
    const media = mediaBucket(homeStack({}, app));
    const other = new Stack(new Stage(app, 'Other', { env: { region: 'us-east-1' } }), 'Service');

    expect(() => media.grantPut(new iam.Role(other, 'Role', { assumedBy: SERVICE }))).toThrow(/'grantee' of grantPut\(\) must be in a stack of 'us-east-1' in the same Stage/);
  });

  test.each([
    ['an account', new iam.AccountPrincipal('444455556666')],
    ['an ARN', new iam.ArnPrincipal('arn:aws:iam::444455556666:role/Other')],
  ])('fails when the principal is %s of another account', (_, principal) => {
    const media = mediaBucket(homeStack({ env: { region: 'us-east-1', account: '111122223333' } }));

    expect(() => media.grantWrite(principal)).toThrow(/'grantee' of grantWrite\(\) must be a principal of account '111122223333', got one of '444455556666'; access from other accounts is not there yet/);
  });

  test('fails when the role was imported from another account', () => {
    const stack = homeStack({ env: { region: 'us-east-1', account: '111122223333' } });
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/Other');

    expect(() => mediaBucket(stack).grantRead(role)).toThrow(/got one of '444455556666'/);
  });

  test.each([
    ['a service', SERVICE],
    ['anybody', new iam.AnyPrincipal()],
    ['an ARN', new iam.ArnPrincipal('arn:aws:iam::111122223333:role/Mine')],
  ])('fails when the principal is %s, which has no policy of its own', (_, principal) => {
    const media = mediaBucket(homeStack());

    expect(() => media.grantReadWrite(principal)).toThrow(/'grantee' of grantReadWrite\(\) must be a principal with a policy of its own, got .*; grant to a role, a user or a group of this account/);
    expect(() => synth(media)).not.toThrow();
  });
});
