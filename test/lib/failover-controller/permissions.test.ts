import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Failback, type FailoverControllerProps, VetoAlarm } from '../../../lib';
import { homeStack } from '../support';
import { controlled, observerParts, settingsOf, textOf } from './support';

const ORDER = ['us-east-1', 'us-west-2', 'eu-west-1'];
const data = (region: string, objects = '') => `arn:aws:s3:::media-111122223333-${region}-an${objects}`;
const probes = (region: string, objects = '') => `arn:aws:s3:::media-probe-111122223333-${region}-an${objects}`;
const table = (region: string) => `arn:aws:dynamodb:${region}:111122223333:table/media-controller`;

function statementsOf(region: string, role: 'voter' | 'self', props: Partial<FailoverControllerProps> = {}) {
  const stack = Stack.of(controlled(props, { replication: { prefix: 'a/' } }));
  return observerParts(stack, region, role).statements.map(({ Resource, ...rest }) => ({ ...rest, Resource: [Resource].flat().map(textOf) }));
}

const logs = { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [expect.stringMatching(/^<.*Logs.*\.Arn>$/)] };

test('a voter may do what it does, and nothing else', () => {
  expect(statementsOf('us-east-2', 'voter')).toEqual([
    logs,
    { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], Resource: [table('us-east-2')] },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: ORDER.map((region) => probes(region, '/probe/voter/us-east-2')) },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: ORDER.map((region) => data(region, '/a/.s3-failover/heartbeat/*')) },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: ORDER.map((region) => data(region)) },
    { Effect: 'Allow', Action: ['s3:GetMultiRegionAccessPointRoutes', 's3:SubmitMultiRegionAccessPointRoutes'], Resource: [expect.stringMatching(/^<SsmParameter.*arn.*>$/)] },
    { Effect: 'Allow', Action: 'sns:Publish', Resource: [expect.stringMatching(/^<ControlTopic.*>$/)] },
    { Effect: 'Allow', Action: 'events:PutEvents', Resource: ['arn:aws:events:us-east-2:111122223333:event-bus/default'], Condition: { StringEquals: { 'events:source': 'cdk-s3-failover' } } },
  ]);
});

test('a Region\'s own observer looks at no other Region, and reports to any control Region', () => {
  expect(statementsOf('eu-west-1', 'self')).toEqual([
    logs,
    { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: ['us-east-2', 'us-west-2', 'us-east-1'].map(table) },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: [probes('eu-west-1', '/probe/self/eu-west-1')] },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: [data('eu-west-1', '/a/.s3-failover/heartbeat/eu-west-1')] },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: [data('eu-west-1')] },
    { Effect: 'Allow', Action: 's3:PutObject', Resource: [data('eu-west-1', '/a/.s3-failover/heartbeat/eu-west-1')] },
  ]);
});

describe('veto alarms', () => {
  test('let voters read alarms in their Regions', () => {
    const vetoAlarms = [VetoAlarm.fromName('us-west-2', 'database'), VetoAlarm.fromName('eu-west-1', 'database'), VetoAlarm.fromName('us-west-2', 'cache')];
    expect(statementsOf('us-east-2', 'voter', { vetoAlarms }).at(-1)).toEqual({
      Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: ['*'], Condition: { StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'us-west-2'] } },
    });
    expect(JSON.stringify(statementsOf('eu-west-1', 'self', { vetoAlarms }))).not.toContain('cloudwatch');
  });

  test('are told by the name and the Region of the alarm, be it made here, imported or composite', () => {
    const stack = homeStack();
    const elsewhere = new Stack(stack.node.root, 'Elsewhere', { env: { region: 'us-west-2' } });
    const metric = new cloudwatch.Metric({ namespace: 'App', metricName: 'Busy' });
    const own = new cloudwatch.Alarm(elsewhere, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1, alarmName: 'own' });
    const composite = new cloudwatch.CompositeAlarm(elsewhere, 'Composite', { alarmRule: own, compositeAlarmName: 'both' });
    const imported = cloudwatch.Alarm.fromAlarmArn(stack, 'Imported', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:theirs');
    const controller = controlled({ vetoAlarms: [own, composite, imported].map((alarm) => VetoAlarm.fromAlarm(alarm)) }, {}, stack);

    expect(settingsOf(observerParts(Stack.of(controller), 'us-east-2', 'voter').handler.Environment).policy.vetoAlarms).toEqual([
      { region: 'us-west-2', name: 'own' }, { region: 'us-west-2', name: 'both' }, { region: 'eu-west-1', name: 'theirs' },
    ]);
  });
});

test('an automatic failback lets voters read how much is still to be replicated', () => {
  expect(statementsOf('us-east-2', 'voter', { failback: Failback.automatic({ drainedFor: Duration.minutes(10) }) }).at(-1)).toEqual({
    Effect: 'Allow', Action: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'], Resource: ['*'], Condition: { StringEquals: { 'aws:RequestedRegion': ORDER } },
  });
  expect(JSON.stringify(statementsOf('us-east-2', 'voter'))).not.toContain('cloudwatch');
});

test('settings reach observers and manifest in milliseconds, and only those that were given', () => {
  const controller = controlled({
    interval: Duration.seconds(2),
    probeTimeout: Duration.millis(1500),
    unhealthyFor: Duration.seconds(20),
    disputedFor: Duration.minutes(5),
    coolDown: Duration.hours(1),
    failback: Failback.automatic({ drainedFor: Duration.minutes(10) }),
    maxDataLoss: Duration.minutes(1),
    actOnSlow: true,
  });

  expect(settingsOf(observerParts(Stack.of(controller), 'us-east-2', 'voter').handler.Environment).policy).toEqual({
    order: ORDER,
    voters: ['us-east-2', 'us-west-2', 'us-east-1'],
    intervalMs: 2_000,
    probeTimeoutMs: 1_500,
    unhealthyForMs: 20_000,
    disputedForMs: 300_000,
    coolDownMs: 3_600_000,
    failback: { kind: 'when drained', forMs: 600_000 },
    maxDataLossMs: 60_000,
    actOnSlow: true,
  });
  expect(settingsOf(observerParts(Stack.of(controlled({ failback: Failback.manual() })), 'us-east-2', 'voter').handler.Environment).policy).toMatchObject({ failback: { kind: 'manual' } });
});

describe('the table of calls in runtime/handlers/README.md', () => {
  const rows = readFileSync(join(__dirname, '../../../runtime/handlers/README.md'), 'utf8').split('\n').map((line) => line.split('|').map((cell) => cell.trim())).filter(([, role]) => role === 'self' || role?.startsWith('voter'));
  const calls = (role: string) => [...new Set(rows.filter(([, who]) => who.startsWith(role)).flatMap(([, , what]) => [...what.matchAll(/`([^`]+)`/g)].map(([, call]) => call)))].sort();
  const allowed = (statements: { Action: string | string[] }[]) => [...new Set(statements.flatMap(({ Action }) => Action))].filter((action) => !action.startsWith('logs:')).sort();

  test('names what a voter may do, each call and no other', () => {
    const all = { vetoAlarms: [VetoAlarm.fromName('us-west-2', 'database')], failback: Failback.automatic({ drainedFor: Duration.minutes(10) }) };
    expect(calls('voter').length).toBeGreaterThan(8);
    expect(allowed(statementsOf('us-east-2', 'voter', all))).toEqual(calls('voter'));
  });

  test('names what a Region\'s own observer may do, each call and no other', () => {
    expect(allowed(statementsOf('eu-west-1', 'self'))).toEqual(calls('self'));
  });
});
