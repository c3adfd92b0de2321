import {
  aws_cloudwatch_actions as actions, aws_dynamodb as dynamodb, aws_iam as iam, aws_s3 as s3, aws_sns as sns, aws_sns_subscriptions as subscriptions, aws_ssm as ssm,
  Duration, Lazy, RemovalPolicy, Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { MultiRegionBucket } from '../multi-region-bucket';
import { arnParameterName } from './contract';
import { makeAlarms } from './controller-alarms';
import { type ControllerPlan, observerSettings } from './controller-plan';
import { selfStatements, voterStatements } from './controller-statements';
import { ObserverFunction } from './observer-function';
import { compact } from './text';

/** What a person chose for every control Region. */
export interface ControlRegionProps {
  readonly reservedConcurrency?: number;
  readonly alarms: boolean;
  readonly emailAddresses: readonly string[];
  /** An existing topic in place of one made here. */
  readonly topicArn?: string;
}

/** Name of a topic that is made here. */
export function topicNameOf(plan: ControllerPlan): string {
  return `${plan.name}-controller`;
}

/** The access point's ARN, read where it is needed: no export holds on to the access point. */
function accessPointArnIn(scope: Construct, bucket: MultiRegionBucket): string {
  return ssm.StringParameter.valueForStringParameter(scope, arnParameterName(bucket.manifestParameterName));
}

/**
 * The table with the register and the reports: one replica in each control Region, every write seen by all or refused.
 *
 * It holds no data of the application and is made anew by an empty one, so it goes with its stack; what protects the home stack from
 * termination protects it from deletion. AWS-owned keys, since a key of one Region would be one more thing that an act needs. The L2 warns its
 * users of deprecated properties that it sets itself.
 */
export function makeTable(stack: Stack, plan: ControllerPlan): void {
  const replicas = [...plan.policy.voters].sort();
  const table = new dynamodb.CfnGlobalTable(stack, 'Table', {
    tableName: plan.table,
    attributeDefinitions: [{ attributeName: 'partition', attributeType: 'S' }, { attributeName: 'key', attributeType: 'S' }],
    keySchema: [{ attributeName: 'partition', keyType: 'HASH' }, { attributeName: 'key', keyType: 'RANGE' }],
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    multiRegionConsistency: dynamodb.MultiRegionConsistency.STRONG,
    replicas: Lazy.any({ produce: () => replicas.map((region) => ({ region, deletionProtectionEnabled: stack.terminationProtection ?? false })) }),
  });
  table.applyRemovalPolicy(RemovalPolicy.DESTROY);
}

/** Everything that an act needs, in one control Region: voter, topic, alarms. */
export class ControlRegion extends Construct {
  constructor(scope: Construct, id: string, bucket: MultiRegionBucket, plan: ControllerPlan, props: ControlRegionProps) {
    super(scope, id);
    const topic = props.topicArn === undefined ? this.makeTopic(plan) : sns.Topic.fromTopicArn(this, 'Topic', props.topicArn);
    for (const address of props.emailAddresses) topic.addSubscription(new subscriptions.EmailSubscription(address));
    const accessPointArn = accessPointArnIn(this, bucket);
    new ObserverFunction(this, 'Voter', {
      settings: observerSettings(plan, 'voter', accessPointArn, topic.topicArn),
      statements: voterStatements(this, plan, accessPointArn, topic.topicArn),
      reservedConcurrency: props.reservedConcurrency,
    });
    if (props.alarms) makeAlarms(this, plan, new actions.SnsAction(topic));
  }

  /** With a policy of its own, so that alarms of this controller may publish and nobody without TLS. */
  private makeTopic(plan: ControllerPlan): sns.Topic {
    const { partition, region, account } = Stack.of(this);
    const topic = new sns.Topic(this, 'Topic', { topicName: topicNameOf(plan), displayName: `S3 failover of ${plan.name}`.slice(0, 100), enforceSSL: true });
    topic.addToResourcePolicy(new iam.PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ArnLike: { 'aws:SourceArn': compact(`arn:${partition}:cloudwatch:${region}:${account}:alarm:${plan.name}-*`) } },
    }));
    return topic;
  }
}

/** The observer inside one data Region, and the bucket that probes write to. */
export class WatchedRegion extends Construct {
  constructor(scope: Construct, id: string, bucket: MultiRegionBucket, plan: ControllerPlan, reservedConcurrency?: number) {
    super(scope, id);
    this.makeProbeBucket(bucket, plan);
    new ObserverFunction(this, 'SelfObserver', {
      settings: observerSettings(plan, 'self', accessPointArnIn(this, bucket)),
      statements: selfStatements(this, plan),
      reservedConcurrency,
    });
  }

  /** As the data bucket is, but that nothing in it is kept: what no longer overwrites its object leaves none behind. */
  private makeProbeBucket(bucket: MultiRegionBucket, plan: ControllerPlan): void {
    const { region } = Stack.of(this);
    const probes = new s3.Bucket(this, 'Probes', {
      bucketName: plan.regions[region].probe,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ expiration: Duration.days(1) }],
      // A bucket that observers of other Regions still write to cannot be deleted, and must not hold up the deletion of the rest.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    if (bucket._namespace === s3.BucketNamespace.ACCOUNT_REGIONAL) (probes.node.defaultChild as s3.CfnBucket).bucketNamespace = bucket._namespace;
  }
}
