/**
 * What the constructs (`lib`) and the code that runs later (`runtime`) agree on; `controller-contract.ts` is the same for the controller. Both sides
 * import these two files and no other of each other.
 *
 * Every value in a custom resource's properties reaches its handler as a string, or as a list or map of strings:
 * CloudFormation turns numbers and booleans into text. These types say so on purpose.
 */

import type { ManifestController } from './controller-contract';

/** CloudFormation types of the custom resources, one handler module each. */
export const ResourceType = {
  GUARD: 'Custom::S3FailoverAccessPointGuard',
  REPLICATION: 'Custom::S3FailoverReplication',
  ROUTES: 'Custom::S3FailoverRoutes',
  MANIFEST: 'Custom::S3FailoverManifest',
} as const;

/** Value of the stack parameter that leaves traffic where it is. */
export const UNCHANGED = 'unchanged';

/** The Regions whose endpoints accept route calls (Amazon S3 user guide, Multi-Region Access Point restrictions). */
export const CONTROL_REGIONS = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'] as const;

/** Environment of the deploy-time handler. */
export const Environment = {
  /** Seconds that the function may run; every wait inside ends earlier, so that the answer is ours and not a time-out. */
  TIMEOUT_SECONDS: 'S3_FAILOVER_TIMEOUT_SECONDS',
} as const;

/** The four switches of S3 Block Public Access, in the service's own spelling. */
export interface PublicAccessBlock {
  readonly BlockPublicAcls: string;
  readonly BlockPublicPolicy: string;
  readonly IgnorePublicAcls: string;
  readonly RestrictPublicBuckets: string;
}

/** `Custom::S3FailoverReplication`: the rules of one source bucket. */
export interface ReplicationProperties {
  readonly Bucket: string;
  readonly Region: string;
  readonly RoleArn: string;
  /** Owner of the rules: the resource touches only rules whose id starts with this. */
  readonly RulePrefix: string;
  readonly Destinations: ReplicationDestination[];
  /** Key prefix that the rules cover; empty for every object. */
  readonly KeyPrefix: string;
  readonly DeleteMarkers: string;
  readonly ReplicaModifications: string;
  readonly TimeControl: string;
  readonly Metrics: string;
}

/** One destination of a source bucket; the rule's id is the prefix plus the Region. */
export interface ReplicationDestination {
  readonly Region: string;
  readonly Bucket: string;
}

/** `Custom::S3FailoverAccessPointGuard`: what the access point is wanted to be. */
export interface GuardProperties {
  readonly ManifestParameterName: string;
  /** Regions in which a copy of the manifest may be found. */
  readonly ManifestRegions: string[];
  /** Region to bucket name of the wanted access point. */
  readonly Buckets: { readonly [region: string]: string };
  readonly PublicAccessBlock: PublicAccessBlock;
  /** Digest printed by a refusal, to let the replacement happen once. */
  readonly AcknowledgeReplacement?: string;
  /** `ManifestController` as JSON; absent without a controller. One that was there before must be destroyed before it is left out. */
  readonly Controller?: string;
}

/** Attributes that the guard answers with. */
export const GuardAttribute = {
  /**
   * ARN of the access point that is live before this deployment, or an ARN that names nothing. The routes resource may
   * read that one's routes when the access point was replaced.
   */
  LIVE_ACCESS_POINT_ARN: 'LiveAccessPointArn',
} as const;

export const RoutingMode = { LATENCY: 'latency', ACTIVE_PASSIVE: 'active-passive', FAILOVER_ORDER: 'failover-order' } as const;
export type RoutingMode = (typeof RoutingMode)[keyof typeof RoutingMode];

export const OnRedeployMode = { PRESERVE: 'PRESERVE', ENFORCE: 'ENFORCE', FAIL_ON_DRIFT: 'FAIL_ON_DRIFT' } as const;
export type OnRedeployMode = (typeof OnRedeployMode)[keyof typeof OnRedeployMode];

export const WhenLaggingMode = { REFUSE: 'REFUSE', SWITCH: 'SWITCH' } as const;
export type WhenLaggingMode = (typeof WhenLaggingMode)[keyof typeof WhenLaggingMode];

/** A new switch id that begins so switches once, whatever has not been replicated. */
export const FORCE_PREFIX = 'force-';

/** Part of the keys of small objects that are written to see when they are replicated; the prefix that a rule covers stands before it. */
export const MARKER_PREFIX = '.s3-failover/marker/';

/** `Custom::S3FailoverRoutes`: how traffic is meant to flow. */
export interface RoutesProperties {
  readonly AccessPointArn: string;
  /** Region to bucket name, every member of the access point. */
  readonly Buckets: { readonly [region: string]: string };
  /** Regions that are active when nobody has switched. */
  readonly ActiveRegions: string[];
  /** Value of the stack parameter: a Region, `unchanged`, or absent without a switch. */
  readonly ActiveRegion?: string;
  readonly SwitchId?: string;
  /** What a switch does while its target lags behind; absent without a switch. */
  readonly WhenLagging?: string;
  /** Names of the two stack parameters, for the error that says what to type. */
  readonly ActiveRegionParameter?: string;
  readonly SwitchIdParameter?: string;
  readonly OnRedeploy: string;
  /** `ManifestController` as JSON; absent without a controller. A switch then takes the epoch, as every other act does. */
  readonly Controller?: string;
  /** Differs at each synthesis where the mode needs the handler called every time. */
  readonly SynthesisId?: string;
}

/** Attributes that the routes resource answers with. */
export const RoutesAttribute = {
  /** Active Regions after the call, comma separated. */
  ACTIVE_REGIONS: 'ActiveRegions',
  /** Empty, or one sentence that says how live routes differ from what the template asks for. */
  DRIFT: 'Drift',
  /** Highest level of proof reached, `read back` or `read back elsewhere`; empty when live routes could not be read and nothing was sent. */
  PROOF: 'Proof',
} as const;

/** `Custom::S3FailoverManifest`: what is written to each data Region. */
export interface ManifestProperties {
  readonly ManifestParameterName: string;
  /** Regions that get a copy: data Regions, and control Regions that hold no bucket. */
  readonly Regions: string[];
  readonly Account: string;
  readonly Partition: string;
  readonly HomeRegion: string;
  readonly BucketNamePrefix: string;
  readonly AccessPointArn: string;
  readonly AccessPointAlias: string;
  readonly AccessPointName: string;
  /** Region to bucket name of the access point's members. */
  readonly AccessPointBuckets: { readonly [region: string]: string };
  readonly PublicAccessBlock: PublicAccessBlock;
  /** Region to bucket name of every data Region, members or not. */
  readonly Buckets: { readonly [region: string]: string };
  readonly RoutingMode: string;
  /** Active Region first; every active Region for `latency`; the whole order for `failover-order`. */
  readonly RoutingRegions: string[];
  /** `ManifestController` as JSON; absent without a controller. */
  readonly Controller?: string;
}

/**
 * Versions of the manifest; a reader refuses a newer one than it knows. One with a controller is of version 2, so that a tool which knows
 * no register, and would move traffic past it, refuses it.
 */
export const ManifestVersion = { ALONE: 1, WITH_CONTROLLER: 2 } as const;

/** What an operator's tool must know; holds nothing that a switch changes. Stored as JSON in SSM Parameter Store. */
export interface Manifest {
  readonly version: number;
  /** Grows with each write; the highest of several copies is the newest. */
  readonly revision: number;
  readonly account: string;
  readonly partition: string;
  readonly homeRegion: string;
  readonly bucketNamePrefix: string;
  readonly accessPoint: {
    readonly arn: string;
    readonly alias: string;
    readonly name: string;
    readonly buckets: { readonly [region: string]: string };
    readonly publicAccessBlock: {
      readonly blockPublicAcls: boolean;
      readonly blockPublicPolicy: boolean;
      readonly ignorePublicAcls: boolean;
      readonly restrictPublicBuckets: boolean;
    };
  };
  readonly buckets: { readonly [region: string]: string };
  readonly routing: { readonly mode: RoutingMode; readonly regions: string[] };
  /** Absent without a controller. */
  readonly controller?: ManifestController;
}

/** Name of the plain parameter that holds the access point's ARN, beside the manifest. */
export function arnParameterName(manifestParameterName: string): string {
  return `${manifestParameterName}/arn`;
}

/** Name of the plain parameter that holds the access point's alias, beside the manifest. */
export function aliasParameterName(manifestParameterName: string): string {
  return `${manifestParameterName}/alias`;
}
