import { aws_cloudwatch as cloudwatch, type aws_cloudwatch_actions as actions, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarm, Metric } from './controller-contract';
import { controllerMetric } from './controller-metrics';
import type { ControllerPlan } from './controller-plan';

type AlarmName = (typeof Alarm)[keyof typeof Alarm];

/** Where the sections are that say what to do. */
const RUNBOOK = 'https://github.com/cdk-s3-failover/cdk-s3-failover/blob/main/docs/runbook.md';

/** The service's agreement for replication time control, and what a person expects without one. */
const PROMISED_LAG = Duration.minutes(15);

interface Rule {
  readonly metric: (typeof Metric)[keyof typeof Metric];
  readonly says: string;
  readonly threshold: number;
  readonly below?: boolean;
  /** So many data points in a row, so that one hiccup wakes nobody. */
  readonly periods: number;
  readonly period?: Duration;
  readonly statistic?: string;
  readonly missing: cloudwatch.TreatMissingData;
}

const { BREACHING, NOT_BREACHING, IGNORE } = cloudwatch.TreatMissingData;

/**
 * What each alarm looks at. Voters publish every figure each minute, zeros too, so a missing one means that the voter of that Region is gone.
 * `voters-too-few` says so. Of the others those breach that stand for an outage nobody would see; a state stays as it was last
 * seen; and no alarm says that a failover happened because nobody can tell.
 */
const RULES: { readonly [alarm in AlarmName]: Rule } = {
  [Alarm.FAILED_OVER]: { metric: Metric.FAILOVER_COUNT, says: 'traffic was moved to another Region by the controller', threshold: 1, periods: 1, missing: NOT_BREACHING },
  [Alarm.NO_HEALTHY_REGION]: { metric: Metric.HEALTHY_REGIONS, says: 'no Region of the order is known to be well; traffic stays where it is', threshold: 1, below: true, periods: 3, missing: BREACHING },
  [Alarm.VOTERS_TOO_FEW]: { metric: Metric.VOTERS_FRESH, says: 'fewer than three voters are heard; with two the controller still acts, with one it holds', threshold: 3, below: true, periods: 5, missing: BREACHING },
  [Alarm.LAG]: { metric: Metric.REPLICATION_LAG, says: 'a Region is further behind the active one than was promised, or nobody can tell', threshold: 0, periods: 5, missing: BREACHING },
  [Alarm.DRIFT]: { metric: Metric.DRIFT, says: 'live routes are not as the register says', threshold: 1, periods: 5, missing: IGNORE },
  [Alarm.BRAKE_ON]: { metric: Metric.BRAKE_ON, says: 'somebody paused the controller an hour ago or longer', threshold: 1, periods: 12, period: Duration.minutes(5), statistic: cloudwatch.Stats.MINIMUM, missing: IGNORE },
  [Alarm.DISPUTED]: { metric: Metric.DISPUTED, says: 'a Region is down to the voters and well to its own observer', threshold: 1, periods: 3, missing: IGNORE },
  [Alarm.MISCONFIGURED]: { metric: Metric.MISCONFIGURED, says: 'a Region refuses the probes: a policy, a key or a name, and no failover mends it', threshold: 1, periods: 3, missing: IGNORE },
};

/** The alarms of one control Region, over what its own voter publishes. */
export function makeAlarms(scope: Construct, plan: ControllerPlan, action: actions.SnsAction): void {
  const { region } = Stack.of(scope);
  for (const alarm of Object.values(Alarm)) {
    const rule = RULES[alarm];
    if (alarm === Alarm.LAG) makeLagAlarms(scope, plan, rule, action);
    else make(scope, plan, alarm, alarm, rule, controllerMetric(plan.name, rule.metric, region, {}, optionsOf(rule)), action);
  }
}

/** One for each Region, so that a lag that nobody can tell is missing data of its own and hides behind no other. */
function makeLagAlarms(scope: Construct, plan: ControllerPlan, rule: Rule, action: actions.SnsAction): void {
  const { region: controlRegion } = Stack.of(scope);
  const { order, maxDataLossMs } = plan.policy;
  const threshold = (maxDataLossMs ?? PROMISED_LAG.toMilliseconds()) / 1000;
  for (const region of order) {
    make(scope, plan, Alarm.LAG, `${Alarm.LAG}-${region}`, { ...rule, threshold, says: rule.says.replace('a Region', region) }, controllerMetric(plan.name, rule.metric, controlRegion, { Region: region }), action);
  }
}

function make(scope: Construct, plan: ControllerPlan, alarm: AlarmName, id: string, rule: Rule, metric: cloudwatch.Metric, action: actions.SnsAction): void {
  new cloudwatch.Alarm(scope, id, {
    alarmName: `${plan.name}-${id}`,
    alarmDescription: `${plan.name}: ${rule.says}. What to do: ${RUNBOOK}#${alarm}`,
    metric,
    threshold: rule.threshold,
    comparisonOperator: comparisonOf(alarm, rule),
    evaluationPeriods: rule.periods,
    datapointsToAlarm: rule.periods,
    treatMissingData: rule.missing,
  }).addAlarmAction(action);
}

function comparisonOf(alarm: AlarmName, { below }: Rule): cloudwatch.ComparisonOperator {
  if (below) return cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD;
  return alarm === Alarm.LAG ? cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD : cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
}

function optionsOf({ period, statistic }: Rule): cloudwatch.MetricOptions {
  return { ...(period && { period }), ...(statistic !== undefined && { statistic }) };
}
