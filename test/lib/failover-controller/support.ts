import type { Stack } from 'aws-cdk-lib';
import { FailoverController, type FailoverControllerProps, type MultiRegionBucketProps, Routing } from '../../../lib';
import type { ObserverSettings } from '../../../lib/private/controller-contract';
import { homeStack, mediaBucket, REGIONS, type Resource, resources, template } from '../support';

/** The home stack with a bucket and its controller. */
export function controlled(props: Partial<FailoverControllerProps> = {}, bucketProps: Partial<MultiRegionBucketProps> = {}, stack = homeStack({ env: { region: 'eu-central-1' } })): FailoverController {
  const bucket = mediaBucket(stack, { routing: Routing.failoverOrder(REGIONS), ...bucketProps });
  return new FailoverController(stack, 'Controller', { bucket, ...props });
}

export const controlStack = (region: string) => `media-controller-${region}`;

/** The resources of one observer: those whose logical id begins with its construct. */
export function observerParts(stack: Stack, region: string, role: 'voter' | 'self') {
  const from = template(stack, controlStack(region));
  const beginning = role === 'voter' ? 'ControlVoter' : 'WatchedSelfObserver';
  const one = (type: string): Resource => {
    const found = Object.entries(resources(from, type)).filter(([id]) => id.startsWith(beginning));
    expect(found).toHaveLength(1);
    return found[0][1];
  };
  return {
    handler: one('AWS::Lambda::Function').Properties,
    schedule: one('AWS::Scheduler::Schedule').Properties,
    invoke: one('AWS::Lambda::EventInvokeConfig').Properties,
    logs: one('AWS::Logs::LogGroup').Properties,
    statements: one('AWS::IAM::Policy').Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown; Condition?: object }[],
    scheduler: Object.entries(resources(from, 'AWS::IAM::Role')).find(([id]) => id.startsWith(`${beginning}SchedulerRole`))![1].Properties,
  };
}

/** What a function is told, with names in the place of references. */
export function settingsOf(environment: { Variables: { [name: string]: unknown } }): ObserverSettings {
  const value = environment.Variables.S3_FAILOVER_OBSERVER;
  return JSON.parse(textOf(value)) as ObserverSettings;
}

/** As CloudFormation would put it together in account 111122223333. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::Sub': sub, Ref: ref, 'Fn::GetAtt': attribute } = value as { 'Fn::Join'?: [string, unknown[]]; 'Fn::Sub'?: string; Ref?: string; 'Fn::GetAtt'?: string[] };
  if (join) return join[1].map(textOf).join(join[0]);
  if (sub !== undefined) return sub.replaceAll('${AWS::AccountId}', '111122223333').replaceAll('${AWS::Partition}', 'aws');
  if (ref === 'AWS::AccountId') return '111122223333';
  if (ref === 'AWS::Partition') return 'aws';
  return `<${ref ?? attribute?.join('.')}>`;
}
