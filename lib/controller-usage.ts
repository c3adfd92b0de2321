/**
 * What a controller uses in a month of 30 days in which nothing is wrong: at most, in the units that AWS bills by.
 *
 * Prices differ between Regions and over time, so there are none here; docs/cost.md says how each figure comes about.
 */
export interface ControllerUsage {
  /** Starts of functions, which are requests of AWS Lambda and invocations of EventBridge Scheduler. */
  readonly functionRuns: number;

  /** Gigabyte-seconds of arm64 functions. */
  readonly functionGigabyteSeconds: number;

  /** S3 requests of the class of PUT: probes, heartbeats, and a write for each replica of a heartbeat. */
  readonly bucketWrites: number;

  /** S3 requests of the class of GET: probes, and looks at heartbeats. */
  readonly bucketReads: number;

  /** Replicated write request units of DynamoDB, those of all three replicas together. */
  readonly tableWriteUnits: number;

  /** Read request units of DynamoDB. */
  readonly tableReadUnits: number;

  /** Versions of heartbeats that lie in all data buckets at any one time, of some 100 bytes each. */
  readonly heartbeatVersions: number;

  /** Custom metrics of CloudWatch, without `DecisionHeld`, of which there is one for each reason that occurred. */
  readonly customMetrics: number;

  /** Metrics that alarms look at, by which CloudWatch bills an alarm. */
  readonly alarmMetrics: number;

  /** Gigabytes of log. */
  readonly logGigabytes: number;
}
