import { aws_s3 as s3, aws_ssm as ssm, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { MultiRegionBucketAttributes } from '../multi-region-bucket';
import { aliasParameterName, arnParameterName } from './contract';
import { invalid, list } from './errors';
import { bucketName, validatePrefix } from './identity';
import { MultiRegionBucketBase, ruleIdPrefixOf } from './multi-region-bucket-base';
import { validateRegions } from './validate-regions';

/** A bucket that another stack made, found by the plain parameters beside its manifest in this stack's own Region. */
export class ImportedMultiRegionBucket extends MultiRegionBucketBase {
  public readonly regions: string[];
  public readonly manifestParameterName: string;
  protected readonly _bucketNames: { readonly [region: string]: string };
  protected readonly _ruleIdPrefix: string;
  protected readonly _publishes = { requests: true, replication: true };

  constructor(scope: Construct, id: string, attributes: MultiRegionBucketAttributes) {
    super(scope, id);
    const { regions, bucketNamePrefix, manifestParameterName } = attributes;
    const namespace = attributes.bucketNamespace ?? s3.BucketNamespace.ACCOUNT_REGIONAL;
    const { region: here, account } = Stack.of(this);
    validateRegions(this, 'regions', regions);
    validatePrefix(this, bucketNamePrefix, regions, namespace);
    if (!Token.isUnresolved(here) && !regions.includes(here)) {
      throw invalid(this, `'env.region' of the stack must be one that holds a copy of the manifest, got '${here}'; choose from ${list(regions)}`);
    }
    this.regions = [...regions];
    this.manifestParameterName = manifestParameterName;
    this._bucketNames = Object.fromEntries(regions.map((region) => [region, bucketName(bucketNamePrefix, account, region, namespace)]));
    this._ruleIdPrefix = ruleIdPrefixOf(bucketNamePrefix);
  }

  /** Read when asked for, since CloudFormation complains of parameters that nobody uses. */
  public get arn(): string {
    return ssm.StringParameter.valueForStringParameter(this, arnParameterName(this.manifestParameterName));
  }

  public get alias(): string {
    return ssm.StringParameter.valueForStringParameter(this, aliasParameterName(this.manifestParameterName));
  }

  public get domainName(): string {
    return `${this.alias}.accesspoint.s3-global.amazonaws.com`;
  }
}
