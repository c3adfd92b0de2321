import { type aws_cloudwatch as cloudwatch, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ControllerUsage } from './controller-usage';
import type { Failback } from './failback';
import { MultiRegionBucket } from './multi-region-bucket';
import { OnRedeploy } from './on-redeploy';
import { RoutingMode } from './private/contract';
import { HEARTBEAT_PREFIX, type ManifestController, Metric } from './private/controller-contract';
import { usageOf } from './private/controller-cost';
import { makeDashboard } from './private/controller-dashboard';
import { controllerMetric } from './private/controller-metrics';
import { type ControllerPlan, planController } from './private/controller-plan';
import { ControlRegion, makeTable, topicNameOf, WatchedRegion } from './private/controller-stack';
import { registerStatements } from './private/controller-statements';
import { deployAfter } from './private/dependencies';
import { invalid, list, warn } from './private/errors';
import { accountKey } from './private/identity';
import { OBSERVER_MEMORY_MIB, ObserverFunction } from './private/observer-function';
import { claim } from './private/registry';
import { SupportStack } from './private/support-stack';
import { compact } from './private/text';
import type { VetoAlarm } from './veto-alarm';

/** Where people are told of what the controller does. */
export interface ControllerNotifications {
  /**
   * Addresses that get a mail for each act and each alarm, from each control Region.
   *
   * Each address must be confirmed once in each of the three; until then it gets nothing.
   *
   * @default - none
   */
  readonly emailAddresses?: string[];

  /**
   * ARNs of existing topics, by control Region, in place of those made here.
   *
   * A topic must lie in that Region, so that nothing outside it is needed to tell of an act. Its policy must let CloudWatch alarms publish, and
   * so must the policy of its key, if it has one: the key that AWS manages for SNS lets no alarm publish.
   *
   * @default - a topic is made in each control Region
   */
  readonly topicArns?: { [controlRegion: string]: string };
}

/** Settings of automatic failover. */
export interface FailoverControllerProps {
  /** The bucket whose traffic is moved; its routing must be `Routing.failoverOrder()`, and it must be made in the same stack. */
  readonly bucket: MultiRegionBucket;

  /**
   * Time between two looks of an observer at each Region: 2 to 20 seconds.
   *
   * Short ones find an outage sooner, and are billed: each look is one write and one read in each Region by each voter. See docs/cost.md.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;

  /**
   * A look without an answer for so long has failed.
   *
   * Must be under `interval`. Short ones take a slow network for a dead Region.
   *
   * @default - half of `interval`
   */
  readonly probeTimeout?: Duration;

  /**
   * How long a majority of the voters must find the active Region down before traffic leaves it: at least 3 intervals and a probe.
   *
   * Short ones also react to blips, and each failover may leave writes behind that were not replicated.
   *
   * @default - 6 times `interval`
   */
  readonly unhealthyFor?: Duration;

  /**
   * The same for a Region whose own observer, inside it, says that it is well.
   *
   * Then it is rather the network between the two that is broken, and clients nearer to the Region may be served. A person is told meanwhile.
   *
   * @default - 10 minutes, or `unhealthyFor` if that is longer
   */
  readonly disputedFor?: Duration;

  /**
   * How long nothing automatic moves traffic after an act, whoever made it.
   *
   * At least what routes take to propagate, the stagger of the voters and an act's deadline together. Short ones let traffic go back and forth.
   *
   * @default Duration.minutes(30)
   */
  readonly coolDown?: Duration;

  /**
   * Who goes back when the Region that traffic left is well again.
   *
   * @default Failback.manual()
   */
  readonly failback?: Failback;

  /**
   * How far behind the target may have been, when the Region that is left last answered a look, for traffic to be moved to it.
   *
   * With it, a lag that is not known holds, and traffic stays with a dead Region until a person decides. Without it, availability comes first:
   * what the dead Region had not replicated is late, and lost only if the Region never comes back. A minute is the least: lag is told by heartbeats that are
   * written once a minute, and counted up to when a majority of voters has said that it saw nothing but failures, so that up to a minute and three intervals of it may
   * be nothing at all. Settings under three minutes hold often.
   *
   * @default - however far
   */
  readonly maxDataLoss?: Duration;

  /**
   * Whether answers that take more than half of `probeTimeout` count as failed.
   *
   * A slow Region still serves, and the next one may be slow for the same reason.
   *
   * @default false
   */
  readonly actOnSlow?: boolean;

  /**
   * Alarms that keep traffic where it is while one of them is in ALARM.
   *
   * Ten at most. They never cause a failover, and one that cannot be read holds nothing. Take none that goes to ALARM because of the outage itself.
   *
   * @default - none
   */
  readonly vetoAlarms?: VetoAlarm[];

  /**
   * Three Regions that hold the voters and the table they agree by: of us-east-1, us-east-2, us-west-2; of eu-west-1, eu-west-2, eu-west-3,
   * eu-central-1; or of ap-northeast-1, ap-northeast-2, ap-northeast-3. The voter of the first one acts first.
   *
   * They need not hold data, but must be bootstrapped. **They cannot be changed while the controller is there**: stacks in Regions that are no longer named
   * would go on deciding. A deployment that tries is refused; destroy the controller's stacks first.
   *
   * @default - of the set near most of the data Regions, those without data first
   */
  readonly controlRegions?: string[];

  /**
   * Runs of each function that the account keeps free for it: 3 or more, since two runs overlap and a third may be late.
   *
   * Without it, a burst of the account's other functions can keep observers from running, and the controller holds. With it, all others have so many
   * fewer; an account with the smallest quota has none to give.
   *
   * @default - none are kept free
   */
  readonly reservedConcurrency?: number;

  /**
   * Where people are told of acts and alarms.
   *
   * @default - topics in each control Region, to which nobody is subscribed
   */
  readonly notifications?: ControllerNotifications;

  /**
   * Whether to make the alarms of docs/runbook.md, in each control Region.
   *
   * Without them nobody is told when the controller cannot see or may not act.
   *
   * @default true
   */
  readonly alarms?: boolean;

  /**
   * Whether to make a dashboard, in the first control Region.
   *
   * @default true
   */
  readonly dashboard?: boolean;
}

/** Two runs overlap, and the next one may be there before the older has ended. */
const LEAST_CONCURRENCY = 3;

/** Versions of a heartbeat that are not the newest are of no use after the next one. The least that S3 takes. */
const HEARTBEAT_VERSIONS_KEPT = Duration.days(1);

const TOPIC_ARN = /^arn:[^:]+:sns:([^:]+):[^:]+:[A-Za-z0-9_-]+$/;

/**
 * Moves traffic away from a Region that is down, by itself.
 *
 * Three voters in three control Regions look at each Region of the failover order, agree by a strongly consistent table, and one of them submits the
 * routes. Doubt holds. Nothing that it needs to act lies in the Region that is down, in the home Region, or in one control Region alone. How long
 * it takes is measured in docs/tuning.md, what it costs in docs/cost.md, and what each alarm means in docs/runbook.md.
 *
 * Its stacks, `<prefix>-controller-<region>`, are deployed after the home stack. **To remove it, destroy them first**, and take it out of the app then: no
 * deployment removes stacks that the app no longer names, and they would go on moving traffic. A deployment that leaves it out is refused while they are there.
 */
export class FailoverController extends Construct {
  /** Regions of the voters, in the order in which they act. */
  public readonly controlRegions: string[];

  /** Name of the table, in each control Region. */
  public readonly tableName: string;

  /** What it uses in a month of 30 days in which nothing is wrong, at most: what AWS bills for. See docs/cost.md. */
  public readonly monthlyUsage: ControllerUsage;

  private readonly bucket: MultiRegionBucket;
  private readonly plan: ControllerPlan;
  private readonly topicArns: { readonly [controlRegion: string]: string };

  constructor(scope: Construct, id: string, props: FailoverControllerProps) {
    super(scope, id);
    validateBucket(this, props.bucket);
    validateSettings(this, props);
    this.bucket = props.bucket;
    this.plan = planController(this, props.bucket, props);
    ObserverFunction.requireCode(this);
    const { table, policy } = this.plan;
    validateTopics(this, policy.voters, props.notifications?.topicArns ?? {});
    this.claimNames();
    this.controlRegions = [...policy.voters];
    this.tableName = table;
    this.monthlyUsage = usageOf({ policy, dataRegions: props.bucket.regions.length, memoryMib: OBSERVER_MEMORY_MIB, alarms: props.alarms ?? true });
    this.describe();
    this.boundHeartbeats();
    this.topicArns = props.notifications?.topicArns ?? {};
    this.makeStacks(props);
    if (props.controlRegions === undefined) {
      warn(this, 'noControlRegions', `the control Regions follow from where data lies, and cannot change while the controller is there; to keep today's for good set controlRegions: ${list(this.controlRegions)}`);
    }
  }

  /**
   * ARN of the topic that is told of the acts and alarms of one control Region.
   *
   * @param controlRegion one of `controlRegions`
   */
  public topicArn(controlRegion: string): string {
    this.validateControlRegion(controlRegion);
    const { partition, account } = Stack.of(this);
    return this.topicArns[controlRegion] ?? compact(`arn:${partition}:sns:${controlRegion}:${account}:${topicNameOf(this.plan)}`);
  }

  /**
   * 1 for a Region that should be active by the register, else 0.
   *
   * This and the other metrics are of the first control Region; `region` in the options takes another one's.
   *
   * @param dataRegion Region of the failover order
   * @param options anything that differs from the metric's defaults
   */
  public metricActiveRegion(dataRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRegion(Metric.ACTIVE_REGION, dataRegion, options);
  }

  /**
   * 1 for a Region that a majority of voters finds well, else 0.
   *
   * @param dataRegion Region of the failover order
   * @param options anything that differs from the metric's defaults
   */
  public metricRegionHealth(dataRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRegion(Metric.REGION_HEALTH, dataRegion, options);
  }

  /**
   * Seconds that a Region is behind the active one, by the heartbeats.
   *
   * @param dataRegion Region of the failover order
   * @param options anything that differs from the metric's defaults
   */
  public metricReplicationLag(dataRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRegion(Metric.REPLICATION_LAG, dataRegion, options);
  }

  /**
   * Failovers and failbacks that were carried out: the sum.
   *
   * Each voter counts what it made or saw, in its own Region: take the greatest of the control Regions, and do not add them up.
   *
   * @param options anything that differs from the metric's defaults
   */
  public metricFailoverCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.FAILOVER_COUNT, {}, options);
  }

  /**
   * Decisions that held although something is wrong: the sum.
   *
   * @param reason why, as in the log
   * @param options anything that differs from the metric's defaults
   */
  public metricDecisionHeld(reason: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.DECISION_HELD, { Reason: reason }, options);
  }

  /**
   * Voters that are heard: 3 when all is well.
   *
   * @param options anything that differs from the metric's defaults
   */
  public metricVotersFresh(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.VOTERS_FRESH, {}, options);
  }

  /**
   * Regions of the order that a majority finds well.
   *
   * @param options anything that differs from the metric's defaults
   */
  public metricHealthyRegions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.HEALTHY_REGIONS, {}, options);
  }

  /**
   * 1 while live routes are not as the register says.
   *
   * @param options anything that differs from the metric's defaults
   */
  public metricRoutesDrift(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.DRIFT, {}, options);
  }

  /**
   * 1 while somebody keeps the controller from acting.
   *
   * @param options anything that differs from the metric's defaults
   */
  public metricBrakeOn(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.BRAKE_ON, {}, options);
  }

  /**
   * Regions that are down to the voters and well to their own observer.
   *
   * @param options anything that differs from the metric's defaults
   */
  public metricDisputedRegions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.DISPUTED, {}, options);
  }

  /**
   * Regions that refuse the probes.
   *
   * @param options anything that differs from the metric's defaults
   */
  public metricMisconfiguredRegions(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(Metric.MISCONFIGURED, {}, options);
  }

  /**
   * Requests that one Region's bucket served: where traffic really goes, a minute or more late.
   *
   * Needs `requestMetrics` on the bucket. Probes and heartbeats of the controller are among them.
   *
   * @param dataRegion Region of the bucket
   * @param options anything that differs from the metric's defaults
   */
  public metricRequestCount(dataRegion: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.bucket.metricAllRequests(dataRegion, options);
  }

  private metric(metric: (typeof Metric)[keyof typeof Metric], dimensions: { [dimension: string]: string }, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (options?.region !== undefined) this.validateControlRegion(options.region);
    return controllerMetric(this.plan.name, metric, this.controlRegions[0], dimensions, options);
  }

  private metricOfRegion(metric: (typeof Metric)[keyof typeof Metric], region: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { order } = this.plan.policy;
    if (!order.includes(region)) throw invalid(this, `'dataRegion' must be one of the failover order, got '${region}'; choose from ${list(order)}`);
    return this.metric(metric, { Region: region }, options);
  }

  private validateControlRegion(region: string): void {
    if (!this.controlRegions.includes(region)) throw invalid(this, `'region' must be one of the control Regions, got '${region}'; choose from ${list(this.controlRegions)}`);
  }

  /** Names of stacks, table, topics and probe buckets, as another bucket's prefix would make them too. */
  private claimNames(): void {
    for (const name of [this.plan.table, `${this.plan.name}-probe`]) {
      const holder = claim(this, `name in ${accountKey(Stack.of(this))}`, name);
      if (holder) {
        throw invalid(this, `the controller of '${this.plan.name}' must have the name '${name}' for itself, got it as 'bucketNamePrefix' of '${holder.node.path}'; give one of the two buckets another prefix`);
      }
    }
  }

  /** Whoever acts, by hand or by a deployment, must know of the register; and whoever acts in a control Region must know the access point. */
  private describe(): void {
    const { table, settings: { order: _, ...policy } } = this.plan;
    const controller: ManifestController = { table, policy };
    this.bucket.routes._attachController(this, controller, [...policy.voters], registerStatements(this, this.plan));
  }

  /** In every bucket, since heartbeats are replicated to all; the same in each, as every rule that expires something must be. */
  private boundHeartbeats(): void {
    for (const region of this.bucket.regions) {
      this.bucket.bucket(region).addLifecycleRule({
        id: 's3-failover-heartbeats',
        prefix: `${this.plan.keyPrefix}${HEARTBEAT_PREFIX}`,
        noncurrentVersionExpiration: HEARTBEAT_VERSIONS_KEPT,
      });
    }
  }

  private makeStacks(props: FailoverControllerProps): void {
    const { name, policy: { order, voters }, tableRegion } = this.plan;
    const home = Stack.of(this);
    const regions = [...new Set([tableRegion, ...voters, ...order])];
    const stacks = Object.fromEntries(regions.map((region) => [region, new SupportStack(this, region, {
      stackName: `${name}-controller-${region}`,
      region,
      description: `Watches '${name}' from ${region}, for automatic failover (cdk-s3-failover)`,
    })]));
    for (const stack of Object.values(stacks)) {
      deployAfter(stack, home, 'the access point must be there first');
      if (stack !== stacks[tableRegion]) deployAfter(stack, stacks[tableRegion], 'the table must be there first');
    }
    makeTable(stacks[tableRegion], this.plan);
    for (const region of order) new WatchedRegion(stacks[region], 'Watched', this.bucket, this.plan, props.reservedConcurrency);
    const { emailAddresses = [], topicArns = {} } = props.notifications ?? {};
    for (const region of voters) {
      new ControlRegion(stacks[region], 'Control', this.bucket, this.plan, {
        reservedConcurrency: props.reservedConcurrency,
        alarms: props.alarms ?? true,
        emailAddresses,
        topicArn: topicArns[region],
      });
    }
    if (props.dashboard ?? true) makeDashboard(stacks[voters[0]], this, name, order, this.bucket._publishesRequests);
  }
}

function validateBucket(scope: Construct, bucket: MultiRegionBucket): void {
  if (!(bucket instanceof MultiRegionBucket)) {
    throw invalid(scope, `'bucket' must be one that this stack makes, got '${(bucket as Construct).node.path}', which was imported; make the controller in the stack of the bucket`);
  }
  const stack = Stack.of(scope);
  if (Stack.of(bucket) !== stack) {
    throw invalid(scope, `the controller must be in the stack of its bucket '${Stack.of(bucket).node.path}', got '${stack.node.path}'; make it there`);
  }
  if (stack.nested) {
    throw invalid(scope, `the controller may not be in a nested stack, got '${stack.node.path}'; its own stacks must wait for the bucket's, so move bucket and controller to the top-level stack`);
  }
  const { routes } = bucket;
  const { _mode: mode } = routes.routing;
  if (mode !== RoutingMode.FAILOVER_ORDER) {
    const got = mode === RoutingMode.LATENCY ? 'Routing.latency()' : 'Routing.activePassive()';
    throw invalid(scope, `'routing' of the bucket must say in which order Regions take over, got ${got}; use Routing.failoverOrder(${list(bucket.accessPoint.regions)}), the preferred Region first`);
  }
  if (routes._onRedeploy === OnRedeploy.ENFORCE) {
    throw invalid(scope, `'onRedeploy' of the bucket must leave routes alone beside a controller, got ENFORCE, which would undo each failover; use OnRedeploy.PRESERVE, or FAIL_ON_DRIFT to be told`);
  }
  if (routes._controller) {
    throw invalid(scope, `the bucket has a controller already, got a second one beside '${routes._controller.node.path}'; remove one`);
  }
}

function validateSettings(scope: Construct, { reservedConcurrency }: FailoverControllerProps): void {
  if (reservedConcurrency !== undefined && !(Number.isInteger(reservedConcurrency) && reservedConcurrency >= LEAST_CONCURRENCY)) {
    throw invalid(scope, `'reservedConcurrency' must be a whole number from ${LEAST_CONCURRENCY}, as runs overlap, got ${reservedConcurrency}; raise it, or leave it out`);
  }
}

function validateTopics(scope: Construct, controlRegions: readonly string[], topics: { readonly [region: string]: string }): void {
  for (const [region, arn] of Object.entries(topics)) {
    if (!controlRegions.includes(region)) {
      throw invalid(scope, `'notifications.topicArns' may not name '${region}', which is no control Region; choose from ${list(controlRegions)}`);
    }
    if (TOPIC_ARN.exec(arn)?.[1] !== region) {
      throw invalid(scope, `'notifications.topicArns.${region}' must be the ARN of a topic in that Region as plain text, got '${arn}'; write it as 'arn:aws:sns:${region}:ACCOUNT:NAME'`);
    }
  }
}
