import { aws_iam as iam, type aws_s3 as s3, type CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import { type ReplicationProperties, ResourceType } from './private/contract';
import { Deployment } from './private/deployment';
import { invalid, list, warn } from './private/errors';
import { shortHash, stabilise } from './private/identity';
import { bucketArn, dependOnBuckets, type Member, resolveMembers } from './private/members';
import { policyDocument, type Statement, trustPolicy } from './private/policy';
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

  /**
   * Prefix that the rules cover; empty for every object.
   * @internal
   */
  public readonly _keyPrefix: string;

  private readonly members: Member[];
  /** Policies of the roles that were given, without which rules would fail at first. */
  private readonly rolePolicies = new Map<string, IDependable>();
  private readonly roleArns: { readonly [region: string]: string };

  constructor(scope: Construct, id: string, props: BucketReplicationProps) {
    super(scope, id);
    this.members = resolveMembers(this, 'buckets', props.buckets);
    this.regions = this.members.map((member) => member.region);
    this.ruleIdPrefix = props.ruleIdPrefix ?? `s3-failover-${shortHash(this.node.path)}-`;
    validateOptions(this, props);
    this.validateSettings(props);
    this._keyPrefix = props.prefix ?? '';
    this.claimBuckets();
    Deployment.requireCode(this);

    this.roleArns = Object.fromEntries(this.members.map((source) => [source.region, this.takeRole(source, this._keyPrefix, props.roles?.[source.region])]));
    const deployment = Deployment.of(this);
    this._resources = this.members.map((source) => this.makeRules(deployment, source, props));
    dependOnBuckets(this._resources, this.members);
    warnOfOptions(this, props);
    this.node.addValidation({ validate: () => this.warnOfLifecycle() });
  }

  /**
   * ARN of the role that S3 assumes to replicate out of one Region.
   *
   * @param region Region of the source bucket
   */
  public roleArn(region: string): string {
    const arn = this.roleArns[region];
    if (!arn) throw invalid(this, `'region' must be one of the replicated Regions, got '${region}'; choose from ${list(this.regions)}`);
    return arn;
  }

  private validateSettings(props: BucketReplicationProps): void {
    if (!RULE_ID_PREFIX.test(this.ruleIdPrefix)) {
      throw invalid(this, `'ruleIdPrefix' must be 1 to 200 letters, digits and '_.-', got '${this.ruleIdPrefix}'; choose a name such as 'media-'`);
    }
    const holder = claim(this, `rules of ${Stack.of(this).node.addr}`, this.ruleIdPrefix);
    if (holder) {
      throw invalid(this, `'ruleIdPrefix' must differ between constructs of a stack, got '${this.ruleIdPrefix}' as '${holder.node.path}' has; give one of them another one`);
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

  private takeRole(source: Member, keyPrefix: string, given?: iam.IRole): string {
    const statements = this.roleStatements(source, keyPrefix);
    const label = `Role-${source.region}`;
    if (given) return this.extendRole(source, given, statements);
    const role = new iam.CfnRole(this, label, {
      description: `Replicates objects out of ${source.region}`,
      assumeRolePolicyDocument: trustPolicy('s3.amazonaws.com'),
      policies: [{ policyName: 'Replicate', policyDocument: policyDocument(statements) }],
    });
    stabilise(role, this.ruleIdPrefix, label);
    return role.attrArn;
  }

  private extendRole(source: Member, role: iam.IRole, statements: Statement[]): string {
    for (const { Action, Resource } of statements) {
      const statement = new iam.PolicyStatement({ actions: [Action].flat(), resources: [Resource].flat().map((text) => Token.asString(text)) });
      const { policyDependable } = role.addToPrincipalPolicy(statement);
      if (policyDependable) this.rolePolicies.set(source.region, policyDependable);
    }
    return role.roleArn;
  }

  private roleStatements(source: Member, keyPrefix: string): Statement[] {
    const keys = `/${keyPrefix}*`;
    const others = this.members.filter((member) => member !== source);
    return [
      { Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: bucketArn(this, source) },
      { Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'], Resource: bucketArn(this, source, keys) },
      { Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], Resource: others.map((member) => bucketArn(this, member, keys)) },
    ];
  }

  /** A policy for each bucket, so that the rules of a Region that leaves can still be removed: CloudFormation changes policies first and deletes last. */
  private allowRules(deployment: Deployment, source: Member): CfnResource {
    return deployment.allow(this, `Policy-${source.region}`, this.ruleIdPrefix, `RulesPolicy-${source.region}`, [
      { Action: ['s3:GetReplicationConfiguration', 's3:PutReplicationConfiguration'], Resource: bucketArn(this, source) },
      {
        Action: 'iam:PassRole',
        Resource: this.roleArns[source.region],
        Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
      },
    ]);
  }

  private makeRules(deployment: Deployment, source: Member, options: ReplicationOptions): CfnResource {
    const properties: ReplicationProperties = {
      Bucket: source.bucketName,
      Region: source.region,
      RoleArn: this.roleArns[source.region],
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
    const rolePolicy = this.rolePolicies.get(source.region);
    if (rolePolicy) resource.node.addDependency(rolePolicy);
    return resource;
  }
}

/** Refuses options that S3 would refuse. */
export function validateOptions(scope: Construct, options: ReplicationOptions, path = ''): void {
  if (options.timeControl && options.metrics === false) {
    throw invalid(scope, `'${path}metrics' must be on with 'timeControl', as S3 takes one only with the other, got false; leave 'metrics' out`);
  }
  const { prefix } = options;
  if (prefix === undefined || Token.isUnresolved(prefix)) return;
  if (/\$\{|[*?]/.test(prefix)) {
    throw invalid(scope, `'${path}prefix' may not hold '\${', '*' or '?', which IAM takes for variables and wildcards, got '${prefix}'; choose a prefix without them`);
  }
  if (Buffer.byteLength(prefix) > MAX_KEY_BYTES) {
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
