import type { aws_cloudwatch as cloudwatch, aws_iam as iam } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A bucket in several Regions behind one endpoint, made in this app or elsewhere. */
export interface IMultiRegionBucket extends IConstruct {
  /**
   * ARN of the access point: what clients pass as the bucket's name.
   *
   * In another stack read it by `MultiRegionBucket.fromManifest()`: an export would hold on to the access point, and a
   * replacement that you acknowledge would then fail.
   */
  readonly arn: string;

  /** Alias of the access point, with its suffix `.mrap`. Clients cannot use it in place of the ARN. */
  readonly alias: string;

  /** Host name of the endpoint. */
  readonly domainName: string;

  /** Regions that hold a bucket. */
  readonly regions: string[];

  /** Name of the SSM parameter that holds the manifest, in each of the Regions. */
  readonly manifestParameterName: string;

  /**
   * Lets a principal read and list objects, through the access point and in every bucket.
   *
   * S3 checks the access point and the bucket that serves the request, so both are granted.
   *
   * @param grantee role, user or group of this account
   * @param objectsKeyPattern keys to grant, such as `images/*`; every key by default
   */
  grantRead(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant;

  /**
   * Lets a principal write objects, but not delete any.
   *
   * @param grantee role, user or group of this account
   * @param objectsKeyPattern keys to grant, such as `images/*`; every key by default
   */
  grantPut(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant;

  /**
   * Lets a principal write and delete objects.
   *
   * @param grantee role, user or group of this account
   * @param objectsKeyPattern keys to grant, such as `images/*`; every key by default
   */
  grantWrite(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant;

  /**
   * Lets a principal read, list, write and delete objects.
   *
   * @param grantee role, user or group of this account
   * @param objectsKeyPattern keys to grant, such as `images/*`; every key by default
   */
  grantReadWrite(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant;

  /**
   * Lets a principal delete objects.
   *
   * @param grantee role, user or group of this account
   * @param objectsKeyPattern keys to grant, such as `images/*`; every key by default
   */
  grantDelete(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant;

  /**
   * Seconds that one Region is behind another: the maximum, published in the destination's Region.
   *
   * S3 publishes nothing while a Region is down: let an alarm keep its state when data is missing.
   *
   * @param sourceRegion Region that objects come from
   * @param destinationRegion Region that objects go to
   * @param options anything that differs from the metric's defaults
   */
  metricReplicationLatency(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Bytes that wait to be replicated: the maximum, published in the destination's Region.
   *
   * @param sourceRegion Region that objects come from
   * @param destinationRegion Region that objects go to
   * @param options anything that differs from the metric's defaults
   */
  metricBytesPendingReplication(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Operations that wait to be replicated: the maximum, published in the destination's Region.
   *
   * @param sourceRegion Region that objects come from
   * @param destinationRegion Region that objects go to
   * @param options anything that differs from the metric's defaults
   */
  metricOperationsPendingReplication(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Operations that failed to replicate, and that S3 does not try again: the sum, published in the source's Region.
   *
   * @param sourceRegion Region that objects come from
   * @param destinationRegion Region that objects go to
   * @param options anything that differs from the metric's defaults
   */
  metricOperationsFailedReplication(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests that one Region's bucket served: the sum. Compared between Regions it shows where traffic goes.
   *
   * Needs `requestMetrics` on the bucket.
   *
   * @param bucketRegion Region of the bucket
   * @param options anything that differs from the metric's defaults
   */
  metricAllRequests(bucketRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * Requests that one Region's bucket answered with a 5xx status: the sum.
   *
   * Needs `requestMetrics` on the bucket.
   *
   * @param bucketRegion Region of the bucket
   * @param options anything that differs from the metric's defaults
   */
  metric5xxErrors(bucketRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
