export { AccessPointRoutes, type AccessPointRoutesProps } from './access-point-routes';
export { BucketReplication, type BucketReplicationProps } from './bucket-replication';
export { FailoverSwitch, type FailoverSwitchProps } from './failover-switch';
export { MultiRegionAccessPoint, type MultiRegionAccessPointProps } from './multi-region-access-point';
export { MultiRegionBucket, type MultiRegionBucketAttributes, type MultiRegionBucketProps } from './multi-region-bucket';
export type { IMultiRegionBucket } from './multi-region-bucket-interface';
export { OnRedeploy } from './on-redeploy';
export type { ReplicationOptions } from './replication-options';
export { Routing } from './routing';
