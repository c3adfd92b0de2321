import { aws_s3 as s3, CfnResource, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { deployAfter, waitFor } from './dependencies';
import { invalid } from './errors';
import { bucketArnText, type TemplateText, textOf } from './text';
import { validateRegions } from './validate-regions';

/** A bucket as the building blocks see it: by Region and name. */
export interface Member {
  readonly region: string;
  readonly bucketName: string;
  /** The name as text, if it is known at synthesis. */
  readonly nameText?: string;
  readonly bucket: s3.IBucket;
  /** The bucket's resource, if this app makes it. */
  readonly resource?: s3.CfnBucket;
}

/**
 * Checks a map of Region to bucket and takes what is needed of each, sorted by Region.
 *
 * The key says where a bucket lies: `env.region` of an imported one is the importing stack's. Buckets of other stacks are
 * taken by the name they are given, never by reference.
 */
export function resolveMembers(scope: IConstruct, property: string, buckets: { readonly [region: string]: s3.IBucket }): Member[] {
  const regions = Object.keys(buckets).sort();
  validateRegions(scope, property, regions);
  return regions.map((region) => resolveMember(scope, `${property}.${region}`, region, buckets[region]));
}

/** Makes resources wait for the buckets they name, and their stack for the stacks of these. */
export function dependOnBuckets(resources: readonly CfnResource[], members: readonly Member[]): void {
  const stack = Stack.of(resources[0]);
  for (const { resource: bucket, region } of members) {
    if (!bucket) continue;
    const owner = Stack.of(bucket);
    if (owner === stack) resources.forEach((resource) => waitFor(resource, bucket));
    else deployAfter(stack, owner, `the bucket of ${region} must be there first`);
  }
}

/** Region to bucket name. */
export function bucketNames(members: readonly Member[]): { [region: string]: string } {
  return Object.fromEntries(members.map((member) => [member.region, member.bucketName]));
}

/** ARN of a bucket, or of what lies in it, for a policy. */
export function bucketArn(scope: IConstruct, member: Member, objects = ''): TemplateText {
  return bucketArnText(scope, member.nameText ?? member.bucketName, objects);
}

function resolveMember(scope: IConstruct, path: string, region: string, bucket: s3.IBucket): Member {
  const stack = Stack.of(scope);
  const child = bucket.node.defaultChild;
  const resource = CfnResource.isCfnResource(child) && child.cfnResourceType === s3.CfnBucket.CFN_RESOURCE_TYPE_NAME ? (child as s3.CfnBucket) : undefined;
  const account = resource ? Stack.of(resource).account : bucket.env.account;
  if (!Token.isUnresolved(account) && !Token.isUnresolved(stack.account) && account !== stack.account) {
    throw invalid(scope, `'${path}' must belong to the stack's account '${stack.account}', got '${account}'; buckets of other accounts are not there yet`);
  }
  if (bucket.encryptionKey) {
    throw invalid(scope, `'${path}' must be encrypted with keys that S3 manages, got a KMS key; KMS keys are not there yet`);
  }
  if (!resource) return { region, bucket, bucketName: bucket.bucketName, nameText: textOf(stack.resolve(bucket.bucketName)) };
  validateOwned(scope, path, region, resource);
  return { region, bucket, resource, ...ownedName(scope, path, bucket, resource) };
}

function validateOwned(scope: IConstruct, path: string, region: string, resource: s3.CfnBucket): void {
  const owner = Stack.of(resource);
  if (owner.region !== region) {
    const got = Token.isUnresolved(owner.region) ? 'a stack whose Region is not known' : `'${owner.region}'`;
    throw invalid(scope, `'${path}' must be a bucket in a stack of that Region, got one in ${got}; use the bucket's own Region as the key, and set 'env.region' on its stack`);
  }
  const resolved = owner.resolve({
    versioning: resource.versioningConfiguration,
    encryption: resource.bucketEncryption,
    lock: resource.objectLockEnabled,
    rules: resource.replicationConfiguration,
  });
  if (resolved.versioning?.status !== 'Enabled') {
    throw invalid(scope, `'${path}' must be versioned, as S3 replicates no other buckets, got one without; set 'versioned: true' on it`);
  }
  if (JSON.stringify(resolved.encryption ?? '').includes('aws:kms')) {
    throw invalid(scope, `'${path}' must be encrypted with keys that S3 manages, got KMS; KMS keys are not there yet`);
  }
  if (resolved.lock !== undefined && resolved.lock !== false) {
    throw invalid(scope, `'${path}' may not have Object Lock, got a bucket with it; Object Lock is not there yet`);
  }
  if (resolved.rules !== undefined) {
    throw invalid(scope, `'${path}' may not have replication rules in its template, got some; CloudFormation would overwrite one set with the other, so remove 'replicationRules' from the bucket`);
  }
}

function ownedName(scope: IConstruct, path: string, bucket: s3.IBucket, resource: s3.CfnBucket): Pick<Member, 'bucketName' | 'nameText'> {
  const owner = Stack.of(resource);
  const resolved: unknown = owner.resolve(resource.bucketName);
  const nameText = textOf(resolved);
  if (nameText !== undefined || isMadeOfPseudoParameters(resolved)) return { bucketName: resource.bucketName!, nameText };
  if (owner === Stack.of(scope)) return { bucketName: bucket.bucketName };
  throw invalid(scope, `'${path}' lies in another stack and needs a name that is known at synthesis, got one that CloudFormation chooses; set 'bucketName' on it`);
}

/** Such a name means the same in each stack of the account. */
function isMadeOfPseudoParameters(resolved: unknown): boolean {
  return resolved !== undefined && !/"(Ref":"(?!AWS::)|Fn::(?!Join))/.test(JSON.stringify(resolved));
}
