import type { Table } from '../core/controller/ports';
import type { AccessPoint } from '../core/routes/access-point';
import type { BucketPort } from '../core/operate/ports';
import type { ReplicationMetrics } from '../core/lag/metrics';
import type { DoctorAdapters } from '../core/operate/doctor/ports';
import type { Estate } from '../core/operate/estate';
import type { ReplicationConfiguration } from '../core/replication/model';
import type { ControlEndpoint } from '../core/routes/endpoint';
import type { DrillClient } from '../core/operate/drill/recording';

/** Who the caller is, as STS says. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly partition: string;
}

/** Everything of AWS that the command line reaches, made from the usual credential chain. Clients are made when first used. */
export interface Aws {
  /** Asked in several Regions, the first answer wins; a dead Region costs nothing. */
  caller(regions: readonly string[], signal: AbortSignal): Promise<Caller>;
  /** Text of an SSM parameter of one Region; undefined without one. */
  parameter(region: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  /** Region that the environment or the profile names; undefined without one. */
  ownRegion(): Promise<string | undefined>;
  /** `account` owns the bucket: one of somebody else by the same name is never touched. */
  bucket(region: string, name: string, account: string): BucketPort;
  controlEndpoints(): readonly ControlEndpoint[];
  writeProbe(accessPoint: AccessPoint, buckets: { readonly [region: string]: string }): DrillClient;
  /** What S3 publishes about replication, in CloudWatch of any Region. */
  metrics(): ReplicationMetrics;
  /** Replication configuration of a bucket; undefined without one. */
  replication(region: string, bucket: string, account: string, signal: AbortSignal): Promise<ReplicationConfiguration | undefined>;
  /** One Region's replica of the controller's table. */
  table(region: string, name: string): Table;
  /** What only `doctor` reaches. */
  doctor(estate: Estate): DoctorAdapters;
  /** Ends connections that are kept alive. */
  close(): void;
}
