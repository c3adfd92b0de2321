import type { ReplicationMetrics } from '../../lag/metrics';
import type { Clock, Log } from '../../ports';
import type { ReplicationConfiguration } from '../../replication/model';
import type { ControlEndpoint } from '../../routes/endpoint';
import type { Estate } from '../estate';
import type { Buckets, WallClock } from '../ports';
import type { ControllerPort } from '../controller';
import type { Register } from '../register';

/**
 * What only a look at everything needs. As all ports, calls reject with a CallError and end with their signal; none of them
 * changes anything.
 */

/** How a bucket is set up, as its own Region tells it. */
export interface BucketSettings {
  /** `never`: versions were never kept. */
  versioning(signal: AbortSignal): Promise<'Enabled' | 'Suspended' | 'never'>;
  /** Undefined without rules. */
  replication(signal: AbortSignal): Promise<ReplicationConfiguration | undefined>;
  /** Rules as S3 gives them; none is an empty list. */
  lifecycle(signal: AbortSignal): Promise<readonly LifecycleRule[]>;
  encryption(signal: AbortSignal): Promise<BucketEncryption>;
  /** As `BucketOwnerEnforced`; undefined where it was never set, which means that ACLs count. */
  ownership(signal: AbortSignal): Promise<string | undefined>;
  /** Undefined where none of the four was ever set. */
  publicAccessBlock(signal: AbortSignal): Promise<PublicAccessBlock | undefined>;
  /** Resolves when a bucket of that name answers, whoever owns it. */
  existsForAnybody(signal: AbortSignal): Promise<void>;
}

/** Compared as a whole; only what tells rules apart for a person is named. */
export interface LifecycleRule {
  readonly ID?: string;
  readonly Status?: string;
  readonly [member: string]: unknown;
}

export interface BucketEncryption {
  /** As S3 spells it: `AES256`, `aws:kms`, `aws:kms:dsse`. */
  readonly algorithm: string;
  /** ARN or id; absent with `aws:kms` means the account's own S3 key of that Region. */
  readonly keyId?: string;
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly ignorePublicAcls: boolean;
  readonly restrictPublicBuckets: boolean;
}

/**
 * Requests that a permission lets through and the service then must refuse, so that nothing is changed. Each resolves when it
 * got past the permissions, and rejects with a CallError otherwise, one that is `denied` where a permission is missing.
 */
export interface BucketTrials {
  /** A body that is not what its digest says. */
  putObject(key: string, signal: AbortSignal): Promise<void>;
  /** A policy that is no JSON, with a digest that is not its own. */
  putPolicy(signal: AbortSignal): Promise<void>;
  /** A version that never was. */
  removeVersion(key: string, signal: AbortSignal): Promise<void>;
  /** The same in a batch, for which S3 asks for more. */
  removeBatch(key: string, signal: AbortSignal): Promise<void>;
}

/** The same through the access point, signed for every Region. */
export interface AccessPointTrial {
  putObject(key: string, signal: AbortSignal): Promise<void>;
}

/** Where credentials come from. */
export type CredentialSource =
  | 'environment'
  | 'profile'
  | 'sso'
  | 'login'
  | 'assumed role'
  | 'web identity'
  | 'process'
  | 'container'
  | 'instance'
  | 'unknown';

export interface CredentialFacts {
  readonly source: CredentialSource;
  /** Whether they are of a session, which ends. */
  readonly temporary: boolean;
  /** Milliseconds since the epoch; absent where nobody says. */
  readonly expiresAt?: number;
  /** What must answer when they are to be renewed, as far as the configuration tells. */
  readonly renewals: readonly { readonly service: string; readonly region: string }[];
}

/** A role as IAM tells it. */
export interface RoleFacts {
  readonly trustsS3: boolean;
}

export interface Roles {
  /** Undefined when there is no such role. */
  role(arn: string, signal: AbortSignal): Promise<RoleFacts | undefined>;
  /** Those of the actions that the role's own policies do not allow on a resource. */
  notAllowed(arn: string, actions: readonly string[], resource: string, signal: AbortSignal): Promise<readonly string[]>;
}

/** What nothing but a look at everything reaches. */
export interface DoctorAdapters {
  settings(region: string): BucketSettings;
  trials(region: string): BucketTrials;
  readonly accessPointTrial: AccessPointTrial;
  readonly roles: Roles;
  /** Account of the caller as STS of one Region says. */
  account(region: string, signal: AbortSignal): Promise<string>;
  credentials(signal: AbortSignal): Promise<CredentialFacts>;
}

/** Everything that a look at an estate reaches. */
export interface DoctorWorld extends DoctorAdapters {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly log: Log;
  readonly estate: Estate;
  readonly endpoints: readonly ControlEndpoint[];
  readonly buckets: Buckets;
  readonly metrics: ReplicationMetrics;
  readonly register: Register;
  /** Absent without one. */
  readonly controller?: ControllerPort;
  /** Text of an SSM parameter; undefined without one. */
  parameter(region: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  /** Where the manifest in use comes from. */
  readonly manifestFrom: { readonly words: string; readonly parameter?: string };
}
