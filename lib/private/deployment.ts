import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aws_iam as iam, aws_lambda as lambda, aws_logs as logs, CfnResource, custom_resources as cr, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { HANDLER_FOLDER } from '../handler-folder';
import { Environment } from './contract';
import { waitFor } from './dependencies';
import { invalid } from './errors';
import { FunctionRole } from './function-role';
import { stableId } from './identity';
import { policyDocument, type Statement } from './policy';

/** Stable, since logical ids and so the service token hang on it: a new token replaces every custom resource. */
const ID = 'S3FailoverDeployment';

/** The provider's own function may run 15 minutes; ours ends before, so that the answer is ours. */
const HANDLER_TIMEOUT = Duration.minutes(14);

/** CloudFormation waits an hour by default for an answer that a dead function never sends. */
const SERVICE_TIMEOUT_SECONDS = Duration.minutes(16).toSeconds();

/** Long enough to look into a deployment of the last quarter. */
const LOG_RETENTION = logs.RetentionDays.THREE_MONTHS;

/** The function that does at deployment what CloudFormation cannot; one per stack, shared by all constructs in it. */
export class Deployment extends Construct {
  /** The one of this stack. */
  public static of(scope: IConstruct): Deployment {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as Deployment | undefined) ?? new Deployment(stack, ID);
  }

  /** Refuses to go on without the code, before anything is made. */
  public static requireCode(scope: IConstruct): void {
    if (!existsSync(join(HANDLER_FOLDER, 'index.js'))) {
      throw invalid(scope, `the code that runs at deployment is not at '${HANDLER_FOLDER}'; in a source checkout run 'node scripts/bundle.mjs', else install the package again`);
    }
  }

  private readonly role: FunctionRole;
  private readonly serviceToken: string;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const logGroup = this.logGroup('HandlerLogs');
    this.role = this.functionRole('HandlerRole', logGroup);
    const handler = new lambda.Function(this, 'Handler', {
      description: 'Replication rules, routes and manifest of S3 buckets in several Regions (cdk-s3-failover)',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(HANDLER_FOLDER),
      memorySize: 512,
      timeout: HANDLER_TIMEOUT,
      environment: { [Environment.TIMEOUT_SECONDS]: HANDLER_TIMEOUT.toSeconds().toString() },
      role: this.role,
      logGroup,
    });
    const frameworkLogs = this.logGroup('FrameworkLogs');
    const provider = new cr.Provider(this, 'Provider', {
      onEventHandler: handler,
      frameworkOnEventRole: this.functionRole('FrameworkRole', frameworkLogs),
      logGroup: frameworkLogs,
    });
    this.serviceToken = provider.serviceToken;
  }

  /** Lets the function do something, in a policy that comes and goes with what needs it. */
  public allow(scope: Construct, id: string, identity: string, label: string, statements: Statement[]): CfnResource {
    const policy = new iam.CfnPolicy(scope, id, {
      policyName: stableId(identity, label),
      policyDocument: policyDocument(statements),
      roles: [this.role.roleName],
    });
    policy.overrideLogicalId(stableId(identity, label));
    return policy;
  }

  /** The same in a managed policy, which has a size limit of its own: all inline policies of a role share 10240 characters. */
  public allowApart(scope: Construct, id: string, identity: string, label: string, statements: Statement[]): CfnResource {
    const policy = new iam.CfnManagedPolicy(scope, id, { policyDocument: policyDocument(statements), roles: [this.role.roleName] });
    policy.overrideLogicalId(stableId(identity, label));
    return policy;
  }

  /** A custom resource that waits for the policy it needs. */
  public resource(scope: Construct, id: string, type: string, properties: object, policies: CfnResource[]): CfnResource {
    const resource = new CfnResource(scope, id, {
      type,
      properties: { ServiceToken: this.serviceToken, ServiceTimeout: SERVICE_TIMEOUT_SECONDS, ...properties },
    });
    waitFor(resource, ...policies);
    return resource;
  }

  private logGroup(id: string): logs.LogGroup {
    return new logs.LogGroup(this, id, { retention: LOG_RETENTION, removalPolicy: RemovalPolicy.DESTROY });
  }

  /** The managed policy that CDK attaches by default may write to every log group of the account. */
  private functionRole(id: string, logGroup: logs.LogGroup): FunctionRole {
    return new FunctionRole(this, id, [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logGroup.logGroupArn }]);
  }
}
