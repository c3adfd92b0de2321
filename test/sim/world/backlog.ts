import { CallError } from '../../../runtime/core/calls/call-error';
import type { DataPoint, MetricsQuery, ReplicationMetrics, RuleMetrics } from '../../../runtime/core/lag/metrics';
import { isHeartbeat } from './heartbeats';
import { Objects, type ObjectVersion } from './objects/objects';
import type { Process } from './process';
import type { World } from './world';

export const MINUTE_MS = 60_000;
/** S3 tries a copy for so long before it is FAILED. */
const FAILED_AFTER_MS = 60_000;
/** One write in eight is as small as a heartbeat. */
const BYTES = { small: 300, large: 64_000 };
const SMALL = 8;
const KEYS = 12;

export interface OnItsWay {
  operations: number;
  bytes: number;
  failed: number;
}

interface Change {
  readonly at: number;
  readonly by: number;
  readonly bytes: number;
}

/** What S3 owes from one Region to another, minute by minute: writes of clients, and heartbeats. Where the policy goes back by itself. */
export class Backlog {
  /** Writes of clients where there are no buckets. */
  private readonly writes: Objects | undefined;
  private written = 0;
  /** S3 is silent about a minute in which nothing was to be done, or says zero: the guide leaves it open. */
  readonly silentWhenIdle: boolean;
  private readonly delay: number;

  constructor(private readonly world: World) {
    const random = world.seeds.of('backlog');
    this.silentWhenIdle = random.chance(0.3);
    this.delay = random.below(MINUTE_MS);
    const replication = { lagMs: random.pick([200, 2_000, 20_000]), fails: random.pick([0, 0, 0, 0.002]) };
    this.writes = world.side ? undefined : new Objects(world.time, world.plan.data, random, replication, 0);
  }

  /** A client's write, acknowledged by a Region. */
  write(region: string): void {
    this.writes?.write(region, `app/${this.written++ % KEYS}`, 'x');
  }

  get objects(): Objects | undefined {
    return this.writes;
  }

  /** By minutes since the beginning, from one Region to another: the most that was on its way at once, and what FAILED. */
  minutes(from: string, to: string): OnItsWay[] {
    const { world, writes } = this;
    const now = Math.floor(world.time.now / MINUTE_MS);
    const minutes = Array.from({ length: now + 1 }, (): OnItsWay => ({ operations: 0, bytes: 0, failed: 0 }));
    const arrival = world.plan.data.indexOf(to);
    const changes: Change[] = [];
    const add = (version: ObjectVersion) => {
      if (version.region !== from) return;
      const arrives = version.arrives[arrival];
      const until = arrives === Infinity ? version.at + FAILED_AFTER_MS : arrives;
      changes.push({ at: version.at, by: 1, bytes: bytesOf(version) });
      if (until > world.time.now) return;
      changes.push({ at: until, by: -1, bytes: -bytesOf(version) });
      if (arrives === Infinity) minutes[Math.floor(until / MINUTE_MS)].failed++;
    };
    for (const objects of [world.beats?.objects, writes, world.side?.objects]) objects?.each(add);
    const sofar = { operations: 0, bytes: 0 };
    const note = (minute: OnItsWay) => {
      minute.operations = Math.max(minute.operations, sofar.operations);
      minute.bytes = Math.max(minute.bytes, sofar.bytes);
    };
    let index = 0;
    for (const { at, by, bytes } of changes.sort((one, other) => one.at - other.at || other.by - one.by)) {
      for (; index < Math.floor(at / MINUTE_MS); index++) note(minutes[index + 1]);
      sofar.operations += by;
      sofar.bytes += bytes;
      note(minutes[index]);
    }
    for (; index < now; index++) note(minutes[index + 1]);
    return minutes;
  }

  /** A minute or two late, as S3 publishes. */
  isPublished(minute: number): boolean {
    const late = MINUTE_MS + ((minute * 17_393 + this.delay) % MINUTE_MS);
    return (minute + 1) * MINUTE_MS + late <= this.world.time.now;
  }
}

function bytesOf({ number, key }: ObjectVersion): number {
  return isHeartbeat(key) || number % SMALL === 0 ? BYTES.small : BYTES.large;
}

/** One process's way to what S3 publishes, in CloudWatch of either Region. */
export class SimMetrics implements ReplicationMetrics {
  constructor(
    private readonly world: World,
    private readonly backlog: Backlog,
    private readonly process: Process,
    private readonly epochMs: number,
  ) {}

  read(region: string, query: MetricsQuery, signal: AbortSignal): Promise<readonly RuleMetrics[]> {
    const { world, process } = this;
    return new Promise((resolve, reject) =>
      world.transport.carry<readonly RuleMetrics[]>({
        process,
        call: 'read metrics',
        to: region,
        signal,
        door: () => (world.region(region).isDead ? 'silent' : 'open'),
        serve: () => ({ kind: 'answer', value: [this.rule(region, query)] }),
        end: (answer, lost) => (answer ? resolve(answer) : reject(new CallError({ call: 'cloudwatch GetMetricData', region, code: lost ?? 'silent', status: undefined, reason: 'simulated' }))),
      }),
    );
  }

  private rule(region: string, { direction: { source, destination }, from, to }: MetricsQuery): RuleMetrics {
    const { backlog, epochMs } = this;
    const told = backlog
      .minutes(source.region, destination.region)
      .map((minute, index) => ({ ...minute, index, at: epochMs + index * MINUTE_MS }))
      .filter(({ index, at, operations }) => at >= from && at <= to && backlog.isPublished(index) && (operations > 0 || !backlog.silentWhenIdle));
    const series = (value: (minute: OnItsWay) => number): DataPoint[] => told.map((minute) => ({ at: minute.at, value: value(minute) }));
    const there = region === destination.region;
    return {
      ruleId: 'everything',
      latencySeconds: [],
      pendingOperations: there ? series(({ operations }) => operations) : [],
      pendingBytes: there ? series(({ bytes }) => bytes) : [],
      failedOperations: there ? [] : series(({ failed }) => failed),
    };
  }
}
