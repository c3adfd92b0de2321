import { Duration, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { only, template } from '../support';
import { controlled, controlStack, textOf } from './support';

const controller = controlled({}, { requestMetrics: true });
const stack = Stack.of(controller);

function shapeOf(metric: cloudwatch.Metric) {
  const { namespace, metricName, statistic, region, dimensions, period } = metric.toMetricConfig().metricStat!;
  const pairs = stack.resolve(dimensions) as { name: string; value: unknown }[];
  return { namespace, metricName, statistic, region, seconds: period.toSeconds(), dimensions: Object.fromEntries(pairs.map(({ name, value }) => [name, value])) };
}

test.each([
  ['metricActiveRegion', 'ActiveRegion'],
  ['metricRegionHealth', 'RegionHealth'],
  ['metricReplicationLag', 'ReplicationLagSeconds'],
] as const)('%s is that of one data Region, as the first voter sees it', (method, metricName) => {
  expect(shapeOf(controller[method]('eu-west-1'))).toEqual({ namespace: 'S3Failover', metricName, statistic: 'Maximum', region: 'us-east-2', seconds: 60, dimensions: { Controller: 'media', Region: 'eu-west-1' } });
});

test.each([
  ['metricFailoverCount', 'FailoverCount', 'Sum'],
  ['metricVotersFresh', 'VotersFresh', 'Maximum'],
  ['metricHealthyRegions', 'HealthyRegions', 'Maximum'],
  ['metricRoutesDrift', 'RoutesDrift', 'Maximum'],
  ['metricBrakeOn', 'BrakeOn', 'Maximum'],
  ['metricDisputedRegions', 'DisputedRegions', 'Maximum'],
  ['metricMisconfiguredRegions', 'MisconfiguredRegions', 'Maximum'],
] as const)('%s is that of the controller, in any control Region', (method, metricName, statistic) => {
  const expected = { namespace: 'S3Failover', metricName, statistic, seconds: 60, dimensions: { Controller: 'media' } };
  expect(shapeOf(controller[method]())).toEqual({ ...expected, region: 'us-east-2' });
  expect(shapeOf(controller[method]({ region: 'us-west-2', period: Duration.minutes(5) }))).toEqual({ ...expected, region: 'us-west-2', seconds: 300 });
});

test('metricDecisionHeld is that of one reason', () => {
  expect(shapeOf(controller.metricDecisionHeld('disputed'))).toMatchObject({ metricName: 'DecisionHeld', statistic: 'Sum', dimensions: { Controller: 'media', Reason: 'disputed' } });
});

test('metricRequestCount is what one bucket served', () => {
  expect(shapeOf(controller.metricRequestCount('us-west-2'))).toMatchObject({ namespace: 'AWS/S3', metricName: 'AllRequests', region: 'us-west-2', dimensions: { FilterId: 'EntireBucket' } });
});

test('the dashboard shows each metric, of each Region or of each voter', () => {
  const { DashboardBody } = only(template(stack, controlStack('us-east-2')), 'AWS::CloudWatch::Dashboard').Properties;
  const { widgets } = JSON.parse(textOf(DashboardBody)) as { widgets: { properties: { title: string; metrics: unknown[][] } }[] };
  const shown = Object.fromEntries(widgets.map(({ properties: { title, metrics } }) => [title, metrics.length]));

  expect(shown).toEqual({
    'Active, by the register': 3, 'Well to a majority of voters': 3, 'Seconds behind the active Region': 3, 'Failovers and failbacks': 3, 'Voters heard': 3, 'Held, and why': 3,
    'Routes not as the register says': 3, 'Brake on': 3, 'Disputed Regions': 3, 'Misconfigured Regions': 3, 'Requests that each bucket served': 3,
  });
});
