import { aws_iam as iam, Lazy, Resource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { policyDocument, type Statement, trustPolicy } from './policy';

/**
 * Role of a function, with one policy that lists its statements as they come.
 *
 * It makes what iam.Role makes, logical ids and all, and takes whatever is granted to it; but it neither merges nor weighs
 * statements, for which every app would pay at each synthesis (docs/findings.md).
 */
export class FunctionRole extends Resource implements iam.IRole {
  public readonly assumeRoleAction = 'sts:AssumeRole';
  public readonly grantPrincipal: iam.IPrincipal = this;
  public readonly principalAccount: string;
  public readonly roleArn: string;
  public readonly roleName: string;

  private readonly resource: iam.CfnRole;
  private readonly policy: iam.CfnPolicy;
  private readonly statements: object[];

  constructor(scope: Construct, id: string, statements: Statement[]) {
    super(scope, id);
    this.resource = new iam.CfnRole(this, 'Resource', { assumeRolePolicyDocument: trustPolicy('lambda.amazonaws.com') });
    this.roleArn = this.resource.attrArn;
    this.roleName = this.resource.ref;
    this.principalAccount = this.env.account;
    const document = policyDocument(statements);
    this.statements = document.Statement;
    this.policy = new iam.CfnPolicy(new Construct(this, 'DefaultPolicy'), 'Resource', {
      policyName: Lazy.string({ produce: () => this.policy.logicalId }),
      policyDocument: Lazy.any({ produce: () => document }),
      roles: [this.roleName],
    });
  }

  public get roleRef(): iam.RoleReference {
    return { roleArn: this.roleArn, roleName: this.roleName };
  }

  public get policyFragment(): iam.PrincipalPolicyFragment {
    return new iam.ArnPrincipal(this.roleArn).policyFragment;
  }

  public addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.statements.push(statement.toStatementJson());
    return { statementAdded: true, policyDependable: this.policy };
  }

  /** Asked for by aws-cdk-lib's interface; the same as addToPrincipalPolicy(). */
  public addToPolicy(statement: iam.PolicyStatement): boolean {
    return this.addToPrincipalPolicy(statement).statementAdded;
  }

  public addManagedPolicy(policy: iam.IManagedPolicy): void {
    this.resource.managedPolicyArns = [...(this.resource.managedPolicyArns ?? []), policy.managedPolicyArn];
  }

  public attachInlinePolicy(policy: iam.Policy): void {
    policy.attachToRole(this);
  }

  public grant(grantee: iam.IPrincipal, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.roleArn] });
  }

  public grantPassRole(grantee: iam.IPrincipal): iam.Grant {
    return this.grant(grantee, 'iam:PassRole');
  }

  public grantAssumeRole(grantee: iam.IPrincipal): iam.Grant {
    return this.grant(grantee, this.assumeRoleAction);
  }
}
