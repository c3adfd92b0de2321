import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Routing } from '../../../lib';
import { Alarm, Metric } from '../../../lib/private/controller-contract';
import { ALL_17, REGIONS, resources, template } from '../support';
import { controlled, controlStack } from './support';

const VOTERS = ['us-east-2', 'us-west-2', 'us-east-1'];
const NAMES = Object.values(Alarm).flatMap((name) => (name === Alarm.LAG ? REGIONS.map((region) => `media-${name}-${region}`) : `media-${name}`)).sort();

type AlarmProperties = { readonly [property: string]: any };

function alarmsOf(controller: ReturnType<typeof controlled>, region = 'us-east-2'): AlarmProperties[] {
  return Object.values(resources(template(Stack.of(controller), controlStack(region)), 'AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

const alarm = (name: string, props: Parameters<typeof controlled>[0] = {}) => alarmsOf(controlled(props)).find(({ AlarmName }) => AlarmName === `media-${name}`)!;

describe('the runbook', () => {
  const chapter = /\n## The controller's alarms\n(.*?)\n## /s.exec(readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8'))![1];
  const sections = new Map(chapter.split('\n### ').slice(1).map((text) => [text.slice(0, text.indexOf('\n')), text]));

  test('has a section for each alarm, and none for another', () => {
    expect([...sections.keys()].sort()).toEqual(Object.values(Alarm).sort());
  });

  test.each(Object.values(Alarm))('says of %s what it means, what to look at, what to do and when to do nothing', (name) => {
    const parts = [...sections.get(name)!.matchAll(/^\*\*(.*?)\*\*/gm)].map(([, part]) => part);
    expect(parts).toEqual(['It means', 'Look at', 'Do', 'Do nothing when']);
  });
});

test('each control Region has each alarm, over its own voter, and tells its own topic where to read on', () => {
  const controller = controlled();
  for (const region of VOTERS) {
    const alarms = alarmsOf(controller, region);
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(NAMES);
    for (const { AlarmName, AlarmDescription, AlarmActions } of alarms) {
      const section = Object.values(Alarm).find((name) => AlarmName.startsWith(`media-${name}`));
      expect(AlarmDescription).toMatch(new RegExp(`/docs/runbook\\.md#${section}$`));
      expect(AlarmActions).toEqual([{ Ref: expect.stringMatching(/^ControlTopic/) }]);
    }
  }
});

test('no alarm is made where none is wanted', () => {
  for (const region of VOTERS) expect(alarmsOf(controlled({ alarms: false }), region)).toEqual([]);
});

test.each([
  [Alarm.FAILED_OVER, Metric.FAILOVER_COUNT, 'Sum', 60, 1, 'GreaterThanOrEqualToThreshold', 1, 'notBreaching'],
  [Alarm.NO_HEALTHY_REGION, Metric.HEALTHY_REGIONS, 'Maximum', 60, 3, 'LessThanThreshold', 1, 'breaching'],
  [Alarm.VOTERS_TOO_FEW, Metric.VOTERS_FRESH, 'Maximum', 60, 5, 'LessThanThreshold', 3, 'breaching'],
  [Alarm.DRIFT, Metric.DRIFT, 'Maximum', 60, 5, 'GreaterThanOrEqualToThreshold', 1, 'ignore'],
  [Alarm.BRAKE_ON, Metric.BRAKE_ON, 'Minimum', 300, 12, 'GreaterThanOrEqualToThreshold', 1, 'ignore'],
  [Alarm.DISPUTED, Metric.DISPUTED, 'Maximum', 60, 3, 'GreaterThanOrEqualToThreshold', 1, 'ignore'],
  [Alarm.MISCONFIGURED, Metric.MISCONFIGURED, 'Maximum', 60, 3, 'GreaterThanOrEqualToThreshold', 1, 'ignore'],
] as const)('%s looks at %s for long enough that one hiccup wakes nobody', (name, metric, statistic, period, periods, comparison, threshold, missing) => {
  expect(alarm(name)).toMatchObject({
    Namespace: 'S3Failover', MetricName: metric, Dimensions: [{ Name: 'Controller', Value: 'media' }], Statistic: statistic, Period: period, EvaluationPeriods: periods, DatapointsToAlarm: periods,
    ComparisonOperator: comparison, Threshold: threshold, TreatMissingData: missing,
  });
});

describe(Alarm.LAG, () => {
  const lagsOf = (controller: ReturnType<typeof controlled>) => alarmsOf(controller).filter(({ MetricName }) => MetricName === Metric.REPLICATION_LAG);
  const regionOf = ({ Dimensions }: AlarmProperties) => Dimensions.find(({ Name }: { Name: string }) => Name === 'Region').Value;

  test('looks at each Region by the loss that may be, and takes what nobody can tell for too much', () => {
    for (const lag of lagsOf(controlled({ maxDataLoss: Duration.minutes(2) }))) {
      expect(lag).toMatchObject({ Threshold: 120, ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Maximum', Period: 60, EvaluationPeriods: 5, DatapointsToAlarm: 5, TreatMissingData: 'breaching' });
      expect(lag.AlarmDescription).toContain(`${regionOf(lag)} is further behind`);
    }
    expect(lagsOf(controlled()).map(({ Threshold }) => Threshold)).toEqual([900, 900, 900]);
  });

  test('leaves no Region of the order out, however many there are', () => {
    expect(lagsOf(controlled({}, { regions: ALL_17, routing: Routing.failoverOrder(ALL_17) })).map(regionOf)).toEqual(ALL_17);
  });
});
