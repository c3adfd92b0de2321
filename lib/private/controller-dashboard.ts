import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FailoverController } from '../failover-controller';

const WIDTH = 24;
const HEIGHT = 6;

/** One page: who is active, who is well, how far behind, who watches, what was held and done. */
export function makeDashboard(scope: Construct, controller: FailoverController, name: string, order: readonly string[], requests: boolean): void {
  const { controlRegions } = controller;
  const perRegion = (title: string, metric: (region: string) => cloudwatch.Metric, props: Partial<cloudwatch.GraphWidgetProps> = {}) =>
    new cloudwatch.GraphWidget({ title, width: WIDTH / 2, height: HEIGHT, left: order.map((region) => metric(region).with({ label: region })), liveData: true, ...props });
  const perVoter = (title: string, metric: (options: cloudwatch.MetricOptions) => cloudwatch.Metric, props: Partial<cloudwatch.GraphWidgetProps> = {}) =>
    new cloudwatch.GraphWidget({ title, width: WIDTH / 2, height: HEIGHT, left: controlRegions.map((region) => metric({ region, label: `as ${region} sees it` })), ...props });
  const flags = { leftYAxis: { min: 0 } };
  new cloudwatch.Dashboard(scope, 'Dashboard', {
    dashboardName: `${name}-failover`,
    defaultInterval: Duration.hours(3),
    widgets: [
      [perRegion('Active, by the register', (region) => controller.metricActiveRegion(region), flags), perRegion('Well to a majority of voters', (region) => controller.metricRegionHealth(region), flags)],
      [perRegion('Seconds behind the active Region', (region) => controller.metricReplicationLag(region)), perVoter('Failovers and failbacks', (options) => controller.metricFailoverCount(options), flags)],
      [perVoter('Voters heard', (options) => controller.metricVotersFresh(options), { leftYAxis: { min: 0, max: 3 } }), heldWidget(name, controlRegions)],
      [
        perVoter('Routes not as the register says', (options) => controller.metricRoutesDrift(options), flags),
        perVoter('Brake on', (options) => controller.metricBrakeOn(options), flags),
      ],
      [
        perVoter('Disputed Regions', (options) => controller.metricDisputedRegions(options), flags),
        perVoter('Misconfigured Regions', (options) => controller.metricMisconfiguredRegions(options), flags),
      ],
      ...(requests ? [[perRegion('Requests that each bucket served', (region) => controller.metricRequestCount(region), flags)]] : []),
    ],
  });
}

/** Reasons come and go, so they are searched for. */
function heldWidget(name: string, controlRegions: readonly string[]): cloudwatch.GraphWidget {
  const left = controlRegions.map((searchRegion) => new cloudwatch.MathExpression({
    expression: `SEARCH('{S3Failover,Controller,Reason} MetricName="DecisionHeld" Controller="${name}"', 'Sum', 60)`,
    usingMetrics: {},
    searchRegion,
    label: searchRegion,
  }));
  return new cloudwatch.GraphWidget({ title: 'Held, and why', width: WIDTH / 2, height: HEIGHT, left, leftYAxis: { min: 0 } });
}
