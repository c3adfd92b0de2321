import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { type ControllerUsage, type FailoverControllerProps, Routing } from '../../../lib';
import { HEARTBEAT_PREFIX } from '../../../lib/private/controller-contract';
import { runMs, versionsOfOneHeartbeat } from '../../../lib/private/controller-cost';
import { ALL_17, resources, template } from '../support';
import { controlled, controlStack } from './support';

const DOCS = readFileSync(join(__dirname, '../../../docs/cost.md'), 'utf8');

const usage = (regions: string[], props: Partial<FailoverControllerProps> = {}, more: string[] = []): ControllerUsage =>
  controlled({ dashboard: false, ...props }, { regions: [...regions, ...more], routing: Routing.failoverOrder(regions) }).monthlyUsage;

const TWO = ['us-east-1', 'us-west-2'];
const THREE = [...TWO, 'eu-west-1'];

test('docs/cost.md has the figures that the code computes', () => {
  const columns: [string, ControllerUsage][] = [
    ['2 Regions, 10 s', usage(TWO)],
    ['3 Regions, 10 s', usage(THREE)],
    ['3 Regions, 2 s', usage(THREE, { interval: Duration.seconds(2) })],
    ['17 Regions, 10 s', usage(ALL_17)],
  ];
  const rows = (Object.keys(columns[0][1]) as (keyof ControllerUsage)[]).map((name) => `| \`${name}\` | ${columns.map(([, one]) => one[name].toLocaleString('en-US')).join(' | ')} |`);
  const table = [`| a month, at most | ${columns.map(([title]) => title).join(' | ')} |`, `| --- |${' ---: |'.repeat(columns.length)}`, ...rows].join('\n');

  expect(DOCS).toContain(table);
});

test('each look is paid for: five times as many cost nearly five times as many requests, and no more of what is paid by the minute', () => {
  const [slow, fast] = [usage(THREE), usage(THREE, { interval: Duration.seconds(2) })];

  expect(fast.functionRuns).toBe(slow.functionRuns);
  expect(fast.heartbeatVersions).toBe(slow.heartbeatVersions);
  expect(fast.customMetrics).toBe(slow.customMetrics);
  for (const name of ['bucketWrites', 'bucketReads', 'tableWriteUnits', 'tableReadUnits'] as const) expect(fast[name]).toBeGreaterThan(2.5 * slow[name]);
  expect(fast.functionGigabyteSeconds).toBeLessThan(slow.functionGigabyteSeconds);
});

test('heartbeats are also replicated to Regions that are not in the order, and paid for there', () => {
  const [without, withOne] = [usage(THREE), usage(THREE, {}, ['eu-north-1'])];

  expect(withOne.heartbeatVersions / without.heartbeatVersions).toBeCloseTo(4 / 3);
  expect(withOne.bucketWrites - without.bucketWrites).toBe(3 * 30 * 24 * 60);
  expect(withOne.bucketReads).toBe(without.bucketReads);
});

test('the versions of one heartbeat are bounded by two days of them, whenever in the day one looks', () => {
  const MINUTES = 24 * 60;
  // One version a minute. S3 counts the days that a version has been noncurrent from the midnight after it became so.
  let most = 0;
  for (let now = 4 * MINUTES; now < 5 * MINUTES; now++) {
    let stored = 1;
    for (let written = now - 3 * MINUTES; written < now; written++) {
      const noncurrentAt = written + 1;
      const expires = (Math.ceil(noncurrentAt / MINUTES) + 1) * MINUTES;
      if (now < expires) stored++;
    }
    most = Math.max(most, stored);
  }
  expect(most).toBeLessThanOrEqual(versionsOfOneHeartbeat());
  expect(most).toBeGreaterThan(versionsOfOneHeartbeat() - 5);
});

test.each([[2_000, 70_000], [10_000, 110_000], [60_000, 115_000]])('with looks each %i ms a run lasts %i ms at most', (intervalMs, ms) => {
  expect(runMs(intervalMs)).toBe(ms);
});

test('alarms are counted as the templates have them', () => {
  const controller = controlled({}, { regions: ALL_17, routing: Routing.failoverOrder(ALL_17) });
  const looked = controller.controlRegions.flatMap((region) => Object.values(resources(template(Stack.of(controller), controlStack(region)), 'AWS::CloudWatch::Alarm')))
    .map(({ Properties }) => (Properties.Metrics ? Properties.Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat).length : 1))
    .reduce((sum: number, count: number) => sum + count, 0);

  expect(controller.monthlyUsage.alarmMetrics).toBe(looked);
  expect(usage(THREE, { alarms: false }).alarmMetrics).toBe(0);
});

test('probes and heartbeats are named in the docs, for whoever has notifications of the whole bucket', () => {
  expect(DOCS).toContain(`<replication prefix>${HEARTBEAT_PREFIX}<Region>`);
});
