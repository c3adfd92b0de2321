import { aws_iam as iam, aws_s3 as s3, CfnDeletionPolicy, CfnResource, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import {
  aliasParameterName, arnParameterName, type GuardProperties, type ManifestProperties, type PublicAccessBlock, ResourceType, RoutingMode,
} from './private/contract';
import { waitFor } from './private/dependencies';
import { Deployment } from './private/deployment';
import { invalid, warn } from './private/errors';
import { accountKey, pathIdentity, stabilise } from './private/identity';
import { bucketNames, dependOnBuckets, type Member, resolveMembers } from './private/members';
import type { Statement } from './private/policy';
import { isOptInRegion } from './private/regions';
import { claim } from './private/registry';
import { compact } from './private/text';
import { validateHomeRegion } from './private/validate-regions';

/** What SSM takes as a parameter's name: a path of 15 levels at most, of which plain parameters below it need one. */
const PARAMETER_NAME = /^(\/[A-Za-z0-9_.-]+){1,14}$/;

/** SSM allows 1011 characters for a parameter's ARN. */
const MAX_PARAMETER_NAME = 900;

/** Digest as the guard prints it. */
const DIGEST = /^[0-9a-f]{16}$/;

/** Settings of an access point. */
export interface MultiRegionAccessPointProps {
  /**
   * Buckets behind the access point, by Region: 2 to 17, one in each.
   *
   * The key says where a bucket lies; the Region that an imported bucket claims for itself is never read. A bucket of another
   * stack needs a name of its own.
   */
  readonly buckets: { [region: string]: s3.IBucket };

  /**
   * Further data Regions: their buckets are in sync but not behind this access point.
   *
   * They are listed in the manifest and hold a copy of it. Set it while Regions are added, until clients have moved to an
   * access point that spans them all.
   *
   * @default - none
   */
  readonly otherBuckets?: { [region: string]: s3.IBucket };

  /**
   * What public access the access point lets through; the buckets' and the account's own settings still hold.
   *
   * It can never be changed: S3 replaces the access point, and its alias, for it.
   *
   * @default s3.BlockPublicAccess.BLOCK_ALL
   */
  readonly publicAccess?: s3.BlockPublicAccess;

  /**
   * Refuse requests without TLS in the policy of every bucket.
   *
   * A bucket that this app did not make keeps the policy it has, so it is refused then.
   *
   * @default false
   */
  readonly enforceSSL?: boolean;

  /**
   * Name of the SSM parameter that holds the manifest, in every data Region.
   *
   * It is the access point's identity: while it stays, the construct may be renamed without an outage.
   *
   * @default - derived from the construct's path
   */
  readonly manifestParameterName?: string;

  /**
   * Digest, printed by a refused deployment, that lets this one replacement of the access point happen.
   *
   * The new access point has a new alias. The old one is kept, and serves until you delete it by hand.
   *
   * @default - a deployment that would replace the access point fails
   */
  readonly acknowledgeReplacement?: string;
}

/**
 * One endpoint over buckets in several Regions.
 *
 * S3 can change nothing of an access point: each change makes a new one with another alias, an outage for every client. So a
 * guard runs first, and fails the deployment unless the replacement was acknowledged.
 */
export class MultiRegionAccessPoint extends Construct {
  /** ARN that clients pass as the bucket's name. */
  public readonly arn: string;

  /** Alias that S3 gave it, with its suffix `.mrap`. */
  public readonly alias: string;

  /** Name that S3 manages it by; no client needs it. */
  public readonly name: string;

  /** Host name of the endpoint. */
  public readonly domainName: string;

  /** Regions whose buckets are behind it, sorted. */
  public readonly regions: string[];

  /** Name of the SSM parameter that holds the manifest, in every data Region. */
  public readonly manifestParameterName: string;

  /** @internal */
  public readonly _members: Member[];

  /**
   * Regions that hold a copy of the manifest.
   * @internal
   */
  public readonly _manifestRegions: string[];

  /** @internal */
  public readonly _guard: CfnResource;

  /** @internal */
  public readonly _manifest: CfnResource;

  /** @internal */
  public readonly _resource: s3.CfnMultiRegionAccessPoint;

  constructor(scope: Construct, id: string, props: MultiRegionAccessPointProps) {
    super(scope, id);
    validateHomeRegion(this);
    this._members = resolveMembers(this, 'buckets', props.buckets);
    const all = this.dataMembers(props);
    this.manifestParameterName = props.manifestParameterName ?? `/s3-failover/${pathIdentity(this)}`;
    validateSettings(this, props, this.manifestParameterName);
    if (props.enforceSSL) this.requireOwnPolicies(all);
    Deployment.requireCode(this);

    this.regions = this._members.map((member) => member.region);
    this._manifestRegions = all.map((member) => member.region);
    if (props.enforceSSL) all.forEach((member) => this.refusePlainRequests(member));
    const block = publicAccessBlock(props.publicAccess ?? s3.BlockPublicAccess.BLOCK_ALL);
    const deployment = Deployment.of(this);
    const parameters = deployment.allow(this, 'ParametersPolicy', this.manifestParameterName, 'Parameters', this.statements());
    this._guard = this.makeGuard(deployment, parameters, all, block, props.acknowledgeReplacement);
    this._resource = this.makeAccessPoint(block);
    this.alias = this._resource.attrAlias;
    this.name = this._resource.ref;
    this.arn = Stack.of(this).formatArn({ service: 's3', region: '', resource: 'accesspoint', resourceName: this.alias });
    this.domainName = `${this.alias}.accesspoint.s3-global.amazonaws.com`;
    this._manifest = this.makeManifest(deployment, parameters, all, block);
    this.warnOfOptInRegions(all);
    for (const [label, part] of Object.entries({ Guard: this._guard, AccessPoint: this._resource, Manifest: this._manifest })) {
      this._stabilise(part, label);
    }
  }

  /**
   * Gives a part a logical id that a renamed construct keeps.
   * @internal
   */
  public _stabilise(part: IConstruct, label: string): void {
    stabilise(part, this.manifestParameterName, label);
  }

  private dataMembers(props: MultiRegionAccessPointProps): Member[] {
    if (!props.otherBuckets || Object.keys(props.otherBuckets).length === 0) return this._members;
    const both = Object.keys(props.otherBuckets).find((region) => region in props.buckets);
    if (both !== undefined) {
      throw invalid(this, `'otherBuckets' may not name '${both}', which is in 'buckets'; an access point has one bucket in each Region, so remove one of them`);
    }
    return resolveMembers(this, 'otherBuckets', { ...props.buckets, ...props.otherBuckets });
  }

  private requireOwnPolicies(all: Member[]): void {
    const foreign = all.find((member) => !member.resource);
    if (foreign) {
      throw invalid(this, `'enforceSSL' must be off with 'buckets.${foreign.region}', whose policy cannot be added to, got a bucket that this app did not make; leave 'enforceSSL' out and refuse plain requests where the bucket is made`);
    }
  }

  private refusePlainRequests(member: Member): void {
    const { bucketArn } = member.bucket;
    member.bucket.addToResourcePolicy(new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['s3:*'],
      resources: [bucketArn, `${bucketArn}/*`],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }));
  }

  private warnOfOptInRegions(all: Member[]): void {
    const optIn = all.map((member) => member.region).filter(isOptInRegion);
    if (optIn.length > 0) {
      warn(this, 'optInRegion', `${optIn.join(', ')} must be enabled in every account that sends requests, not only in this one, or S3 refuses them; enable it there before clients use the access point`);
    }
  }

  private makeGuard(deployment: Deployment, policy: CfnResource, all: Member[], block: PublicAccessBlock, acknowledge?: string): CfnResource {
    const properties: GuardProperties = {
      ManifestParameterName: this.manifestParameterName,
      ManifestRegions: all.map((member) => member.region),
      Buckets: bucketNames(this._members),
      PublicAccessBlock: block,
      AcknowledgeReplacement: acknowledge,
    };
    return deployment.resource(this, 'Guard', ResourceType.GUARD, properties, [policy]);
  }

  private makeAccessPoint(block: PublicAccessBlock): s3.CfnMultiRegionAccessPoint {
    // No name: CloudFormation refuses to replace what has one, so an acknowledged change could never happen.
    const resource = new s3.CfnMultiRegionAccessPoint(this, 'Resource', {
      regions: this._members.map((member) => ({ bucket: member.bucketName })),
      publicAccessBlockConfiguration: {
        blockPublicAcls: block.BlockPublicAcls === 'true',
        blockPublicPolicy: block.BlockPublicPolicy === 'true',
        ignorePublicAcls: block.IgnorePublicAcls === 'true',
        restrictPublicBuckets: block.RestrictPublicBuckets === 'true',
      },
    });
    resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    waitFor(resource, this._guard);
    dependOnBuckets([resource], this._members);
    return resource;
  }

  private makeManifest(deployment: Deployment, policy: CfnResource, all: Member[], block: PublicAccessBlock): CfnResource {
    const stack = Stack.of(this);
    const properties: ManifestProperties = {
      ManifestParameterName: this.manifestParameterName,
      Regions: this._manifestRegions,
      Account: stack.account,
      Partition: stack.partition,
      HomeRegion: stack.region,
      BucketNamePrefix: '',
      AccessPointArn: this.arn,
      AccessPointAlias: this.alias,
      AccessPointName: this.name,
      AccessPointBuckets: bucketNames(this._members),
      PublicAccessBlock: block,
      Buckets: bucketNames(all),
      RoutingMode: RoutingMode.LATENCY,
      RoutingRegions: this._members.map((member) => member.region),
    };
    return deployment.resource(this, 'Manifest', ResourceType.MANIFEST, properties, [policy]);
  }

  /** Parameters in every Region, so that a copy in a Region that the construct has left can be read and removed. */
  private statements(): Statement[] {
    const stack = Stack.of(this);
    const arnOf = (name: string) => compact(`arn:${stack.partition}:ssm:*:${stack.account}:parameter${name}`);
    const manifest = arnOf(this.manifestParameterName);
    const plain = [arnParameterName(this.manifestParameterName), aliasParameterName(this.manifestParameterName)].map(arnOf);
    return [
      { Action: 'ssm:GetParameter', Resource: manifest },
      { Action: ['ssm:PutParameter', 'ssm:DeleteParameter'], Resource: [manifest, ...plain] },
      // Guard, routes and manifest act otherwise while the stack rolls back.
      { Action: 'cloudformation:DescribeStacks', Resource: stack.stackId },
    ];
  }
}

function validateSettings(scope: MultiRegionAccessPoint, props: MultiRegionAccessPointProps, manifestName: string): void {
  if (manifestName.length > MAX_PARAMETER_NAME || !PARAMETER_NAME.test(manifestName)) {
    throw invalid(scope, `'manifestParameterName' must be a path of 1 to 14 levels, ${MAX_PARAMETER_NAME} characters at most, of letters, digits and '_.-', got '${manifestName}'; choose a name such as '/s3-failover/media'`);
  }
  const reserved = /^\/(aws|ssm)/i.exec(manifestName);
  if (reserved) {
    throw invalid(scope, `'manifestParameterName' may not begin with '${reserved[0]}', which SSM keeps for itself, got '${manifestName}'; choose a name such as '/s3-failover/media'`);
  }
  validateAcknowledgement(scope, props.acknowledgeReplacement);
  const holder = claim(scope, `manifest in ${accountKey(Stack.of(scope))}`, manifestName);
  if (holder) {
    throw invalid(scope, `'manifestParameterName' must differ between access points, got '${manifestName}' as '${holder.node.path}' has; give one of them another name`);
  }
}

/** Refuses what is no digest of the guard. */
export function validateAcknowledgement(scope: Construct, digest?: string): void {
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw invalid(scope, `'acknowledgeReplacement' must be the digest of 16 hexadecimal digits that the refused deployment printed, got '${digest}'; copy it from the failure reason`);
  }
}

function publicAccessBlock(access: s3.BlockPublicAccess): PublicAccessBlock {
  const text = (value: boolean | undefined) => (value === true ? 'true' : 'false');
  return {
    BlockPublicAcls: text(access.blockPublicAcls),
    BlockPublicPolicy: text(access.blockPublicPolicy),
    IgnorePublicAcls: text(access.ignorePublicAcls),
    RestrictPublicBuckets: text(access.restrictPublicBuckets),
  };
}
