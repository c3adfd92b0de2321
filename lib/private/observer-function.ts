import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { aws_iam as iam, aws_lambda as lambda, aws_logs as logs, aws_scheduler as scheduler, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { OBSERVER_FOLDER } from '../handler-folder';
import { OBSERVER_SETTINGS, OBSERVER_TIMEOUT_SECONDS, type ObserverSettings } from './controller-contract';
import { invalid } from './errors';
import { FunctionRole } from './function-role';
import { policyDocument, type Statement, trustPolicy } from './policy';

/** What is billed for each second that an observer waits; see docs/cost.md. */
export const OBSERVER_MEMORY_MIB = 256;

/** A start that is a minute late is of no use: the next one is there. The least that Lambda takes. */
const MAX_EVENT_AGE = Duration.seconds(60);

/** The decisions of the last incident must still be there when it is looked into. */
const LOG_RETENTION = logs.RetentionDays.THREE_MONTHS;

/** What an observer's function is made of. */
export interface ObserverFunctionProps {
  readonly settings: ObserverSettings;
  readonly statements: Statement[];
  readonly reservedConcurrency?: number;
}

/** The function of one observer and the schedule that starts it each minute, both without retries. */
export class ObserverFunction extends Construct {
  /** Refuses to go on without the code, before anything is made. */
  public static requireCode(scope: IConstruct): void {
    if (!existsSync(join(OBSERVER_FOLDER, 'index.js'))) {
      throw invalid(scope, `the code of the controller's observers is not at '${OBSERVER_FOLDER}'; in a source checkout run 'node scripts/bundle.mjs', else install the package again`);
    }
  }

  constructor(scope: Construct, id: string, props: ObserverFunctionProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { name, role } = props.settings;
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: LOG_RETENTION, removalPolicy: RemovalPolicy.DESTROY });
    const functionRole = new FunctionRole(this, 'Role', [
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logGroup.logGroupArn },
      ...props.statements,
    ]);
    const handler = new lambda.Function(this, 'Function', {
      description: `${role === 'voter' ? 'Watches every Region' : 'Watches its own Region'} of '${name}' (cdk-s3-failover)`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(OBSERVER_FOLDER),
      memorySize: OBSERVER_MEMORY_MIB,
      timeout: Duration.seconds(OBSERVER_TIMEOUT_SECONDS),
      environment: { [OBSERVER_SETTINGS]: stack.toJsonString(props.settings) },
      role: functionRole,
      logGroup,
      retryAttempts: 0,
      maxEventAge: MAX_EVENT_AGE,
      reservedConcurrentExecutions: props.reservedConcurrency,
    });
    this.start(handler);
  }

  /** The L2's target would give the scheduler every version of the function. */
  private start(handler: lambda.Function): void {
    const role = new iam.CfnRole(this, 'SchedulerRole', {
      assumeRolePolicyDocument: trustPolicy('scheduler.amazonaws.com', { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } }),
      policies: [{ policyName: 'Start', policyDocument: policyDocument([{ Action: 'lambda:InvokeFunction', Resource: handler.functionArn }]) }],
    });
    new scheduler.CfnSchedule(this, 'Schedule', {
      description: `Starts ${handler.node.path}`,
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: handler.functionArn,
        roleArn: role.attrArn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: MAX_EVENT_AGE.toSeconds() },
      },
    });
  }
}
