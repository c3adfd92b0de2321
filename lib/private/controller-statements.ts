import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { EVENT_SOURCE, HEARTBEAT_PREFIX, type ObserverSettings } from './controller-contract';
import type { ControllerPlan } from './controller-plan';
import type { Statement } from './policy';
import { bucketArnText, compact, type TemplateText, textOf } from './text';

/** What the voter of a control Region may do; each reason is a call in the table of runtime/handlers/README.md. */
export function voterStatements(scope: IConstruct, plan: ControllerPlan, accessPointArn: string, topicArn: string): Statement[] {
  const { region } = Stack.of(scope);
  const statements: Statement[] = [
    // Its own replica: an act must need no other Region.
    { Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], Resource: tableArn(scope, plan, region) },
    ...probeStatements(scope, plan, 'voter', plan.policy.order, '*'),
    { Action: ['s3:GetMultiRegionAccessPointRoutes', 's3:SubmitMultiRegionAccessPointRoutes'], Resource: accessPointArn },
    { Action: 'sns:Publish', Resource: topicArn },
    { Action: 'events:PutEvents', Resource: arn(scope, 'events', region, 'event-bus/default'), Condition: { StringEquals: { 'events:source': EVENT_SOURCE } } },
  ];
  const alarmRegions = [...new Set(plan.policy.vetoAlarms.map((alarm) => alarm.region))].sort();
  if (alarmRegions.length > 0) {
    // Composite alarms are answered to nobody whose permission names an alarm (CloudWatch API reference, DescribeAlarms).
    statements.push({ Action: 'cloudwatch:DescribeAlarms', Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': alarmRegions } } });
  }
  if (plan.policy.failback.kind === 'when drained') {
    // Metrics are no resources: the actions take none (AWS service authorization reference, Amazon CloudWatch).
    statements.push({ Action: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'], Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': [...plan.policy.order] } } });
  }
  return statements;
}

/** What the observer inside a data Region may do: look at that Region, write its heartbeat, and report to whichever replica lives. */
export function selfStatements(scope: IConstruct, plan: ControllerPlan): Statement[] {
  const { region } = Stack.of(scope);
  return [
    // Its own report, by whichever replica lives.
    { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: plan.policy.voters.map((voter) => tableArn(scope, plan, voter)) },
    ...probeStatements(scope, plan, 'self', [region], region),
    { Action: 's3:PutObject', Resource: dataArn(scope, plan, region, `/${plan.keyPrefix}${HEARTBEAT_PREFIX}${region}`) },
  ];
}

/** What an act by a deployment needs of the register; it is looked for in every Region, as a controller that changes its Regions must be gone from the former ones. */
export function registerStatements(scope: IConstruct, plan: ControllerPlan): Statement[] {
  return [
    { Action: 'dynamodb:GetItem', Resource: tableArn(scope, plan, '*') },
    { Action: 'dynamodb:PutItem', Resource: plan.policy.voters.map((region) => tableArn(scope, plan, region)) },
  ];
}

/** Each observer writes under its own name, so that no two wait for each other. */
function probeStatements(scope: IConstruct, plan: ControllerPlan, role: ObserverSettings['role'], regions: readonly string[], heartbeats: string): Statement[] {
  const observer = `${role}/${Stack.of(scope).region}`;
  return [
    { Action: 's3:PutObject', Resource: regions.map((region) => bucketArnText(scope, nameText(scope, plan.regions[region].probe), `/probe/${observer}`)) },
    { Action: 's3:GetObject', Resource: regions.map((region) => dataArn(scope, plan, region, `/${plan.keyPrefix}${HEARTBEAT_PREFIX}${heartbeats}`)) },
    // Without it S3 answers 403 for a heartbeat that is not there yet, which looks like a mistake in a policy. A condition on
    // the prefix would not do: such a request has none, so the answer would be 403 again (Amazon S3 API reference, GetObject).
    { Action: 's3:ListBucket', Resource: regions.map((region) => dataArn(scope, plan, region)) },
  ];
}

function dataArn(scope: IConstruct, plan: ControllerPlan, region: string, objects = ''): TemplateText {
  return bucketArnText(scope, nameText(scope, plan.regions[region].data), objects);
}

function tableArn(scope: IConstruct, plan: ControllerPlan, region: string): string {
  return arn(scope, 'dynamodb', region, `table/${plan.table}`);
}

function arn(scope: IConstruct, service: string, region: string, resource: string): string {
  const { partition, account } = Stack.of(scope);
  return compact(`arn:${partition}:${service}:${region}:${account}:${resource}`);
}

function nameText(scope: IConstruct, name: string): string {
  return textOf(Stack.of(scope).resolve(name)) ?? name;
}
