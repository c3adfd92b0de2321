import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type LocalAws, startLocalAws } from '../../../local';
import { linesOf, type LogLine, observersIn, type ObserverFunction } from '../../../local/controller/observers';
import type { Manifest } from '../../../lib/private/contract';
import { formatRegister, parseRegister, REGISTER, type RegisterState } from '../../../runtime/core/controller/register-state';
import { parseReport, reportKey } from '../../../runtime/core/controller/report';
import { METRICS_NAMESPACE, type Alarm, type Metric } from '../../../lib/private/controller-contract';
import { submitRoutes } from '../../local/support';
import { Ear } from './ear';
import { HOME_STACK, NAME, ORDER, REGIONS, synthesizeGuarded, VOTERS } from './app';

/** One tick's decision, as the voter's log has it. */
export interface Decided {
  readonly at: number;
  readonly action: string;
  readonly reason: string;
  readonly sentence: string;
}

/** A minute of alarms: one over an hour is seen within 12 s. */
const ALARM_MINUTE_MS = 200;
/** Voters publish each half minute what has not changed, at the tick that is due. */
const POINTS_MS = 36_000;

type AlarmName = (typeof Alarm)[keyof typeof Alarm];
type MetricName = (typeof Metric)[keyof typeof Metric];

const TABLE = `${NAME}-controller`;
const KEY = { partition: { S: 'controller' }, key: { S: REGISTER } };

/** A local AWS with the application of app.ts deployed in it, its schedules firing, and the questions that tests ask. */
export class GuardedEstate {
  public static async start(): Promise<GuardedEstate> {
    const assembly = synthesizeGuarded();
    const aws = await startLocalAws();
    try {
      await aws.bootstrap(REGIONS);
      await aws.control.setReplication({ lagMs: 50 });
      await aws.control.setPropagation({ ms: 0 });
      const { exitCode, output } = await aws.cdk(['deploy', '--all', '--app', assembly, '--require-approval', 'never', '--concurrency', '8']);
      if (exitCode !== 0) throw new Error(output);
      const { Parameter } = await aws.clients.ssm(ORDER[0]).send(new GetParameterCommand({ Name: `/s3-failover/${NAME}` }));
      const functions = await Promise.all([...new Set([...VOTERS, ...ORDER])].map((region) => observersIn(aws, region)));
      await aws.control.setMinutes({ alarmsMs: ALARM_MINUTE_MS, pointsMs: POINTS_MS });
      const topics = functions.flat().flatMap(({ role, region, settings }) => (role === 'voter' ? [[region, settings.topicArn!]] : []));
      return new GuardedEstate(aws, JSON.parse(Parameter!.Value!), functions.flat(), await Ear.open(aws, Object.fromEntries(topics)));
    } catch (error) {
      await aws.stop();
      throw error;
    } finally {
      rmSync(assembly, { recursive: true, force: true });
    }
  }

  private constructor(public readonly aws: LocalAws, public readonly manifest: Manifest, public readonly functions: readonly ObserverFunction[], public readonly ear: Ear) {}

  /** Deploys the home stack of the application as it would be without its controller. */
  public async deployUncontrolled(): Promise<{ readonly exitCode: number; readonly output: string }> {
    const assembly = synthesizeGuarded(false);
    try {
      return await this.aws.cdk(['deploy', HOME_STACK, '--exclusively', '--app', assembly, '--require-approval', 'never']);
    } finally {
      rmSync(assembly, { recursive: true, force: true });
    }
  }

  public stop(): Promise<void> {
    return this.aws.stop();
  }

  public get arn(): string {
    return this.manifest.accessPoint.arn;
  }

  public voter(region: string): ObserverFunction {
    return this.functions.find((one) => one.region === region && one.role === 'voter')!;
  }

  public kill(region: string, kind: 'blackhole' | 'refused' = 'refused'): Promise<void> {
    return this.aws.control.setRegion(region, { kind });
  }

  public cut(from: string, to: string): Promise<void> {
    return this.aws.control.setPath({ from, to, fault: { kind: 'blackhole' } });
  }

  /** Ends what runs of an observer, as when its machine is lost: the schedule must start it again. */
  public async crash({ region, name }: ObserverFunction): Promise<void> {
    const lambda = this.aws.clients.lambda(region);
    const { MemorySize } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, MemorySize }));
  }

  /** Every schedule fires once more. */
  public async nextMinute(): Promise<void> {
    await this.aws.control.setMinutes({ schedulesMs: 1_000 });
    await sleep(800);
    await this.aws.control.setMinutes({ schedulesMs: 60_000 });
  }

  /** Does something while a bucket's policy has these statements more. */
  public async withPolicy<T>(region: string, buckets: readonly string[], statements: (bucket: string) => object[], run: () => Promise<T>): Promise<T> {
    const s3 = this.aws.clients.s3(region);
    const whole = await Promise.all(buckets.map(async (Bucket) => (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy!));
    const put = (Bucket: string, Policy: string) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    try {
      for (const [index, bucket] of buckets.entries()) {
        const policy = JSON.parse(whole[index]) as { Statement: object[] };
        await put(bucket, JSON.stringify({ ...policy, Statement: [...policy.Statement, ...statements(bucket)] }));
      }
      return await run();
    } finally {
      for (const [index, bucket] of buckets.entries()) await put(bucket, whole[index]);
    }
  }

  /** Regions that the routes let traffic into, whatever is dead. */
  public async active(): Promise<string[]> {
    const { accessPoints } = await this.aws.control.state();
    return accessPoints[this.arn.split('/')[1]]?.submitted.filter(({ dial }) => dial > 0).map(({ region }) => region) ?? [];
  }

  public async until<T>(what: string, look: () => Promise<T | undefined | false>, limitMs = 90_000): Promise<T> {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(150)) {
      const found = await look();
      if (found) return found;
    }
    const decisions = await Promise.all(VOTERS.map(async (region) => `${region}: ${(await this.decisions(region)).slice(-2).map(({ sentence }) => sentence).join(' | ')}`));
    throw new Error(`it never came to be so: ${what}\n${decisions.join('\n')}`);
  }

  /** Until traffic is in a Region, and there alone. */
  public moved(to: string): Promise<true> {
    return this.until(`only ${to} is active`, async () => JSON.stringify(await this.active()) === JSON.stringify([to]) || undefined) as Promise<true>;
  }

  /** As a living voter's Region has it. */
  public async register(): Promise<{ readonly state: RegisterState; readonly revision: number } | undefined> {
    const { faults } = await this.aws.control.state();
    const region = VOTERS.find((one) => faults.regions[one] === undefined)!;
    const { Item } = await this.aws.clients.dynamoDb(region).send(new GetItemCommand({ TableName: TABLE, Key: KEY, ConsistentRead: true }));
    return Item && { state: parseRegister(JSON.parse(Item.content.S!)), revision: Number(Item.revision.N) };
  }

  /** Changes the register as nobody can: tests do not wait for the end of a cool-down. False when a voter was quicker. */
  public async rewriteRegister(change: (state: RegisterState) => RegisterState): Promise<boolean> {
    const known = (await this.register())!;
    const Item = { ...KEY, revision: { N: String(known.revision + 1) }, content: { S: JSON.stringify(formatRegister(change(known.state))) } };
    const condition = { ConditionExpression: '#r = :r', ExpressionAttributeNames: { '#r': 'revision' }, ExpressionAttributeValues: { ':r': { N: String(known.revision) } } };
    return this.aws.clients.dynamoDb(VOTERS[0]).send(new PutItemCommand({ TableName: TABLE, Item, ...condition })).then(() => true, () => false);
  }

  /** Everything whole, traffic in the first Region, nothing remembered of what was, and every voter says that all is well. */
  public async reset(): Promise<void> {
    await this.aws.control.heal();
    await this.until('the register is there', () => this.register());
    const whole = ({ epoch }: RegisterState): RegisterState => ({
      epoch: epoch + 1, intent: [ORDER[0]], act: { id: `reset-${Date.now()}`, kind: 'adopted', by: 'a test', why: 'begin anew', from: [ORDER[0]], quarantines: [], state: 'done' },
      coolDownMs: 0, excluded: [], quarantined: [], doubts: [],
    });
    // With no cool-down left, old news of a dead Region would move traffic once more, and so would whoever is in the middle of an act.
    await this.until('no voter calls a Region down', async () => (await Promise.all(VOTERS.map((region) => this.findsAllWell(region)))).every(Boolean));
    await this.until('no act is under way', async () => (await this.register())!.state.act.state !== 'open');
    await this.until('the register was rewritten', () => this.rewriteRegister(whole));
    await submitRoutes(this.aws, this.arn, Object.fromEntries(ORDER.map((region) => [region, region === ORDER[0] ? 100 : 0])));
    await this.allWell();
    await this.until('the register is as it was written, and routes with it', async () => (await this.register())!.state.intent.join() === ORDER[0] && (await this.active()).join() === ORDER[0]);
  }

  /** Whether the last report of a voter calls every Region well. */
  private async findsAllWell(region: string): Promise<boolean> {
    const key = reportKey({ role: 'voter', region });
    const { Item } = await this.aws.clients.dynamoDb(region).send(new GetItemCommand({ TableName: TABLE, Key: { ...KEY, key: { S: key } }, ConsistentRead: true }));
    const sights = Item ? Object.values(parseReport(key, JSON.parse(Item.content.S!)).regions) : [];
    return sights.length > 0 && sights.every(({ result, downForMs }) => result === 'ok' && downForMs === undefined);
  }

  /** Until every voter says that all is well. */
  public async allWell(): Promise<void> {
    const since = Date.now();
    await this.until('all voters find all well', async () => (await Promise.all(VOTERS.map((region) => this.decisions(region, since)))).every((all) => all.at(-1)?.reason === 'healthy'));
  }

  /** What the voter of a Region decided since, as its log says; nothing while that Region is dead. */
  public async decisions(region: string, since = 0): Promise<Decided[]> {
    return (await this.lines(this.voter(region), since)).filter(({ said }) => typeof said.action === 'string' && typeof said.reason === 'string')
      .map(({ at, said }) => ({ at, action: said.action as string, reason: said.reason as string, sentence: said.message as string }));
  }

  /** Until the voter has decided so. */
  public decided(region: string, since: number, reason: string): Promise<Decided> {
    return this.until(`the voter of ${region} says '${reason}'`, async () => (await this.decisions(region, since)).find((one) => one.reason === reason));
  }

  /** JSON lines of an observer's log. */
  public lines(observer: ObserverFunction, since = 0): Promise<LogLine[]> {
    return linesOf(this.aws, observer, since);
  }

  /** What a voter published of a metric in its Region since a time: all of it, and what was last. */
  public async published(region: string, metric: MetricName, since: number, of: { readonly Region?: string; readonly Reason?: string } = {}): Promise<{ readonly sum: number; readonly last?: number }> {
    const Dimensions = Object.entries({ Controller: NAME, ...of }).map(([Name, Value]) => ({ Name, Value }));
    const { Datapoints } = await this.aws.clients.cloudWatch(region).send(new GetMetricStatisticsCommand({
      Namespace: METRICS_NAMESPACE, MetricName: metric, Dimensions, StartTime: new Date(since), EndTime: new Date(Date.now() + 1_000), Period: 1, Statistics: ['Sum', 'Maximum'],
    }));
    const points = Datapoints!.sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp));
    return { sum: points.reduce((sum, { Sum }) => sum + Sum!, 0), ...(points.length > 0 && { last: points.at(-1)!.Maximum! }) };
  }

  /** Until these control Regions raised an alarm since a time. */
  public async alarmed(name: AlarmName, regions: readonly string[], since: number): Promise<void> {
    for (const region of regions) {
      // Told in whole seconds.
      await this.until(`the alarm ${name} in ${region} was raised`, async () => {
        const { state, at } = await this.alarm(region, name);
        return state === 'ALARM' && at >= Math.floor(since / 1000) * 1000;
      });
    }
  }

  /** Until these control Regions raise an alarm no more. */
  public async calmed(name: AlarmName, regions: readonly string[]): Promise<void> {
    for (const region of regions) await this.until(`the alarm ${name} in ${region} is over`, async () => (await this.alarm(region, name)).state === 'OK');
  }

  /** State of an alarm, and since when. */
  public async alarm(region: string, name: AlarmName): Promise<{ readonly state: string; readonly at: number }> {
    const { MetricAlarms } = await this.aws.clients.cloudWatch(region).send(new DescribeAlarmsCommand({ AlarmNames: [`${NAME}-${name}`] }));
    if (MetricAlarms!.length !== 1) throw new Error(`there is no alarm ${name} in ${region}`);
    return { state: MetricAlarms![0].StateValue!, at: Number(MetricAlarms![0].StateUpdatedTimestamp) };
  }
}
