import type { EmulatorClient } from '../../emulator/client';
import type { ReplicationEngine } from './engine';
import { RuleMetrics, type RuleMinute } from './rule-metrics';
import type { Place } from './task';

export interface MetricSettings {
  /** Length of what S3's metrics call a minute, whole seconds in milliseconds. */
  readonly periodMs: number;
  /** How long after a minute's end its data points can be read. */
  readonly delayMs: number;
  /** Whether a rule goes on with zeros once it has nothing to do; S3's user guide can be read both ways. */
  readonly zeros: boolean;
}

export const DEFAULT_METRIC_SETTINGS: MetricSettings = { periodMs: 60_000, delayMs: 60_000, zeros: false };

export interface PublisherSurroundings {
  readonly emulator: Pick<EmulatorClient, 'call'>;
  /** Tells the emulator's CloudWatch how long a minute is. */
  setMinute(seconds: number): Promise<void>;
  reachable(region: string, bucket: string): boolean;
  log(line: string): void;
}

interface Datum {
  readonly region: string;
  readonly metric: object;
}

/** Publishes the replication metrics of each rule to the emulator's CloudWatch, as S3 does: every minute, some time after it. */
export class MetricPublisher {
  public settings = DEFAULT_METRIC_SETTINGS;
  private readonly rules = new RuleMetrics();
  private readonly late = new Set<NodeJS.Timeout>();
  private tick?: NodeJS.Timeout;
  private closed = false;

  public constructor(private readonly engine: ReplicationEngine, private readonly around: PublisherSurroundings) {
    engine.onSettled((task, outcome, now) => this.rules.settled(task, outcome, now));
    this.wait();
  }

  public async set(change: Partial<MetricSettings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    await this.around.setMinute(this.settings.periodMs / 1000);
    this.wait();
  }

  public close(): void {
    this.closed = true;
    clearTimeout(this.tick);
    for (const timer of this.late) clearTimeout(timer);
  }

  /** Minutes begin at whole multiples of their length, as CloudWatch's do. */
  private wait(): void {
    clearTimeout(this.tick);
    const { periodMs } = this.settings;
    const end = (Math.floor(Date.now() / periodMs) + 1) * periodMs;
    this.tick = setTimeout(() => void this.end(end - periodMs), end - Date.now()).unref();
  }

  private async end(beginning: number): Promise<void> {
    this.wait();
    // What was acknowledged within the minute counts in it.
    await this.engine.catchUp().catch(() => undefined);
    const data = this.rules.close(this.engine.allLanes(), Date.now(), this.settings.zeros).flatMap((rule) => this.describe(rule, beginning));
    if (data.length === 0 || this.closed) return;
    const timer = setTimeout(() => {
      this.late.delete(timer);
      this.publish(data).catch((error: Error) => this.closed || this.around.log(`replication metrics: ${error.message}`));
    }, this.settings.delayMs).unref();
    this.late.add(timer);
  }

  /**
   * Latency and pending work in the destination's Region, failures in the source's (user guide, "Using S3 Replication
   * metrics"). A Region out of reach has nothing to tell, nor can it be told of.
   */
  private describe(rule: RuleMinute, beginning: number): Datum[] {
    const { source, destination } = rule;
    if (!this.isReachable(source)) return [];
    const common = {
      Dimensions: [{ Name: 'SourceBucket', Value: source.bucket }, { Name: 'DestinationBucket', Value: destination.bucket }, { Name: 'RuleId', Value: rule.rule }],
      Timestamp: beginning / 1000,
    };
    const one = (region: string, MetricName: string, Unit: string, value: object): Datum => ({ region, metric: { ...common, MetricName, Unit, ...value } });
    return [
      ...(destination.region !== null && this.isReachable(destination) ? [
        one(destination.region, 'ReplicationLatency', 'Seconds', { Value: rule.latency }),
        one(destination.region, 'BytesPendingReplication', 'Bytes', { Value: rule.pendingBytes }),
        one(destination.region, 'OperationsPendingReplication', 'Count', { Value: rule.pendingOperations }),
      ] : []),
      // Sum is what failed, SampleCount what was tried, Average the share.
      ...(rule.attempted > 0 ? [one(source.region!, 'OperationsFailedReplication', 'Count', {
        StatisticValues: { SampleCount: rule.attempted, Sum: rule.failed, Minimum: rule.failed === rule.attempted ? 1 : 0, Maximum: rule.failed > 0 ? 1 : 0 },
      })] : []),
    ];
  }

  private isReachable({ region, bucket }: Place): boolean {
    return region !== null && this.around.reachable(region, bucket);
  }

  private async publish(data: readonly Datum[]): Promise<void> {
    for (const region of new Set(data.map((datum) => datum.region))) {
      const MetricData = data.filter((datum) => datum.region === region).map(({ metric }) => metric);
      const answer = await this.around.emulator.call({
        method: 'POST',
        path: '/',
        region,
        service: 'monitoring',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'GraniteServiceVersion20100801.PutMetricData' },
        body: JSON.stringify({ Namespace: 'AWS/S3', MetricData }),
      });
      if (answer.status !== 200) throw new Error(`the emulator answered ${answer.status} to PutMetricData in ${region}`);
    }
  }
}
