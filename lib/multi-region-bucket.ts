import { aws_s3 as s3, type CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccessPointRoutes } from './access-point-routes';
import { BucketReplication } from './bucket-replication';
import { MultiRegionAccessPoint } from './multi-region-access-point';
import type { IMultiRegionBucket } from './multi-region-bucket-interface';
import { OnRedeploy } from './on-redeploy';
import { type BucketPlan, planBucket } from './private/bucket-plan';
import { waitFor } from './private/dependencies';
import { Deployment } from './private/deployment';
import { warn } from './private/errors';
import { stabilise } from './private/identity';
import { ImportedMultiRegionBucket } from './private/imported-multi-region-bucket';
import { manifestNameOf, MultiRegionBucketBase, REQUEST_METRICS_ID, ruleIdPrefixOf } from './private/multi-region-bucket-base';
import { SupportStack } from './private/support-stack';
import type { ReplicationOptions } from './replication-options';
import type { Routing } from './routing';

/** Settings of a bucket in several Regions. */
export interface MultiRegionBucketProps {
  /**
   * Regions that hold a bucket: 2 to 17.
   *
   * Each must be bootstrapped. The stack's own Region need not be one of them.
   */
  readonly regions: string[];

  /**
   * Which Regions take traffic while nobody has switched.
   *
   * @default Routing.activePassive() with the first of `regions` that is behind the access point
   */
  readonly routing?: Routing;

  /**
   * Beginning of the names of buckets, support stacks and manifest: the construct's identity.
   *
   * With it the construct may be renamed or moved within its stack; without it, that makes new, empty buckets. To keep the
   * names of a construct that was deployed without, give the prefix that those names begin with.
   *
   * @default - derived from the construct's path
   */
  readonly bucketNamePrefix?: string;

  /**
   * Namespace of the buckets' names.
   *
   * Nobody else can take a name in the account's own. It does not exist in me-south-1 and me-central-1.
   *
   * @default s3.BucketNamespace.ACCOUNT_REGIONAL
   */
  readonly bucketNamespace?: s3.BucketNamespace;

  /**
   * How objects are kept in sync.
   *
   * @default - every object, delete markers and changes of replicas, with metrics
   */
  readonly replication?: ReplicationOptions;

  /**
   * What a deployment does with live traffic when the template asks for nothing new.
   *
   * @default OnRedeploy.PRESERVE
   */
  readonly onRedeploy?: OnRedeploy;

  /**
   * What becomes of the buckets when they leave the app.
   *
   * The default keeps them, but lets a first deployment that failed be repeated.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Lifecycle rules of every bucket.
   *
   * S3 replicates no deletion by a lifecycle rule, so the rules must be the same everywhere, as they are here.
   *
   * @default - none; noncurrent versions and parts of broken uploads are kept, and billed, until a rule expires them
   */
  readonly lifecycleRules?: s3.LifecycleRule[];

  /**
   * Rules for cross-origin requests, of every bucket.
   *
   * @default - none
   */
  readonly cors?: s3.CorsRule[];

  /**
   * Intelligent-Tiering configurations of every bucket.
   *
   * @default - none
   */
  readonly intelligentTieringConfigurations?: s3.IntelligentTieringConfiguration[];

  /**
   * Publish request metrics of every bucket, which show where traffic goes.
   *
   * Billed like custom metrics.
   *
   * @default false
   */
  readonly requestMetrics?: boolean;

  /**
   * Stacks of your own, by Region, that take the bucket of that Region.
   *
   * Use it to keep other resources of that Region beside the bucket. Each must lie in its Region, in the account and the
   * Stage of this stack, and may not depend on this stack.
   *
   * @default - a support stack is made for each Region but the stack's own
   */
  readonly regionalStacks?: { [region: string]: Stack };

  /**
   * Regions behind the access point: at least 2 of `regions`.
   *
   * An access point cannot be changed. To add a Region without an outage, add it to `regions` and list here those from
   * before; then add a second access point over all of them and move the clients.
   *
   * @default - all
   */
  readonly accessPointRegions?: string[];

  /**
   * What public access the access point lets through; the buckets block all of it anyway.
   *
   * It can never be changed: S3 replaces the access point, and its alias, for it.
   *
   * @default s3.BlockPublicAccess.BLOCK_ALL
   */
  readonly accessPointPublicAccess?: s3.BlockPublicAccess;

  /**
   * Digest, printed by a refused deployment, that lets this one replacement of the access point happen.
   *
   * The new access point has a new alias. The old one is kept, and serves until you delete it by hand.
   *
   * @default - a deployment that would replace the access point fails
   */
  readonly acknowledgeReplacement?: string;
}

/** What must be known of a bucket that another stack made. */
export interface MultiRegionBucketAttributes {
  /** Name of the SSM parameter that holds the manifest; `/s3-failover/` and the prefix, unless it was chosen. */
  readonly manifestParameterName: string;

  /** Regions that hold a bucket. */
  readonly regions: string[];

  /** Beginning of the buckets' names. */
  readonly bucketNamePrefix: string;

  /**
   * Namespace of the buckets' names.
   *
   * @default s3.BucketNamespace.ACCOUNT_REGIONAL
   */
  readonly bucketNamespace?: s3.BucketNamespace;
}

/**
 * A bucket in several Regions, kept in sync both ways, behind one endpoint, with one active Region that can be switched.
 */
export class MultiRegionBucket extends MultiRegionBucketBase {
  /**
   * A bucket that another stack made, read from the parameters beside its manifest in the importing stack's own Region.
   *
   * The stack must be in one of the bucket's Regions, and be deployed after the stack that made the bucket.
   */
  public static fromManifest(scope: Construct, id: string, attributes: MultiRegionBucketAttributes): IMultiRegionBucket {
    return new ImportedMultiRegionBucket(scope, id, attributes);
  }

  public readonly arn: string;
  public readonly alias: string;
  public readonly domainName: string;
  public readonly regions: string[];
  public readonly manifestParameterName: string;

  /** Beginning of the names of buckets, support stacks and manifest. */
  public readonly bucketNamePrefix: string;

  /** The endpoint. */
  public readonly accessPoint: MultiRegionAccessPoint;

  /** What keeps the buckets in sync. */
  public readonly replication: BucketReplication;

  /** Which Regions take traffic. */
  public readonly routes: AccessPointRoutes;

  /** @internal */
  public readonly _namespace: s3.BucketNamespace;

  /** @internal */
  protected readonly _bucketNames: { readonly [region: string]: string };

  /** @internal */
  protected readonly _ruleIdPrefix: string;

  /** @internal */
  protected readonly _publishes: { readonly requests: boolean; readonly replication: boolean };

  /**
   * Whether the buckets publish request metrics.
   * @internal
   */
  public readonly _publishesRequests: boolean;

  private readonly buckets: { readonly [region: string]: s3.Bucket };

  constructor(scope: Construct, id: string, props: MultiRegionBucketProps) {
    super(scope, id);
    const plan = planBucket(this, props);
    Deployment.requireCode(this);
    this.regions = plan.regions;
    this.bucketNamePrefix = plan.prefix;
    this.manifestParameterName = manifestNameOf(plan.prefix);
    this._namespace = plan.namespace;
    this._bucketNames = plan.bucketNames;
    this._ruleIdPrefix = ruleIdPrefixOf(plan.prefix);
    this._publishesRequests = props.requestMetrics ?? false;
    this._publishes = { requests: props.requestMetrics ?? false, replication: props.replication?.metrics ?? true };

    this.buckets = Object.fromEntries(plan.regions.map((region) => [region, this.makeBucket(plan, props, region)]));
    this.accessPoint = new MultiRegionAccessPoint(this, 'AccessPoint', {
      buckets: this.pick(plan.accessPointRegions),
      otherBuckets: this.pick(plan.regions.filter((region) => !plan.accessPointRegions.includes(region))),
      manifestParameterName: this.manifestParameterName,
      publicAccess: props.accessPointPublicAccess,
      acknowledgeReplacement: props.acknowledgeReplacement,
    });
    this.accessPoint._manifest.addPropertyOverride('BucketNamePrefix', plan.prefix);
    this.replication = new BucketReplication(this, 'Replication', { ...props.replication, buckets: this.buckets, ruleIdPrefix: this._ruleIdPrefix });
    this.routes = new AccessPointRoutes(this, 'Routes', { accessPoint: this.accessPoint, routing: plan.routing, onRedeploy: props.onRedeploy });
    this.order();

    this.arn = this.accessPoint.arn;
    this.alias = this.accessPoint.alias;
    this.domainName = this.accessPoint.domainName;
    if (props.bucketNamePrefix === undefined) {
      warn(this, 'noBucketNamePrefix', `renaming or moving this construct will make new, empty buckets and another endpoint, since all names follow from its path; to keep today's names for good set bucketNamePrefix: '${plan.prefix}'`);
    }
  }

  /**
   * The bucket of one Region, in that Region's stack.
   *
   * Notifications, policies and lifecycle rules set here hold in this Region only.
   *
   * @param region one of `regions`
   */
  public bucket(region: string): s3.Bucket {
    this._nameOf('region', region);
    return this.buckets[region];
  }

  private makeBucket(plan: BucketPlan, props: MultiRegionBucketProps, region: string): s3.Bucket {
    const [scope, id] = this.placeOf(plan, region);
    const bucket = new s3.Bucket(scope, id, {
      bucketName: plan.bucketNames[region],
      versioned: true,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: props.lifecycleRules,
      cors: props.cors,
      intelligentTieringConfigurations: props.intelligentTieringConfigurations,
      metrics: props.requestMetrics ? [{ id: REQUEST_METRICS_ID }] : undefined,
    });
    // The L2 takes a namespace with a prefix only, and then nobody else knows the name.
    if (plan.namespace === s3.BucketNamespace.ACCOUNT_REGIONAL) resourceOf(bucket).bucketNamespace = plan.namespace;
    stabilise(bucket, plan.prefix, 'Bucket');
    if (bucket.policy) stabilise(bucket.policy, plan.prefix, 'BucketPolicy');
    return bucket;
  }

  private placeOf(plan: BucketPlan, region: string): [Construct, string] {
    const home = Stack.of(this);
    const own = plan.regionalStacks[region];
    if (own && own !== home) return [own, `S3Failover-${plan.prefix}`];
    if (region === home.region) return [this, 'Bucket'];
    const support = new SupportStack(this, region, {
      stackName: `${plan.prefix}-${region}`,
      region,
      description: `Bucket of '${plan.prefix}' in ${region}, kept in sync with other Regions (cdk-s3-failover)`,
    });
    return [support, 'Bucket'];
  }

  private pick(regions: string[]): { [region: string]: s3.Bucket } {
    return Object.fromEntries(regions.map((region) => [region, this.buckets[region]]));
  }

  /** A refused change touches nothing, so all but roles and policies wait for the guard; the manifest tells of all, so it waits for all. */
  private order(): void {
    const { _guard, _manifest } = this.accessPoint;
    const home = Stack.of(this);
    for (const bucket of Object.values(this.buckets)) {
      if (Stack.of(bucket) === home) waitFor(resourceOf(bucket), _guard);
    }
    for (const rules of this.replication._resources) {
      waitFor(rules, _guard);
      waitFor(_manifest, rules);
    }
  }
}

function resourceOf(bucket: s3.Bucket): s3.CfnBucket & CfnResource {
  return bucket.node.defaultChild as s3.CfnBucket;
}
