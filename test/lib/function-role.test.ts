import { aws_iam as iam, aws_lambda as lambda, type Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FunctionRole } from '../../lib/private/function-role';
import { homeStack, resources, template } from './support';

const LOGS = { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: 'arn:aws:logs:us-east-1:111111111111:log-group:own' };
const invoke = () => new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: ['arn:aws:lambda:us-east-1:111111111111:function:other'] });

const stackOf = () => homeStack({ env: { region: 'us-east-1', account: '111111111111' } });

/** A function in a construct of its own, with a role that was given one statement at first and one later. */
function templateWith(roleOf: (scope: Construct) => iam.IRole) {
  const stack = stackOf();
  const scope = new Construct(stack, 'Deployment');
  const role = roleOf(scope);
  new lambda.Function(scope, 'Handler', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('//'), role });
  role.addToPrincipalPolicy(invoke());
  return template(stack);
}

describe('the role of a function', () => {
  let stack: Stack;
  let role: FunctionRole;
  beforeEach(() => {
    stack = stackOf();
    role = new FunctionRole(stack, 'Role', [LOGS]);
  });

  test('is what iam.Role makes, logical ids and dependencies included', () => {
    const expected = templateWith((scope) => {
      const l2 = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
      l2.addToPolicy(new iam.PolicyStatement({ actions: LOGS.Action, resources: [LOGS.Resource] }));
      return l2;
    });
    expect(templateWith((scope) => new FunctionRole(scope, 'Role', [LOGS])).toJSON()).toEqual(expected.toJSON());
  });

  test('takes what a grant gives it, conditions included', () => {
    const { success } = iam.Grant.addToPrincipal({ grantee: role, actions: ['s3:GetObject'], resourceArns: ['arn:aws:s3:::a/*'], conditions: { Bool: { 'aws:SecureTransport': 'true' } } });
    expect(success).toBe(true);
    const [{ Properties }] = Object.values(resources(template(stack), 'AWS::IAM::Policy'));
    expect(Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', ...LOGS },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    ]);
  });

  test('makes what was granted wait for nothing but the policy that grants it', () => {
    expect(role.addToPrincipalPolicy(invoke()).policyDependable).toBe(role.node.findChild('DefaultPolicy').node.defaultChild);
    expect(role.addToPolicy(invoke())).toBe(true);
  });

  test('takes managed policies and policies of others', () => {
    role.addManagedPolicy(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'First', 'arn:aws:iam::111111111111:policy/first'));
    role.addManagedPolicy(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Second', 'arn:aws:iam::111111111111:policy/second'));
    role.attachInlinePolicy(new iam.Policy(stack, 'Extra', { statements: [invoke()] }));
    const made = template(stack);
    const [[id, { Properties }]] = Object.entries(resources(made, 'AWS::IAM::Role'));
    expect(Properties.ManagedPolicyArns).toEqual(['arn:aws:iam::111111111111:policy/first', 'arn:aws:iam::111111111111:policy/second']);
    expect(Object.values(resources(made, 'AWS::IAM::Policy')).map((policy) => policy.Properties.Roles)).toEqual([[{ Ref: id }], [{ Ref: id }]]);
  });

  test('can be passed and assumed by whom that is granted', () => {
    const user = new iam.User(stack, 'User');
    role.grantPassRole(user);
    role.grantAssumeRole(user);
    const granted = Object.values(resources(template(stack), 'AWS::IAM::Policy')).find(({ Properties }) => Properties.Users)!;
    const arn = stack.resolve(role.roleArn);
    expect(granted.Properties.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: arn },
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: arn },
    ]);
  });

  test('is named by its ARN where it is a principal', () => {
    expect(stack.resolve(role.policyFragment.principalJson)).toEqual({ AWS: [stack.resolve(role.roleRef.roleArn)] });
    expect(role.principalAccount).toBe('111111111111');
    expect(stack.resolve(role.roleRef.roleName)).toEqual(stack.resolve(role.roleName));
  });
});
