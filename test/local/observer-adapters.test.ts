import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { ConfirmSubscriptionCommand, CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { alarmReader } from '../../runtime/aws/alarm-reader';
import { eventBus } from '../../runtime/aws/event-bus';
import { heartbeatKey, heartbeats } from '../../runtime/aws/heartbeats';
import { topic } from '../../runtime/aws/topic';
import { eventOf, eventSchema } from '../../runtime/core/controller/tell/event';
import { messageOfAct } from '../../runtime/core/controller/tell/message';
import { EVENT_SOURCE } from '../../lib/private/controller-contract';
import type { Credentials } from '../../local';
import { actOf, viewAt } from '../runtime/core/controller/tell/told';
import { arn, EAST, IRELAND, Lab, replicationStatements, rule, WEST } from './replication-lab';

jest.setTimeout(30_000);

const signal = new AbortController().signal;
const PREFIX = 'media/';
const opened: { close(): void }[] = [];
let lab: Lab;
let buckets: { readonly [region: string]: string };
/** What people, and rules of their own, would get. */
let inbox: Server;
const received: { [name: string]: unknown }[] = [];
let topicArn: string;

const kept = <T extends { close(): void }>(one: T): T => {
  opened.push(one);
  return one;
};
const config = (credentials: Credentials) => ({ endpoint: lab.aws.endpoint, credentials });
const root = () => config({ accessKeyId: lab.aws.account, secretAccessKey: 'x' });
const heartsOf = (credentials: Credentials) => kept(heartbeats({ buckets, keyPrefix: PREFIX, account: lab.aws.account, config: { ...config(credentials), forcePathStyle: true } }));

/** The least that an observer inside us-east-1 and a voter need of data buckets; see runtime/handlers/README.md. */
const selfMay = () => [
  { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `${arn(buckets[EAST])}/${heartbeatKey(PREFIX, EAST)}` },
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: arn(buckets[EAST]) },
];
const voterMay = () => [
  { Effect: 'Allow', Action: 's3:GetObject', Resource: Object.values(buckets).map((name) => `${arn(name)}/${heartbeatKey(PREFIX, '*')}`) },
  { Effect: 'Allow', Action: 's3:ListBucket', Resource: Object.values(buckets).map(arn) },
];

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

beforeAll(async () => {
  lab = await Lab.start();
  buckets = { [EAST]: await lab.bucket(EAST), [IRELAND]: await lab.bucket(IRELAND), [WEST]: await lab.bucket(WEST) };
  const role = await lab.role(replicationStatements(buckets[EAST], [buckets[IRELAND]]));
  await lab.putRules(EAST, buckets[EAST], role, [rule(buckets[IRELAND], { Filter: { Prefix: PREFIX } })]);

  const sns = keptClient(new SNSClient({ ...root(), region: EAST }));
  inbox = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = JSON.parse(Buffer.concat(chunks).toString()) as { [name: string]: unknown };
      received.push(one);
      answer.end();
      if (one.Type === 'SubscriptionConfirmation') void sns.send(new ConfirmSubscriptionCommand({ TopicArn: String(one.TopicArn), Token: String(one.Token) }));
    });
  });
  await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
  topicArn = (await sns.send(new CreateTopicCommand({ Name: 'people' }))).TopicArn!;
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'http', Endpoint: `http://127.0.0.1:${(inbox.address() as AddressInfo).port}/` }));
});

afterAll(async () => {
  for (const one of opened) one.close();
  inbox?.close();
  inbox?.closeAllConnections();
  await lab?.stop();
});

function keptClient<T extends { destroy(): void }>(client: T): T {
  opened.push({ close: () => client.destroy() });
  return client;
}

describe('heartbeats', () => {
  test('are written once in their time, carried by replication, and tell how far a Region was behind', async () => {
    const self = heartsOf(await lab.user(selfMay()));
    const voter = heartsOf(await lab.user(voterMay()));
    await expect(voter.lagMs(EAST, IRELAND, 0, signal)).resolves.toBeUndefined();

    await expect(self.beat(EAST, 60_000, signal)).resolves.toBe(0);
    const age = await self.beat(EAST, 60_000, signal);
    expect(age).toBeGreaterThanOrEqual(0);
    await lab.idle({ source: buckets[EAST] });
    await expect(lab.stack(EAST, buckets[EAST], heartbeatKey(PREFIX, EAST))).resolves.toHaveLength(1);
    expect(JSON.parse(await lab.text(IRELAND, buckets[IRELAND], heartbeatKey(PREFIX, EAST)))).toEqual({ region: EAST, count: 1 });

    const lag = await voter.lagMs(EAST, IRELAND, 0, signal);
    // A second for the date's whole seconds: it is never too short.
    expect(lag).toBeGreaterThanOrEqual(1_000);
    // What was written after the source was first seen failing says that nothing was missing then.
    await expect(voter.lagMs(EAST, IRELAND, 3_600_000, signal)).resolves.toBe(0);
    await expect(voter.lagMs(EAST, WEST, 0, signal)).resolves.toBeUndefined();
  });

  test('are written again when they are due, and an older one that a Region holds tells of a longer lag', async () => {
    const self = heartsOf(await lab.user(selfMay()));
    const voter = heartsOf(await lab.user(voterMay()));
    await lab.aws.control.setReplication({ paused: true });
    await self.beat(EAST, 0, signal);
    const kept = await lab.head(IRELAND, buckets[IRELAND], heartbeatKey(PREFIX, EAST));
    expect(kept?.Metadata?.count).toBe('1');
    const here = Number((await lab.head(EAST, buckets[EAST], heartbeatKey(PREFIX, EAST)))?.Metadata?.at);
    expect(here).toBeGreaterThanOrEqual(Number(kept?.Metadata?.at));
    await expect(voter.lagMs(EAST, IRELAND, 0, signal)).resolves.toBeGreaterThanOrEqual(here - Number(kept?.Metadata?.at));
    await lab.aws.control.setReplication({ paused: false });
  });

  test.each(['s3:GetObject', 's3:PutObject'])('fails to beat without %s', async (missing) => {
    const statements = selfMay().map((one) => ({ ...one, Action: [one.Action].flat().filter((action) => action !== missing) }));
    await expect(heartsOf(await lab.user(statements)).beat(EAST, 0, signal)).rejects.toMatchObject({ status: 403 });
  });

  test('fails to tell a heartbeat that is not there yet from one that is refused without s3:ListBucket', async () => {
    const first = await lab.user([{ Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `${arn(buckets[WEST])}/${heartbeatKey(PREFIX, WEST)}` }]);
    await expect(heartsOf(first).beat(WEST, 0, signal)).rejects.toMatchObject({ status: 403 });
    const voter = await lab.user(voterMay().filter(({ Action }) => Action !== 's3:ListBucket'));
    await expect(heartsOf(voter).lagMs(EAST, WEST, 0, signal)).rejects.toMatchObject({ status: 403 });
  });

  test('a Region that is dead is told apart from one without a heartbeat', async () => {
    await lab.aws.control.setRegion(IRELAND, { kind: 'refused' });
    await expect(heartsOf(await lab.user(voterMay())).lagMs(EAST, IRELAND, 0, signal)).rejects.toMatchObject({ unreachable: true });
    await lab.aws.control.heal();
  });
});

describe('veto alarms', () => {
  beforeAll(async () => {
    const cloudWatch = keptClient(new CloudWatchClient({ ...root(), region: WEST }));
    for (const AlarmName of ['orders', 'stock', 'idle']) {
      await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName, Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' }));
    }
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'orders', StateValue: 'ALARM', StateReason: 'a test' }));
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'stock', StateValue: 'OK', StateReason: 'a test' }));
  });

  test('are read by name, those without data as quiet, and those that do not exist not at all', async () => {
    const reader = kept(alarmReader(config(await lab.user([{ Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' }]))));
    const states = await reader.states(WEST, ['orders', 'idle', 'none'], signal);
    expect([...states].sort()).toEqual([['idle', 'quiet'], ['orders', 'in alarm']]);
    await expect(reader.states(IRELAND, ['orders'], signal)).resolves.toEqual(new Map());
  });

  test('fails without the permission, and when their Region is dead', async () => {
    const reader = kept(alarmReader(config(await lab.user([{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }]))));
    await expect(reader.states(WEST, ['orders'], signal)).rejects.toMatchObject({ call: 'cloudwatch DescribeAlarms', denied: true });
    await lab.aws.control.setRegion(WEST, { kind: 'refused' });
    await expect(reader.states(WEST, ['orders'], signal)).rejects.toMatchObject({ unreachable: true });
    await lab.aws.control.heal();
  });
});

describe('an act', () => {
  const place = { name: 'acme-media', accessPointArn: 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap' };

  test('reaches people as it was written', async () => {
    const message = messageOfAct(actOf('fail over'), viewAt(), place)!;
    const people = kept(topic(topicArn, EAST, config(await lab.user([{ Effect: 'Allow', Action: 'sns:Publish', Resource: topicArn }]))));
    await people.publish(message, signal);
    const isIt = (one: { [name: string]: unknown }) => one.Type === 'Notification' && one.Subject === message.subject;
    await until(() => received.some(isIt));
    expect(received.find(isIt)).toMatchObject({ Message: message.body });
  });

  test('reaches a rule on the default bus, by source, type and what it was', async () => {
    const events = keptClient(new EventBridgeClient({ ...root(), region: EAST }));
    await events.send(new PutRuleCommand({ Name: 'moved', EventPattern: JSON.stringify({ source: ['cdk-s3-failover'], 'detail-type': ['S3 Failover Act'], detail: { act: { kind: ['failover', 'failback'], state: ['done'] } } }) }));
    await events.send(new PutTargetsCommand({ Rule: 'moved', Targets: [{ Id: 'people', Arn: topicArn }] }));
    const bus = kept(eventBus(EAST, config(await lab.user([{ Effect: 'Allow', Action: 'events:PutEvents', Resource: `arn:aws:events:${EAST}:${lab.aws.account}:event-bus/default`, Condition: { StringEquals: { 'events:source': EVENT_SOURCE } } }]))));
    await bus.put(eventOf(actOf('adopt'), viewAt(), place)!, signal);
    await bus.put(eventOf(actOf('fail over'), viewAt(), place)!, signal);
    const told = () => received.flatMap(({ Type, Message }) => (Type === 'Notification' && typeof Message === 'string' && Message.startsWith('{') ? [JSON.parse(Message) as { [name: string]: unknown }] : []));
    await until(() => told().length > 0);
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatchObject({ source: 'cdk-s3-failover', 'detail-type': 'S3 Failover Act', resources: [place.accessPointArn] });
    expect(eventSchema.parse(told()[0].detail)).toMatchObject({ act: { kind: 'failover' }, from: [EAST], to: [WEST] });
  });

  test('fails to be told without the permissions, and names the call', async () => {
    const nobody = config(await lab.user([{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }]));
    await expect(kept(topic(topicArn, EAST, nobody)).publish({ subject: 's', body: 'b' }, signal)).rejects.toMatchObject({ call: 'sns Publish', denied: true });
    await expect(kept(eventBus(EAST, nobody)).put(eventOf(actOf('fail over'), viewAt(), place)!, signal)).rejects.toMatchObject({ call: 'events PutEvents', denied: true });
  });
});
