import { CallError } from '../../../runtime/core/calls/call-error';
import type { DataPoint, MetricsQuery, ReplicationMetrics, RuleMetrics } from '../../../runtime/core/lag/metrics';
import type { ReplicationConfiguration } from '../../../runtime/core/replication/model';
import { EPOCH, type FakeEstate } from './fake-estate';

/** How S3's metrics behave. */
export interface FakeMetricsOptions {
  /** Until CloudWatch has a minute, after its end. */
  readonly delayMs?: number;
  /** Whether an idle rule has minutes of zeros, or none. */
  readonly zeros?: boolean;
  readonly keyPrefix?: string;
}

const MINUTE = 60_000;

export function ruleIdTo(region: string): string {
  return `to-${region}`;
}

/** Metrics of a fake estate's replication, minute by minute on its virtual clock: pending work as it stands at the minute's end. */
export class FakeMetrics implements ReplicationMetrics {
  readonly asked: { readonly region: string; readonly query: MetricsQuery }[] = [];
  /** Published by hand, on top. */
  readonly extra: { readonly region: string; readonly rule: RuleMetrics }[] = [];
  private readonly minutes: { readonly from: string; readonly to: string; readonly at: number; readonly pending: number; readonly oldestMs: number }[] = [];
  private readonly since = new Map<string, number>();
  /** Directions that had work since the minute began. */
  private busy = new Set<string>();

  constructor(
    private readonly world: FakeEstate,
    private readonly options: FakeMetricsOptions = {},
  ) {
    const replicate = world.replicate.bind(world);
    world.replicate = (from, version) => {
      for (const to of world.buckets.keys()) {
        this.busy.add(`${from}>${to}`);
        this.since.set(`${from}>${to}>${version.key}`, world.clock.now());
      }
      replicate(from, version);
    };
  }

  /** Publishes until the signal ends it. */
  async publish(signal: AbortSignal): Promise<void> {
    const { clock } = this.world;
    while (!signal.aborted) {
      const end = (Math.floor(clock.now() / MINUTE) + 1) * MINUTE;
      await clock.sleep(end - clock.now(), signal);
      if (!signal.aborted) this.closeMinute(end - MINUTE);
    }
  }

  configuration(from: string): ReplicationConfiguration {
    const regions = [...this.world.buckets.keys()].filter((region) => region !== from);
    return {
      Role: 'arn:aws:iam::111122223333:role/replication',
      Rules: regions.map((region) => ({
        ID: ruleIdTo(region),
        Status: 'Enabled',
        Filter: { Prefix: this.options.keyPrefix ?? '' },
        Destination: { Bucket: `arn:aws:s3:::${this.world.bucket(region).name}`, Metrics: { Status: 'Enabled' } },
      })),
    };
  }

  async read(region: string, query: MetricsQuery, signal: AbortSignal): Promise<RuleMetrics[]> {
    this.asked.push({ region, query });
    const dead = this.world.dead.get(region);
    if (dead === 'silent') await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    else await this.world.clock.sleep(50, signal);
    if (dead) throw new CallError({ call: 'cloudwatch GetMetricData', region, code: 'ECONNREFUSED', reason: `${region} is dead` });
    const { source, destination } = query.direction;
    const extra = this.extra.filter((one) => one.region === region).map(({ rule }) => rule);
    if (region !== destination.region) return extra;
    const visible = this.minutes
      .filter(({ from, to }) => from === source.region && to === destination.region)
      .filter(({ at }) => EPOCH + at >= query.from - MINUTE && EPOCH + at < query.to && this.world.clock.now() >= at + MINUTE + (this.options.delayMs ?? MINUTE));
    const series = (value: (minute: (typeof visible)[number]) => number): DataPoint[] => visible.map((minute) => ({ at: EPOCH + minute.at, value: value(minute) }));
    return [
      {
        ruleId: ruleIdTo(destination.region),
        latencySeconds: series(({ oldestMs }) => oldestMs / 1000),
        pendingOperations: series(({ pending }) => pending),
        pendingBytes: series(({ pending }) => pending * 10),
        failedOperations: [],
      },
      ...extra,
    ];
  }

  private closeMinute(at: number): void {
    const regions = [...this.world.buckets.keys()];
    const busy = this.busy;
    this.busy = new Set(this.world.onTheWay.map(({ from, to }) => `${from}>${to}`));
    for (const from of regions) {
      for (const to of regions.filter((region) => region !== from)) {
        // Nobody counts what one of the two does not tell.
        if (this.world.dead.has(from) || this.world.dead.has(to)) continue;
        const pending = this.world.onTheWay.filter((one) => one.from === from && one.to === to);
        if (pending.length === 0 && !busy.has(`${from}>${to}`) && !this.options.zeros) continue;
        const oldest = Math.min(...pending.map(({ key }) => this.since.get(`${from}>${to}>${key}`)!));
        this.minutes.push({ from, to, at, pending: pending.length, oldestMs: pending.length > 0 ? at + MINUTE - oldest : 0 });
      }
    }
  }
}
