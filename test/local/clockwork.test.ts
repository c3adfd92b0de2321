import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, ListMetricsCommand, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { startLocalAws, type LocalAws } from '../../local';
import { raw } from './support';

/** The stack below stands in both. */
const REGIONS = ['eu-west-1', 'us-east-1'];
const FUNCTIONS = ['ticks', 'forbidden', 'untrusted', 'throws', 'mute'];
/** A minute here lasts so long, so that runs of four seconds overlap. */
const MINUTE_MS = 2_000;

const TICKS = `
exports.handler = async (event) => {
  console.log(JSON.stringify({ started: event.at }));
  console.log(JSON.stringify({ _aws: { CloudWatchMetrics: [{ Namespace: 'Clockwork', Dimensions: [['Of']], Metrics: [{ Name: 'Ticks', Unit: 'Count' }] }] }, Of: process.env.AWS_REGION, Ticks: 5 }));
  await new Promise((resolve) => setTimeout(resolve, 4000));
  console.log(JSON.stringify({ ended: event.at }));
};`;
const THROWS = 'exports.handler = async () => { console.log("{\\"started\\": \\"once\\"}"); throw new Error("on purpose"); };';
/** Its role may not write its log; that it ran is told by the topic. */
const MUTE = `
const { PublishCommand, SNSClient } = require('@aws-sdk/client-sns');
exports.handler = async () => {
  console.log(JSON.stringify({ started: 'mute' }));
  console.log(JSON.stringify({ _aws: { CloudWatchMetrics: [{ Namespace: 'Clockwork', Dimensions: [['Of']], Metrics: [{ Name: 'Muted', Unit: 'Count' }] }] }, Of: process.env.AWS_REGION, Muted: 5 }));
  await new SNSClient({}).send(new PublishCommand({ TopicArn: process.env.TOPIC, Message: 'the mute one ran' }));
};`;
const CODE: { readonly [name: string]: string } = { throws: THROWS, mute: MUTE };

let aws: LocalAws;

beforeAll(async () => {
  aws = await startLocalAws();
  await aws.control.setMinutes({ schedulesMs: MINUTE_MS, alarmsMs: 1_000 });
  for (const region of REGIONS) await deploy(region);
}, 60_000);
afterAll(() => aws?.stop());

function template(region: string): object {
  // Roles are the account's: those of two Regions may not have one name.
  const role = (RoleName: string, service: string, statements: object[] = [], condition = {}) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: `${RoleName}-${region}`,
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service }, ...condition }] },
      ...(statements.length > 0 && { Policies: [{ PolicyName: 'may', PolicyDocument: { Version: '2012-10-17', Statement: statements } }] }),
    },
  });
  const arnOf = (name: string) => `arn:aws:lambda:${region}:${aws.account}:function:${name}`;
  const mayInvoke = (name: string) => [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf(name) }];
  const ofGroup = (group: string) => ({ Condition: { StringEquals: { 'aws:SourceAccount': aws.account, 'aws:SourceArn': `arn:aws:scheduler:${region}:${aws.account}:schedule-group/${group}` } } });
  const roles = {
    ticks: role('ticks', 'scheduler.amazonaws.com', mayInvoke('ticks'), ofGroup('default')),
    forbidden: role('forbidden', 'scheduler.amazonaws.com', mayInvoke('ticks')),
    untrusted: role('untrusted', 'scheduler.amazonaws.com', mayInvoke('untrusted'), ofGroup('another')),
    throws: role('throws', 'scheduler.amazonaws.com', mayInvoke('throws')),
    mute: role('mute', 'scheduler.amazonaws.com', mayInvoke('mute')),
  };
  const mayLog = (name: string) => [{ Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: `arn:aws:logs:${region}:${aws.account}:log-group:/aws/lambda/${name}:*` }];
  const resources: Record<string, object> = { Execution: role('execution', 'lambda.amazonaws.com', [...FUNCTIONS.filter((name) => name !== 'mute').flatMap(mayLog), { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Topic' } }]) };
  for (const name of FUNCTIONS) {
    resources[`${name}Function`] = {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: name, Runtime: 'nodejs20.x', Handler: 'index.handler', Timeout: 30, Environment: { Variables: { TOPIC: { Ref: 'Topic' } } }, Role: { 'Fn::GetAtt': ['Execution', 'Arn'] }, Code: { ZipFile: CODE[name] ?? TICKS } },
    };
    resources[`${name}Role`] = roles[name as keyof typeof roles];
    resources[`${name}Schedule`] = {
      Type: 'AWS::Scheduler::Schedule',
      DependsOn: [`${name}Function`, ...(name === 'throws' ? ['Once'] : [])],
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arnOf(name), RoleArn: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] }, Input: JSON.stringify({ at: '<aws.scheduler.execution-id>' }) },
      },
    };
  }
  resources.Once = { Type: 'AWS::Lambda::EventInvokeConfig', DependsOn: ['throwsFunction'], Properties: { FunctionName: 'throws', Qualifier: '$LATEST', MaximumRetryAttempts: 0 } };
  resources.Topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'told' } };
  resources.Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'heard' } };
  const everybody = (Action: string, Resource: object) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action, Resource }] });
  resources.QueuePolicy = { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: everybody('sqs:SendMessage', { 'Fn::GetAtt': ['Queue', 'Arn'] }) } };
  resources.Subscription = { Type: 'AWS::SNS::Subscription', DependsOn: ['QueuePolicy'], Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } } };
  resources.Rule = { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: ['clockwork'] }, Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }] } };
  const alarm = (name: string, properties: object) => {
    resources[name] = {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { AlarmName: name, Namespace: 'Clockwork', MetricName: 'Ticks', Dimensions: [{ Name: 'Of', Value: region }], Statistic: 'Maximum', Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 1, Threshold: 4, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching', ...properties },
    };
  };
  alarm('high', { AlarmActions: [{ Ref: 'Topic' }] });
  alarm('elsewhere', { Dimensions: [{ Name: 'Of', Value: 'mars' }] });
  alarm('silent', { Dimensions: [{ Name: 'Of', Value: 'mars' }], DatapointsToAlarm: 3, TreatMissingData: 'breaching' });
  alarm('unknown', { Dimensions: [{ Name: 'Of', Value: 'mars' }], TreatMissingData: 'missing' });
  const stat = (Of: string) => ({ Id: `m${Of.length}`, ReturnData: false, MetricStat: { Metric: { Namespace: 'Clockwork', MetricName: 'Ticks', Dimensions: [{ Name: 'Of', Value: Of }] }, Stat: 'Maximum', Period: 60 } });
  resources.worst = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { AlarmName: 'worst', Metrics: [{ Id: 'e', Expression: 'MAX(METRICS())' }, stat(region), stat('mars')], EvaluationPeriods: 3, DatapointsToAlarm: 1, Threshold: 4, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' },
  };
  return { Resources: resources };
}

async function deploy(region: string): Promise<void> {
  const client = aws.clients.cloudFormation(region);
  await client.send(new CreateStackCommand({ StackName: 'clockwork', Capabilities: ['CAPABILITY_NAMED_IAM'], TemplateBody: JSON.stringify(template(region)) }));
  await until(async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'clockwork' }));
    if (/ROLLBACK|FAILED/.test(Stacks![0].StackStatus!)) throw new Error(Stacks![0].StackStatusReason);
    return Stacks![0].StackStatus === 'CREATE_COMPLETE';
  });
}

/** JSON that a function has printed so far, and when. */
async function printed(region: string, name: string): Promise<{ at: number; said: Record<string, unknown> }[]> {
  const { status, body } = await raw(aws, {
    region, service: 'logs', path: '/', method: 'POST', body: JSON.stringify({ logGroupName: `/aws/lambda/${name}` }),
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.FilterLogEvents' },
  });
  if (status !== 200) return [];
  const { events } = JSON.parse(body) as { events: { timestamp: number; message: string }[] };
  return events.filter(({ message }) => message.startsWith('{')).map(({ timestamp, message }) => ({ at: timestamp, said: JSON.parse(message) }));
}

async function heard(region: string): Promise<any[]> {
  const { stdout } = await aws.shell(`aws sqs receive-message --queue-url ${aws.endpoint}/${aws.account}/heard --region ${region} --max-number-of-messages 10`);
  return stdout.trim() === '' ? [] : JSON.parse(stdout).Messages.map(({ Body }: { Body: string }) => JSON.parse(Body));
}

async function states(region: string): Promise<Record<string, string>> {
  const { MetricAlarms } = await aws.clients.cloudWatch(region).send(new DescribeAlarmsCommand({}));
  return Object.fromEntries(MetricAlarms!.map(({ AlarmName, StateValue }) => [AlarmName!, StateValue!]));
}

async function until(so: () => Promise<boolean>): Promise<void> {
  for (let left = 300; left > 0; left--) {
    if (await so()) return;
    await sleep(100);
  }
  throw new Error('it never came to be so');
}

test.each(REGIONS)('in %s a schedule fires at once and each minute, and its runs overlap; what they print is there before they end', async (region) => {
  const of = async (what: string) => (await printed(region, 'ticks')).filter(({ said }) => what in said);
  await until(async () => (await of('started')).length >= 3);
  const [first, second, third] = await of('started');
  const ended = (await of('ended'))[0];

  expect(second.at - first.at).toBeGreaterThanOrEqual(MINUTE_MS * 0.7);
  expect(third.said.started).not.toBe(first.said.started);
  if (ended) expect(ended.at).toBeGreaterThan(second.at);
  await until(async () => (await of('ended')).length >= 1);
}, 60_000);

test('fails to fire where the role may not invoke, or does not trust the schedule', async () => {
  await until(async () => (await printed(REGIONS[0], 'throws')).length >= 2);
  for (const name of ['forbidden', 'untrusted']) expect(await printed(REGIONS[0], name)).toEqual([]);
}, 60_000);

test('a run that fails is not tried again where the function says so', async () => {
  const runs = async () => (await printed(REGIONS[0], 'throws')).map(({ at }) => at);
  await until(async () => (await runs()).length >= 3);
  const [first, second] = await runs();

  expect(second - first).toBeGreaterThanOrEqual(MINUTE_MS * 0.7);
}, 60_000);

test('alarms are judged by their own dimensions in their own Region, and by what is missing', async () => {
  const expected = { elsewhere: 'OK', high: 'ALARM', silent: 'ALARM', unknown: 'INSUFFICIENT_DATA', worst: 'ALARM' };
  await until(async () => JSON.stringify(Object.entries(await states(REGIONS[0])).sort()) === JSON.stringify(Object.entries(expected)));
  expect(Object.keys(await states('eu-central-1'))).toEqual([]);
}, 60_000);

test('an alarm tells a topic, and an event a rule, and both a queue', async () => {
  const sent = await aws.shell(`aws events put-events --region ${REGIONS[0]} --entries '[{"Source":"clockwork","DetailType":"d","Detail":"{}"}]'`);
  expect(sent.exitCode).toBe(0);
  const all: any[] = [];
  await until(async () => {
    all.push(...(await heard(REGIONS[0])));
    return all.some(({ source }) => source === 'clockwork') && all.some(({ Message }) => /"AlarmName": "high"/.test(Message ?? ''));
  });
  expect((await heard(REGIONS[1])).filter(({ source }) => source)).toEqual([]);
}, 60_000);

test('a function that may not write its log leaves no line and no metric, and learns nothing of it', async () => {
  await until(async () => (await heard(REGIONS[0])).some(({ Message }) => Message === 'the mute one ran'));
  expect(await printed(REGIONS[0], 'mute')).toEqual([]);
  const { Metrics } = await aws.clients.cloudWatch(REGIONS[0]).send(new ListMetricsCommand({ Namespace: 'Clockwork' }));
  expect(Metrics!.map(({ MetricName }) => MetricName)).toEqual(['Ticks']);
}, 60_000);

test('a data point stands for as long as a test says in the short minutes after it, and no longer', async () => {
  const cloudWatch = aws.clients.cloudWatch(REGIONS[0]);
  const state = async () => (await states(REGIONS[0])).once;
  await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName: 'once', Namespace: 'Clockwork', MetricName: 'Once', Statistic: 'Maximum', Period: 60, EvaluationPeriods: 3, Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', TreatMissingData: 'breaching' }));
  const put = (Value: number) => cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Clockwork', MetricData: [{ MetricName: 'Once', Value }] }));
  await aws.control.setMinutes({ alarmsMs: 500, pointsMs: 4_000 });
  await put(0);
  await until(async () => (await state()) === 'OK');
  const since = Date.now();
  await until(async () => (await state()) === 'ALARM');
  // The one point stands for four seconds, and three half-second minutes are missing after it.
  expect(Date.now() - since).toBeGreaterThanOrEqual(2_500);
  await put(0);
  await until(async () => (await state()) === 'OK');
  await aws.control.setMinutes({ alarmsMs: 1_000, pointsMs: 0 });
  await until(async () => (await state()) === 'ALARM');
}, 60_000);

test('fails when a minute is shorter than a second, or for alarms than a tenth of one', async () => {
  await expect(aws.control.setMinutes({ schedulesMs: 10 })).rejects.toThrow(/'setMinutes'.*schedulesMs/);
  await expect(aws.control.setMinutes({ alarmsMs: 10 })).rejects.toThrow(/'setMinutes'.*alarmsMs/);
});
