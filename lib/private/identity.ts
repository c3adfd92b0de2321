import { createHash } from 'node:crypto';
import { aws_s3 as s3, CfnResource, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { invalid } from './errors';
import { compact } from './text';

/** Longest bucket name that S3 takes. */
const MAX_BUCKET_NAME = 63;
const ACCOUNT_DIGITS = 12;

/** Starts with a letter, as a stack name must, and is otherwise what a bucket name may hold; no dots, for TLS. */
const PREFIX = /^[a-z][a-z0-9-]*[a-z0-9]$/;

/** Beginnings of bucket names that S3 keeps for itself (user guide, "General purpose bucket naming rules"). */
const RESERVED = ['xn--', 'sthree-', 'amzn-s3-demo-'];

/** Suffix of names in the account's own namespace. */
const ACCOUNT_REGIONAL_SUFFIX = '-an';

/** First characters of a hash: enough to tell the constructs of one app apart. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Name that follows from the construct's path, no longer than the longest Region leaves room for. */
export function defaultPrefix(scope: IConstruct, regions: readonly string[], namespace: s3.BucketNamespace): string {
  return pathIdentity(scope, maxPrefixLength(regions, namespace));
}

/** Readable and unique, from the construct's path. */
export function pathIdentity(scope: IConstruct, maxLength = MAX_BUCKET_NAME): string {
  const hash = shortHash(scope.node.path);
  const slug = scope.node.path.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '');
  const human = slug.slice(0, maxLength - hash.length - 1).replace(/-+$/, '') || 'bucket';
  return `${human}-${hash}`;
}

/** Refuses a prefix that S3 or CloudFormation would refuse. */
export function validatePrefix(scope: IConstruct, prefix: string, regions: readonly string[], namespace: s3.BucketNamespace): void {
  if (Token.isUnresolved(prefix)) {
    throw invalid(scope, `'bucketNamePrefix' must be a plain string, got a token; stack and bucket names are made of it at synthesis`);
  }
  if (!PREFIX.test(prefix)) {
    throw invalid(scope, `'bucketNamePrefix' must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen, got '${prefix}'; choose a name such as 'media'`);
  }
  const reserved = RESERVED.find((start) => prefix.startsWith(start));
  if (reserved) {
    throw invalid(scope, `'bucketNamePrefix' may not begin with '${reserved}', which S3 keeps for itself, got '${prefix}'; choose another beginning`);
  }
  const max = maxPrefixLength(regions, namespace);
  if (prefix.length > max) {
    throw invalid(
      scope,
      `'bucketNamePrefix' may have ${max} characters in these Regions, as a bucket name has ${MAX_BUCKET_NAME} at most with account and Region, got ${prefix.length} ('${prefix}'); shorten it`,
    );
  }
}

/** Physical name of the bucket of one Region; `account` may be a token. */
export function bucketName(prefix: string, account: string, region: string, namespace: s3.BucketNamespace): string {
  const suffix = namespace === s3.BucketNamespace.ACCOUNT_REGIONAL ? ACCOUNT_REGIONAL_SUFFIX : '';
  return compact(`${prefix}-${account}-${region}${suffix}`);
}

function maxPrefixLength(regions: readonly string[], namespace: s3.BucketNamespace): number {
  const longest = Math.max(...regions.map((region) => region.length));
  return MAX_BUCKET_NAME - bucketName('', '0'.repeat(ACCOUNT_DIGITS), '0'.repeat(longest), namespace).length;
}

/**
 * Logical id that follows from the construct's identity, not from its path.
 *
 * A construct that is renamed in code but keeps its identity must not replace its bucket, its access point (a new alias,
 * an outage for all clients) or its rules.
 */
export function stableId(identity: string, label: string): string {
  const readable = label.replace(/[^A-Za-z0-9]/g, '');
  return `S3Failover${readable}${shortHash(`${identity}/${label}`).toUpperCase()}`;
}

/** Gives a resource, or the one that a construct makes, such a logical id. */
export function stabilise(construct: IConstruct, identity: string, label: string): void {
  const resource = CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild;
  if (resource && CfnResource.isCfnResource(resource)) resource.overrideLogicalId(stableId(identity, label));
}

/** Account as part of a key: the same for all stacks whose account is not known. */
export function accountKey(stack: Stack): string {
  return Token.isUnresolved(stack.account) ? 'unknown-account' : stack.account;
}
