import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly, CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import { MultiRegionBucket, type MultiRegionBucketProps } from '../../lib';
import { findCycle, findDangling } from './cycles';

export const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];

export const ALL_17 = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1',
  'ap-southeast-2', 'ca-central-1', 'eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1',
];

/** Resource of a template, as JSON. */
export interface Resource {
  readonly Type: string;
  readonly Properties: any;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export function homeStack(props: StackProps = {}, scope: Construct = new App()): Stack {
  return new Stack(scope, 'Media', { env: { region: 'us-east-1' }, ...props });
}

export function mediaBucket(stack: Stack, props: Partial<MultiRegionBucketProps> = {}): MultiRegionBucket {
  return new MultiRegionBucket(stack, 'Bucket', { regions: REGIONS, bucketNamePrefix: 'media', ...props });
}

/** Synthesizes the app of a construct and checks what must hold for every template that this library makes. */
export function synth(construct: Construct): CloudAssembly {
  const assembly = (construct.node.root as App).synth();
  for (const stack of assembly.stacksRecursively) {
    const { stackName } = stack;
    expect({ stackName, cycle: findCycle(stack.template), dangling: findDangling(stack.template) }).toEqual({ stackName, cycle: undefined, dangling: [] });
    expect(JSON.stringify(stack.template)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|Custom::CrossRegionExport|"Export":/);
  }
  return assembly;
}

export function artifact(construct: Construct, stackName: string): CloudFormationStackArtifact {
  const found = synth(construct).stacksRecursively.find((stack) => stack.stackName === stackName);
  if (!found) throw new Error(`no stack is named ${stackName}`);
  return found;
}

export function template(construct: Construct, stackName = 'Media'): Template {
  return Template.fromJSON(artifact(construct, stackName).template);
}

/** Resources of one type, by logical id. */
export function resources(from: Template, type: string): { [logicalId: string]: Resource } {
  return from.findResources(type) as { [logicalId: string]: Resource };
}

/** The only resource of a type. */
export function only(from: Template, type: string): Resource {
  const found = Object.values(resources(from, type));
  expect(found).toHaveLength(1);
  return found[0];
}

export function logicalId(from: Template, type: string): string {
  const ids = Object.keys(resources(from, type));
  expect(ids).toHaveLength(1);
  return ids[0];
}

/** Name of a bucket in an account that is known at deployment only. */
export function named(prefix: string, region: string): object {
  return { 'Fn::Sub': `${prefix}-\${AWS::AccountId}-${region}-an` };
}

/** ARN of such a bucket, or of what lies in it. */
export function arnOf(prefix: string, region: string, objects = ''): object {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${prefix}-\${AWS::AccountId}-${region}-an${objects}` };
}

/** Texts of the warnings of an app. */
export function warnings(construct: Construct): string[] {
  return synth(construct).stacksRecursively.flatMap((stack) =>
    stack.messages.filter(({ level }) => level === 'warning').map(({ id, entry }) => `${id} ${entry.data}`));
}
