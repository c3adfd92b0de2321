import { aws_s3 as s3, Stack, Stage, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { validateOptions } from '../bucket-replication';
import { validateAcknowledgement } from '../multi-region-access-point';
import type { MultiRegionBucketProps } from '../multi-region-bucket';
import { Routing } from '../routing';
import { invalid, list } from './errors';
import { accountKey, bucketName, defaultPrefix, validatePrefix } from './identity';
import { hasAccountRegionalNamespace } from './regions';
import { claim } from './registry';
import { validateHomeRegion, validateRegions } from './validate-regions';

/** What a bucket in several Regions will be: all choices made and checked, nothing made yet. */
export interface BucketPlan {
  readonly regions: string[];
  readonly accessPointRegions: string[];
  readonly namespace: s3.BucketNamespace;
  readonly prefix: string;
  readonly bucketNames: { readonly [region: string]: string };
  readonly routing: Routing;
  readonly regionalStacks: { readonly [region: string]: Stack };
}

/** Settings of `s3.Bucket` that a user may try here, and that a later version may bring. */
const NOT_YET: { readonly [property: string]: string } = {
  encryption: 'KMS keys are',
  encryptionKey: 'KMS keys are',
  encryptionKeys: 'KMS keys are',
  objectLockEnabled: 'Object Lock is',
  objectLockDefaultRetention: 'Object Lock is',
  account: 'buckets of other accounts are',
  accounts: 'buckets of other accounts are',
  buckets: 'adopting buckets is',
  policy: 'access point policies are',
  accessPointPolicy: 'access point policies are',
  vpc: 'VPC endpoints are',
  vpcEndpoints: 'VPC endpoints are',
};

/** Checks every setting and computes every name. */
export function planBucket(scope: Construct, props: MultiRegionBucketProps): BucketPlan {
  refuseNotYet(scope, props);
  validateHomeRegion(scope);
  validateRegions(scope, 'regions', props.regions);
  const regions = [...props.regions];
  const namespace = props.bucketNamespace ?? s3.BucketNamespace.ACCOUNT_REGIONAL;
  validateNamespace(scope, regions, namespace);
  const prefix = props.bucketNamePrefix ?? defaultPrefix(scope, regions, namespace);
  validatePrefix(scope, prefix, regions, namespace);
  const accessPointRegions = props.accessPointRegions ?? regions;
  validateAccessPointRegions(scope, regions, accessPointRegions);
  const routing = props.routing ?? Routing.activePassive(regions.find((region) => accessPointRegions.includes(region))!);
  routing._validate(scope, accessPointRegions);
  validateRegionalStacks(scope, regions, props.regionalStacks ?? {});
  validateOptions(scope, props.replication ?? {}, 'replication.');
  validateAcknowledgement(scope, props.acknowledgeReplacement);
  const home = Stack.of(scope);
  const holder = claim(scope, `name in ${accountKey(home)}`, prefix);
  if (holder) {
    throw invalid(scope, `'bucketNamePrefix' must differ between the buckets of an account, got '${prefix}' as '${holder.node.path}' has; give one of them another prefix, or set 'env.account' if they are deployed to different accounts`);
  }
  return {
    regions,
    accessPointRegions: [...accessPointRegions],
    namespace,
    prefix,
    bucketNames: Object.fromEntries(regions.map((region) => [region, bucketName(prefix, home.account, region, namespace)])),
    routing,
    regionalStacks: props.regionalStacks ?? {},
  };
}

function refuseNotYet(scope: Construct, props: MultiRegionBucketProps): void {
  const given = props as unknown as { [property: string]: unknown };
  const property = Object.keys(NOT_YET).find((name) => given[name] !== undefined);
  if (property) throw invalid(scope, `'${property}' cannot be set, as ${NOT_YET[property]} not there yet; leave it out`);
}

function validateNamespace(scope: Construct, regions: string[], namespace: s3.BucketNamespace): void {
  const without = namespace === s3.BucketNamespace.ACCOUNT_REGIONAL ? regions.find((region) => !hasAccountRegionalNamespace(region)) : undefined;
  if (without !== undefined) {
    throw invalid(scope, `'bucketNamespace' must be GLOBAL with '${without}', where names of the account's own do not exist, got ACCOUNT_REGIONAL; set bucketNamespace: s3.BucketNamespace.GLOBAL`);
  }
}

function validateAccessPointRegions(scope: Construct, regions: string[], accessPointRegions: string[]): void {
  validateRegions(scope, 'accessPointRegions', accessPointRegions);
  const stranger = accessPointRegions.find((region) => !regions.includes(region));
  if (stranger !== undefined) {
    throw invalid(scope, `'accessPointRegions' may not name '${stranger}', which is not one of 'regions'; choose from ${list(regions)}`);
  }
}

function validateRegionalStacks(scope: Construct, regions: string[], stacks: { readonly [region: string]: Stack }): void {
  const home = Stack.of(scope);
  for (const [region, stack] of Object.entries(stacks)) {
    const path = `regionalStacks.${region}`;
    if (!regions.includes(region)) {
      throw invalid(scope, `'${path}' may not be given, as '${region}' is not one of 'regions'; choose from ${list(regions)}`);
    }
    if (stack.region !== region) {
      const got = Token.isUnresolved(stack.region) ? 'a token' : `'${stack.region}'`;
      throw invalid(scope, `'${path}' must be a stack in '${region}', got '${stack.node.path}' in ${got}; set its 'env.region'`);
    }
    if (stack.account !== home.account) {
      const name = (account: string) => (Token.isUnresolved(account) ? 'an account that is not known' : `account '${account}'`);
      throw invalid(scope, `'${path}' must be a stack in ${name(home.account)}, as '${home.node.path}' is, got '${stack.node.path}' in ${name(stack.account)}; give both the same 'env.account', as buckets of other accounts are not there yet`);
    }
    if (Stage.of(stack) !== Stage.of(home)) {
      throw invalid(scope, `'${path}' must be a stack in the Stage of '${home.node.path}', got '${stack.node.path}'; make it in that Stage`);
    }
  }
}
