/**
 * A bucket's replication configuration, as PutBucketReplication takes it. Structurally the SDK's own, so that rules of others pass
 * through untouched; spelled out here since core knows no SDK.
 */
export interface ReplicationConfiguration {
  readonly Role: string | undefined;
  readonly Rules: readonly ReplicationRule[] | undefined;
}

export type Status = 'Enabled' | 'Disabled';

export interface ReplicationRule {
  readonly ID?: string;
  readonly Priority?: number;
  readonly Status: Status | undefined;
  /** Version 1 of the schema: a rule with this and without a filter. */
  readonly Prefix?: string;
  readonly Filter?: { readonly Prefix?: string; readonly Tag?: unknown; readonly And?: unknown };
  readonly DeleteMarkerReplication?: { readonly Status?: Status };
  readonly SourceSelectionCriteria?: {
    readonly ReplicaModifications?: { readonly Status: Status | undefined };
    readonly SseKmsEncryptedObjects?: { readonly Status: Status | undefined };
  };
  readonly Destination: ReplicationRuleDestination | undefined;
}

export interface ReplicationRuleDestination {
  readonly Bucket: string | undefined;
  readonly Metrics?: { readonly Status: Status | undefined; readonly EventThreshold?: { readonly Minutes?: number } };
  readonly ReplicationTime?: { readonly Status: Status | undefined; readonly Time: { readonly Minutes?: number } | undefined };
}

/** What the template wants of one source bucket. */
export interface WantedReplication {
  readonly bucket: string;
  readonly region: string;
  readonly partition: string;
  /** Account that must own the bucket. */
  readonly account: string;
  readonly roleArn: string;
  readonly rulePrefix: string;
  readonly destinations: readonly { readonly region: string; readonly bucket: string }[];
  readonly keyPrefix: string;
  readonly deleteMarkers: boolean;
  readonly replicaModifications: boolean;
  readonly timeControl: boolean;
  readonly metrics: boolean;
}
