import { type CfnResource, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type ReplicationProperties, ResourceType } from './private/contract';
import { Deployment } from './private/deployment';
import { invalid, list, warn } from './private/errors';
import { shortHash, stabilise } from './private/identity';
import { bucketArn, dependOnBuckets, type Member, resolveMembers } from './private/members';
import { claim } from './private/registry';
import type { ReplicationOptions } from './replication-options';

/** What S3 takes as part of a rule's id; the destination Region follows it. */
const RULE_ID_PREFIX = /^[A-Za-z0-9_.-]{1,200}$/;

/** Fields of a lifecycle rule that say nothing of what objects it deletes. */
const NOT_DELETING = ['id', 'transition', 'transitions', 'noncurrentVersionTransition', 'noncurrentVersionTransitions', 'abortIncompleteMultipartUpload'];

/** Longest key that S3 takes. */
const MAX_KEY_BYTES = 1024;

/** Settings of the replication between buckets. */
export interface BucketReplicationProps extends ReplicationOptions {
  /**
   * Buckets to keep in sync, by Region: 2 to 17, one in each, all versioned.
   *
   * The key says where a bucket lies; the Region that an imported bucket claims for itself is never read. A bucket of another
   * stack needs a name of its own.
   */
  readonly buckets: { [region: string]: s3.IBucket };

  /**
   * Roles that S3 assumes to replicate, by the source bucket's Region.
   *
   * A replication configuration has one role for all its rules: give the one that a bucket's other rules use already. The
   * permissions that replication needs are added to it.
   *
   * @default - one role for each bucket, limited to reading it and writing to the others
   */
  readonly roles?: { [region: string]: iam.IRole };

  /**
   * Beginning of the ids of the rules that belong to this construct; the destination's Region follows.
   *
   * Rules with other ids are never touched. While it stays, the construct may be renamed.
   *
   * @default - derived from the construct's path
   */
  readonly ruleIdPrefix?: string;
}

/**
 * Replication in every direction between buckets in several Regions.
 *
 * CloudFormation cannot express it: each bucket's rules need the other bucket to be there first. So the rules are written at
 * deployment, after all buckets. Rules that others have put on a bucket stay and still replicate.
 */
export class BucketReplication extends Construct {
  /** Regions that are kept in sync, sorted. */
  public readonly regions: string[];

  /** Beginning of the ids of this construct's rules. */
  public readonly ruleIdPrefix: string;

  /** @internal */
  public readonly _resources: CfnResource[];

  private readonly members: Member[];
  private readonly roles: { [region: string]: iam.IRole };

  constructor(scope: Construct, id: string, props: BucketReplicationProps) {
    super(scope, id);
    this.members = resolveMembers(this, 'buckets', props.buckets);
    this.regions = this.members.map((member) => member.region);
    this.ruleIdPrefix = props.ruleIdPrefix ?? `s3-failover-${shortHash(this.node.path)}-`;
    validateOptions(this, props);
    this.validateSettings(props);
    this.claimBuckets();
    Deployment.requireCode(this);

    this.roles = this.makeRoles(props);
    const deployment = Deployment.of(this);
    this._resources = this.members.map((source) => this.makeRules(deployment, source, props));
    warnOfOptions(this, props);
    this.node.addValidation({ validate: () => this.warnOfLifecycle() });
  }

  /**
   * Role that S3 assumes to replicate out of one Region.
   *
   * @param region Region of the source bucket
   */
  public role(region: string): iam.IRole {
    const role = this.roles[region];
    if (!role) throw invalid(this, `'region' must be one of the replicated Regions, got '${region}'; choose from ${list(this.regions)}`);
    return role;
  }

  private validateSettings(props: BucketReplicationProps): void {
    if (!RULE_ID_PREFIX.test(this.ruleIdPrefix)) {
      throw invalid(this, `'ruleIdPrefix' must be 1 to 200 letters, digits and '_.-', got '${this.ruleIdPrefix}'; choose a name such as 'media-'`);
    }
    const stranger = Object.keys(props.roles ?? {}).find((region) => !this.regions.includes(region));
    if (stranger !== undefined) {
      throw invalid(this, `'roles' may not name '${stranger}', which is not one of 'buckets'; choose from ${list(this.regions)}`);
    }
    for (const [region, role] of Object.entries(props.roles ?? {})) this.validateRole(region, role);
  }

  private validateRole(region: string, role: iam.IRole): void {
    const stack = Stack.of(this);
    const account = role.principalAccount;
    if (account !== undefined && !Token.isUnresolved(account) && !Token.isUnresolved(stack.account) && account !== stack.account) {
      throw invalid(this, `'roles.${region}' must be a role of account '${stack.account}', got one of '${account}'; roles of other accounts are not there yet`);
    }
    if (Stack.of(role) !== stack) {
      throw invalid(this, `'roles.${region}' must be a role of this stack, got '${role.node.path}'; import it here with iam.Role.fromRoleName()`);
    }
  }

  /** Two owners of one bucket's rules would each undo what the other did. */
  private claimBuckets(): void {
    for (const member of this.members) {
      const keys = [member.resource?.node.addr, JSON.stringify(Stack.of(this).resolve(member.bucketName))];
      for (const key of keys) {
        const holder = key === undefined ? undefined : claim(this, 'replication', key);
        if (holder) {
          throw invalid(this, `'buckets.${member.region}' is replicated by '${holder.node.path}' already; let one construct replicate it, to all Regions`);
        }
      }
    }
  }

  /** At the end, since rules may be added to a bucket at any time. */
  private warnOfLifecycle(): string[] {
    const owned = this.members.flatMap((member) => member.resource ?? []);
    if (new Set(owned.map(expirationsOf)).size > 1) {
      warn(this, 'lifecycleExpiresOnOneSide', `the buckets expire different objects, and S3 replicates no deletion by a lifecycle rule: what expires in one Region stays in the others, and comes back to clients after a switch; give every bucket the same rules, as 'lifecycleRules' of MultiRegionBucket does`);
    }
    return [];
  }

  private makeRoles(props: BucketReplicationProps): { [region: string]: iam.IRole } {
    return Object.fromEntries(this.members.map((source) => {
      const statements = this.roleStatements(source, props.prefix ?? '');
      const given = props.roles?.[source.region];
      return [source.region, given ? this.extendRole(source, given, statements) : this.makeRole(source, statements)];
    }));
  }

  private makeRole(source: Member, statements: iam.PolicyStatement[]): iam.Role {
    const role = new iam.Role(this, `Role-${source.region}`, {
      assumedBy: new iam.ServicePrincipal('s3.amazonaws.com'),
      description: `Replicates objects out of ${source.region}`,
      inlinePolicies: { Replicate: new iam.PolicyDocument({ statements }) },
    });
    stabilise(role, this.ruleIdPrefix, `Role-${source.region}`);
    return role;
  }

  private extendRole(source: Member, role: iam.IRole, statements: iam.PolicyStatement[]): iam.IRole {
    const policy = new iam.Policy(this, `RolePolicy-${source.region}`, { statements });
    policy.attachToRole(role);
    stabilise(policy, this.ruleIdPrefix, `RolePolicy-${source.region}`);
    return role;
  }

  private roleStatements(source: Member, keyPrefix: string): iam.PolicyStatement[] {
    const keys = `/${keyPrefix}*`;
    const others = this.members.filter((member) => member !== source);
    return [
      new iam.PolicyStatement({ actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'], resources: [bucketArn(this, source)] }),
      new iam.PolicyStatement({
        actions: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
        resources: [bucketArn(this, source, keys)],
      }),
      new iam.PolicyStatement({
        actions: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
        resources: others.map((member) => bucketArn(this, member, keys)),
      }),
    ];
  }

  /** A policy for each bucket, so that the rules of a Region that leaves can still be removed: CloudFormation changes policies first and deletes last. */
  private allowRules(deployment: Deployment, source: Member): CfnResource {
    return deployment.allow(this, `Policy-${source.region}`, this.ruleIdPrefix, `RulesPolicy-${source.region}`, [
      { Action: ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'], Resource: bucketArn(this, source) },
      {
        Action: 'iam:PassRole',
        Resource: this.roles[source.region].roleArn,
        Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
      },
    ]);
  }

  private makeRules(deployment: Deployment, source: Member, options: ReplicationOptions): CfnResource {
    const properties: ReplicationProperties = {
      Bucket: source.bucketName,
      Region: source.region,
      RoleArn: this.roles[source.region].roleArn,
      RulePrefix: this.ruleIdPrefix,
      Destinations: this.members.filter((member) => member !== source).map((member) => ({ Region: member.region, Bucket: member.bucketName })),
      KeyPrefix: options.prefix ?? '',
      DeleteMarkers: String(options.deleteMarkers ?? true),
      ReplicaModifications: String(options.replicaModificationSync ?? true),
      TimeControl: String(options.timeControl ?? false),
      Metrics: String(options.metrics ?? true),
    };
    const resource = deployment.resource(this, `Rules-${source.region}`, ResourceType.REPLICATION, properties, [this.allowRules(deployment, source)]);
    stabilise(resource, this.ruleIdPrefix, `Rules-${source.region}`);
    dependOnBuckets(resource, this.members);
    return resource;
  }
}

/** Refuses options that S3 would refuse. */
export function validateOptions(scope: Construct, options: ReplicationOptions, path = ''): void {
  if (options.timeControl && options.metrics === false) {
    throw invalid(scope, `'${path}metrics' must be on with 'timeControl', as S3 takes one only with the other, got false; leave 'metrics' out`);
  }
  const { prefix } = options;
  if (prefix !== undefined && !Token.isUnresolved(prefix) && Buffer.byteLength(prefix) > MAX_KEY_BYTES) {
    throw invalid(scope, `'${path}prefix' may have ${MAX_KEY_BYTES} bytes, as a key has no more, got ${Buffer.byteLength(prefix)}; shorten it`);
  }
}

/** What the lifecycle rules of a bucket delete; moves to another storage class hide nothing. */
function expirationsOf(bucket: s3.CfnBucket): string {
  const resolved: unknown = Stack.of(bucket).resolve(bucket.lifecycleConfiguration);
  const rules = (resolved as { rules?: { [field: string]: unknown }[] } | undefined)?.rules ?? [];
  const expiring = rules.filter((rule) => rule.status === 'Enabled').map((rule) => Object.entries(rule).filter(([field]) => !NOT_DELETING.includes(field)));
  return JSON.stringify(expiring.filter((rule) => rule.some(([field]) => /expir/i.test(field))).map((rule) => JSON.stringify(rule.sort())).sort());
}

function warnOfOptions(scope: Construct, options: ReplicationOptions): void {
  if (options.replicaModificationSync === false) {
    warn(scope, 'noReplicaModificationSync', `tags, ACLs and locks set on a replica, as any client does after a failover, will stay in that Region; set 'replicaModificationSync: true'`);
  }
  if (options.prefix) {
    warn(scope, 'replicationPrefix', `objects whose key does not start with '${options.prefix}' will exist in one Region only, and a switch hides them; leave 'prefix' out to keep all in sync`);
  }
}
