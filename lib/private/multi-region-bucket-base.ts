import { aws_cloudwatch as cloudwatch, type aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IMultiRegionBucket } from '../multi-region-bucket-interface';
import { invalid, list } from './errors';
import { grant, type Verb, Verbs } from './grants';
import { shortHash } from './identity';
import { bucketArnOf, textOf } from './text';

/** Metrics configuration of each bucket that asked for request metrics. */
export const REQUEST_METRICS_ID = 'EntireBucket';

/** Name of the manifest's parameter, from the construct's identity. */
export function manifestNameOf(prefix: string): string {
  return `/s3-failover/${prefix}`;
}

/** Beginning of the rules' ids, from the construct's identity. */
export function ruleIdPrefixOf(prefix: string): string {
  return `s3-failover-${shortHash(prefix)}-`;
}

/**
 * Grants and metrics, which need names only: the same for a bucket made here and one made elsewhere.
 * @internal
 */
export abstract class MultiRegionBucketBase extends Construct implements IMultiRegionBucket {
  public abstract readonly arn: string;
  public abstract readonly alias: string;
  public abstract readonly domainName: string;
  public abstract readonly regions: string[];
  public abstract readonly manifestParameterName: string;

  /** @internal */
  protected abstract readonly _bucketNames: { readonly [region: string]: string };

  /** @internal */
  protected abstract readonly _ruleIdPrefix: string;

  /**
   * Whether the buckets publish metrics of requests, and of replication.
   * @internal
   */
  protected abstract readonly _publishes: { readonly requests: boolean; readonly replication: boolean };

  public grantRead(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant {
    return this._grant(grantee, Verbs.READ, objectsKeyPattern);
  }

  public grantPut(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant {
    return this._grant(grantee, Verbs.PUT, objectsKeyPattern);
  }

  public grantWrite(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant {
    return this._grant(grantee, Verbs.WRITE, objectsKeyPattern);
  }

  public grantReadWrite(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant {
    return this._grant(grantee, Verbs.READ_WRITE, objectsKeyPattern);
  }

  public grantDelete(grantee: iam.IGrantable, objectsKeyPattern?: string): iam.Grant {
    return this._grant(grantee, Verbs.DELETE, objectsKeyPattern);
  }

  public metricReplicationLatency(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this._replicationMetric('ReplicationLatency', cloudwatch.Stats.MAXIMUM, sourceRegion, destinationRegion, destinationRegion, options);
  }

  public metricBytesPendingReplication(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this._replicationMetric('BytesPendingReplication', cloudwatch.Stats.MAXIMUM, sourceRegion, destinationRegion, destinationRegion, options);
  }

  public metricOperationsPendingReplication(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this._replicationMetric('OperationsPendingReplication', cloudwatch.Stats.MAXIMUM, sourceRegion, destinationRegion, destinationRegion, options);
  }

  public metricOperationsFailedReplication(sourceRegion: string, destinationRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this._replicationMetric('OperationsFailedReplication', cloudwatch.Stats.SUM, sourceRegion, destinationRegion, sourceRegion, options);
  }

  public metricAllRequests(bucketRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this._requestMetric('AllRequests', bucketRegion, options);
  }

  public metric5xxErrors(bucketRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this._requestMetric('5xxErrors', bucketRegion, options);
  }

  /** @internal */
  protected _nameOf(property: string, region: string): string {
    const name = this._bucketNames[region];
    if (name === undefined) {
      throw invalid(this, `'${property}' must be one of the bucket's Regions, got '${region}'; choose from ${list(this.regions)}`);
    }
    return name;
  }

  /** @internal */
  protected _requestMetric(metricName: string, region: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (!this._publishes.requests) {
      throw invalid(this, `'requestMetrics' must be on for the metric ${metricName}, got false; set requestMetrics: true`);
    }
    return new cloudwatch.Metric({
      namespace: 'AWS/S3',
      metricName,
      dimensionsMap: { BucketName: this._nameOf('bucketRegion', region), FilterId: REQUEST_METRICS_ID },
      statistic: cloudwatch.Stats.SUM,
      region,
      ...options,
    });
  }

  /** @internal */
  protected _replicationMetric(
    metricName: string, statistic: string, source: string, destination: string, region: string, options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    if (!this._publishes.replication) {
      throw invalid(this, `'replication.metrics' must be on for the metric ${metricName}, got false; leave it out`);
    }
    const dimensionsMap = {
      SourceBucket: this._nameOf('sourceRegion', source),
      DestinationBucket: this._nameOf('destinationRegion', destination),
      RuleId: `${this._ruleIdPrefix}${destination}`,
    };
    if (source === destination) {
      throw invalid(this, `'destinationRegion' must be another Region than 'sourceRegion', got '${source}' for both; objects are replicated between Regions`);
    }
    return new cloudwatch.Metric({ namespace: 'AWS/S3', metricName, dimensionsMap, statistic, region, ...options });
  }

  private _grant(grantee: iam.IGrantable, verb: Verb, objectsKeyPattern?: string): iam.Grant {
    const stack = Stack.of(this);
    const names = this.regions.map((region) => textOf(stack.resolve(this._bucketNames[region])) ?? this._bucketNames[region]);
    const bucketArns = (objects?: string) => names.map((name) => bucketArnOf(this, name, objects));
    return grant(this, { accessPointArn: this.arn, bucketArns }, grantee, verb, objectsKeyPattern);
  }
}
