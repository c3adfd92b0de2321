/**
 * How objects are kept in sync; the same in each direction between each two Regions.
 */
export interface ReplicationOptions {
  /**
   * Replicate delete markers, so that an object deleted in one Region is gone in all.
   *
   * Deletions of one version by its id, and deletions by lifecycle rules, are never replicated by S3.
   *
   * @default true
   */
  readonly deleteMarkers?: boolean;

  /**
   * Carry changes of tags, ACLs and Object Lock settings made on a replica back to the other Regions.
   *
   * Without it, a tag that is set in the standby Region during a failover stays there.
   *
   * @default true
   */
  readonly replicaModificationSync?: boolean;

  /**
   * Use S3 Replication Time Control: most objects within seconds, 99.9 % within 15 minutes by the service's agreement.
   *
   * Billed by the gigabyte. It covers neither delete markers nor what exceeds the Region's replication limits.
   *
   * @default false
   */
  readonly timeControl?: boolean;

  /**
   * Publish replication metrics: latency, pending and failed operations of each direction.
   *
   * Billed like custom metrics. Without them nothing shows how far a Region is behind.
   *
   * @default true
   */
  readonly metrics?: boolean;

  /**
   * Replicate only objects whose key starts with this.
   *
   * All other objects exist in one Region only, and a switch hides them.
   *
   * @default - every object
   */
  readonly prefix?: string;
}
