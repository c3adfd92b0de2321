import * as fs from 'node:fs';
import { App, CfnElement, Duration, Lazy, NestedStack, Stack, Stage, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Failback, FailoverController, type FailoverControllerProps, MultiRegionBucket, type MultiRegionBucketProps, OnRedeploy, Routing, VetoAlarm } from '../../../lib';
import { ALL_17, homeStack, mediaBucket, REGIONS } from '../support';
import { controlled } from './support';

jest.mock('node:fs', () => ({ ...jest.requireActual('node:fs'), existsSync: jest.fn(jest.requireActual('node:fs').existsSync) }));

/** A controller is refused before any part of it is there. */
function refused(props: Partial<FailoverControllerProps>, message: RegExp, bucketProps: Partial<MultiRegionBucketProps> = {}): void {
  const stack = homeStack();
  expect(() => controlled(props, bucketProps, stack)).toThrow(message);
  expect(stack.node.tryFindChild('Controller')!.node.findAll().filter((child) => CfnElement.isCfnElement(child) || Stack.isStack(child))).toEqual([]);
}

const token = () => Duration.millis(Token.asNumber(Lazy.number({ produce: () => 1 })));

describe('settings', () => {
  test.each<[string, Partial<FailoverControllerProps>, RegExp]>([
    ['the interval is under 2 s', { interval: Duration.seconds(1) }, /Media\/Controller: 'interval' must be at least 2 s, got 1 s/],
    ['the interval is over 20 s', { interval: Duration.seconds(21) }, /'interval' must be at most 20 s, got 21 s; a run of an observer ends before looks so far apart decide anything/],
    ['the interval is 0', { interval: Duration.seconds(0) }, /'interval' must be more than 0 and at most 7 days, got 0 ms/],
    ['a setting is a mistake of units', { coolDown: Duration.days(30) }, /'coolDown' must be more than 0 and at most 7 days, got 2592000 s/],
    ['a probe may take as long as the interval', { probeTimeout: Duration.seconds(10) }, /'probeTimeout' must be under 'interval' \(10 s\), got 10 s; a probe must end before the next begins/],
    ['a Region need not be down for 3 intervals and a probe', { unhealthyFor: Duration.seconds(34) }, /'unhealthyFor' must be at least 3 intervals and a probe \(35 s\), got 34 s; shorter ones act on a blip/],
    ['a dispute needs less patience than none', { disputedFor: Duration.seconds(59) }, /'disputedFor' must be at least 'unhealthyFor' \(60 s\), got 59 s/],
    ['the cool-down is under propagation, stagger and deadline together', { coolDown: Duration.seconds(164) }, /'coolDown' must be at least propagation, the stagger and the act's deadline together \(165 s\), got 164 s/],
    ['a failback wants no time', { failback: Failback.automatic({ drainedFor: Duration.millis(0) }) }, /'failback' must be more than 0 and at most 7 days, got 0 ms/],
    ['a loss is too long', { maxDataLoss: Duration.days(8) }, /'maxDataLoss' must be from .* to 7 days, got 691200 s/],
    ['a time is a token', { interval: token() }, /'interval' must be known at synthesis, got a token; write it out, as in Duration\.seconds\(10\)/],
    ['a failback\'s time is a token', { failback: Failback.automatic({ drainedFor: token() }) }, /'failback' must be known at synthesis, got a token/],
    ['two runs have no room for a third', { reservedConcurrency: 2 }, /'reservedConcurrency' must be a whole number from 3, as runs overlap, got 2; raise it, or leave it out/],
    ['half a run is kept free', { reservedConcurrency: 3.5 }, /'reservedConcurrency' must be a whole number from 3, .* got 3\.5/],
  ])('fails when %s', (_, props, message) => refused(props, message));

  test('takes looks each two seconds, and a loss of a minute', () => {
    expect(() => controlled({ interval: Duration.seconds(2), maxDataLoss: Duration.minutes(1) })).not.toThrow();
  });
});

describe('control Regions', () => {
  test.each<[string, string[], RegExp]>([
    ['there are two', ['us-east-1', 'us-east-2'], /'controlRegions' must be 3 different Regions, got \["us-east-1", "us-east-2"\]; choose three of one of \["us-east-1", "us-east-2", "us-west-2"\], \["eu-west-1", /],
    ['there are four', ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'], /'controlRegions' must be 3 different Regions/],
    ['one is there twice', ['us-east-1', 'us-east-1', 'us-east-2'], /'controlRegions' must be 3 different Regions/],
    ['they are of two sets', ['us-east-1', 'us-east-2', 'eu-west-1'], /'controlRegions' must be of one set, as replicas of a strongly consistent table cannot be further apart, got .*"eu-west-1"\]; choose three of one of/],
    ['one can hold no such table', ['eu-west-1', 'eu-west-2', 'eu-north-1'], /'controlRegions' must be of one set/],
    ['one is a token', ['us-east-1', 'us-east-2', Token.asString({ Ref: 'AWS::Region' })], /'controlRegions' must be plain strings, got a token/],
  ])('fails when %s', (_, controlRegions, message) => refused({ controlRegions }, message));
});

describe('the bucket', () => {
  test.each<[string, Partial<MultiRegionBucketProps>, RegExp]>([
    ['every Region is active', { routing: Routing.latency() }, /'routing' of the bucket must say in which order Regions take over, got Routing\.latency\(\); use Routing\.failoverOrder\(\["eu-west-1", "us-east-1", "us-west-2"\]\), the preferred Region first/],
    ['no order says who takes over', { routing: Routing.activePassive('us-east-1') }, /got Routing\.activePassive\(\); use Routing\.failoverOrder\(/],
    ['each deployment would undo a failover', { onRedeploy: OnRedeploy.ENFORCE }, /'onRedeploy' of the bucket must leave routes alone beside a controller, got ENFORCE, which would undo each failover; use OnRedeploy\.PRESERVE/],
    ['names leave no room in a function\'s environment', { replication: { prefix: `${'p'.repeat(1000)}/` }, bucketNamePrefix: 'x'.repeat(25), regions: ALL_17, routing: Routing.failoverOrder(ALL_17) }, /what each observer is told may have 4032 bytes, .* got \d+; shorten 'bucketNamePrefix' or 'replication\.prefix' of the bucket/],
  ])('fails when %s', (_, bucketProps, message) => refused({}, message, bucketProps));

  test('fails when it was imported', () => {
    const stack = homeStack();
    const bucket = MultiRegionBucket.fromManifest(stack, 'Imported', { manifestParameterName: '/s3-failover/media', regions: REGIONS, bucketNamePrefix: 'media' });

    expect(() => new FailoverController(stack, 'Controller', { bucket: bucket as MultiRegionBucket })).toThrow(/'bucket' must be one that this stack makes, got 'Media\/Imported', which was imported; make the controller in the stack of the bucket/);
  });

  test.each(['stack', 'Stage'])('fails when it is in another %s', (other) => {
    const app = new App();
    const bucket = mediaBucket(homeStack({}, app), { routing: Routing.failoverOrder(REGIONS) });
    const elsewhere = new Stack(other === 'stack' ? app : new Stage(app, 'Prod'), 'Elsewhere', { env: { region: 'us-east-1' } });

    expect(() => new FailoverController(elsewhere, 'Controller', { bucket })).toThrow(/the controller must be in the stack of its bucket 'Media', got '.*Elsewhere'; make it there/);
  });

  test('fails when it is in a nested stack', () => {
    const nested = new NestedStack(homeStack(), 'Nested') as unknown as Stack;

    expect(() => controlled({}, {}, nested)).toThrow(/the controller may not be in a nested stack, got 'Media\/Nested'; .* move bucket and controller to the top-level stack/);
  });

  test('fails when it has a controller already', () => {
    const stack = homeStack();
    const bucket = mediaBucket(stack, { routing: Routing.failoverOrder(REGIONS) });
    new FailoverController(stack, 'First', { bucket });

    expect(() => new FailoverController(stack, 'Second', { bucket })).toThrow(/Media\/Second: the bucket has a controller already, got a second one beside 'Media\/First'; remove one/);
  });

  test('stays as it is when a deployment shall fail on drift', () => {
    expect(() => controlled({}, { onRedeploy: OnRedeploy.FAIL_ON_DRIFT })).not.toThrow();
  });
});

describe('names', () => {
  test.each(['media-controller', 'media-probe'])('fails when another bucket has the prefix %s, whoever comes first', (prefix) => {
    const stack = homeStack();
    new MultiRegionBucket(stack, 'Other', { regions: REGIONS, bucketNamePrefix: prefix });
    expect(() => controlled({}, {}, stack)).toThrow(new RegExp(`the controller of 'media' must have the name '${prefix}' for itself, got it as 'bucketNamePrefix' of 'Media/Other'; give one of the two buckets another prefix`));

    const later = homeStack();
    controlled({}, {}, later);
    expect(() => new MultiRegionBucket(later, 'Other', { regions: REGIONS, bucketNamePrefix: prefix })).toThrow(/'bucketNamePrefix' must differ between the buckets of an account/);
  });
});

describe('veto alarms', () => {
  const queueAlarm = (stack: Stack, alarmName?: string) => new cloudwatch.Alarm(stack, 'Alarm', { metric: new sqs.Queue(stack, 'Queue').metricNumberOfMessagesSent(), threshold: 1, evaluationPeriods: 1, alarmName });

  test('fails when an alarm has no name of its own', () => {
    const stack = homeStack();
    expect(() => controlled({ vetoAlarms: [VetoAlarm.fromAlarm(queueAlarm(stack))] }, {}, stack)).toThrow(/'vetoAlarms' must have names that are known at synthesis, got the alarm 'Media\/Alarm' without one; set its 'alarmName'/);
  });

  test('fails when the Region of an alarm is not known', () => {
    const other = new Stack(new App(), 'Other');
    expect(() => controlled({ vetoAlarms: [VetoAlarm.fromAlarm(queueAlarm(other, 'busy'))] })).toThrow(/'vetoAlarms' must lie in Regions that are known at synthesis, got the alarm 'Other\/Alarm' in a token; set 'env\.region' on its stack, or use VetoAlarm\.fromName\(\)/);
  });
});

describe('topics', () => {
  test.each<[string, { [region: string]: string }, RegExp]>([
    ['one is for no control Region', { 'eu-west-1': 'arn:aws:sns:eu-west-1:111122223333:pager' }, /'notifications\.topicArns' may not name 'eu-west-1', which is no control Region; choose from \["us-east-2", /],
    ['one lies in another Region', { 'us-east-2': 'arn:aws:sns:us-east-1:111122223333:pager' }, /'notifications\.topicArns\.us-east-2' must be the ARN of a topic in that Region as plain text, got 'arn:aws:sns:us-east-1:/],
    ['one is no topic', { 'us-east-2': 'pager' }, /'notifications\.topicArns\.us-east-2' must be the ARN of a topic .*, got 'pager'; write it as 'arn:aws:sns:us-east-2:ACCOUNT:NAME'/],
  ])('fails when %s', (_, topicArns, message) => refused({ notifications: { topicArns } }, message));
});

describe('questions', () => {
  const controller = controlled();

  test('fails when a metric of no Region of the order is asked for', () => {
    expect(() => controller.metricRegionHealth('sa-east-1')).toThrow(/'dataRegion' must be one of the failover order, got 'sa-east-1'; choose from \["us-east-1", "us-west-2", "eu-west-1"\]/);
  });

  test('fails when a metric of no control Region is asked for', () => {
    expect(() => controller.metricVotersFresh({ region: 'eu-west-1' })).toThrow(/'region' must be one of the control Regions, got 'eu-west-1'; choose from \["us-east-2", /);
  });

  test('fails when the topic of no control Region is asked for', () => {
    expect(() => controller.topicArn('eu-west-1')).toThrow(/'region' must be one of the control Regions, got 'eu-west-1'/);
  });

  test('fails when requests are asked for that nobody counts', () => {
    expect(() => controller.metricRequestCount('us-east-1')).toThrow(/'requestMetrics' must be on for the metric AllRequests/);
  });
});

test('fails when the code of its observers was not built', () => {
  const stack = homeStack();
  const bucket = mediaBucket(stack, { routing: Routing.failoverOrder(REGIONS) });
  jest.mocked(fs.existsSync).mockReturnValueOnce(false);

  expect(() => new FailoverController(stack, 'Controller', { bucket })).toThrow(/the code of the controller's observers is not at '.*assets.observer'; in a source checkout run 'node scripts\/bundle\.mjs', else install the package again/);
  expect(stack.node.findChild('Controller').node.findAll().filter((child) => CfnElement.isCfnElement(child))).toEqual([]);
});
