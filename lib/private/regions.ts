/**
 * What the library must know of Regions at synthesis. Nothing here is looked up: a Region that AWS adds later is refused
 * until this list has it, which is better than a deployment that fails half way.
 */

/** Regions enabled in every account that can hold a bucket of an access point (user guide, "Multi-Region Access Point restrictions and limitations"). */
const DEFAULT_REGIONS = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1',
  'ap-southeast-2', 'ca-central-1', 'eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1',
];

/** Regions that an account must enable first (user guide, "Configuring Multi-Region Access Point opt-in Regions"). */
const OPT_IN_REGIONS = [
  'af-south-1', 'ap-east-1', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ca-west-1', 'eu-central-2', 'eu-south-1', 'eu-south-2',
  'il-central-1', 'me-central-1', 'me-south-1',
];

/** Regions without bucket names of an account's own (user guide, "Namespaces for general purpose buckets"). */
const WITHOUT_ACCOUNT_REGIONAL_NAMESPACE = ['me-south-1', 'me-central-1'];

const MEMBERS = new Set([...DEFAULT_REGIONS, ...OPT_IN_REGIONS]);

/** An access point spans this many Regions at most. */
export const MAX_REGIONS = 17;

/** Whether a bucket there can belong to an access point. */
export function isMemberRegion(region: string): boolean {
  return MEMBERS.has(region);
}

/**
 * Whether CloudFormation there knows AWS::S3::MultiRegionAccessPoint. Of the Regions of the commercial partition these are
 * the same that can hold a member.
 */
export function isHomeRegion(region: string): boolean {
  return MEMBERS.has(region);
}

/** Whether an account must enable the Region before use. */
export function isOptInRegion(region: string): boolean {
  return OPT_IN_REGIONS.includes(region);
}

/** Whether bucket names of the account's own exist there. */
export function hasAccountRegionalNamespace(region: string): boolean {
  return !WITHOUT_ACCOUNT_REGIONAL_NAMESPACE.includes(region);
}

/** All Regions that can hold a member, for error messages. */
export function memberRegions(): string[] {
  return [...MEMBERS].sort();
}
