import { CallError } from '../../../runtime/core/calls/call-error';
import type { Heartbeats } from '../../../runtime/core/controller/world';
import { Objects } from './objects/objects';
import type { Process } from './process';
import type { Served } from './transport';
import type { World } from './world';

/** Services tell their time in whole seconds. */
const DATE_STEP_MS = 1_000;
const KEY = 'heartbeat/';

export function isHeartbeat(key: string): boolean {
  return key.startsWith(KEY);
}

type Answer<T> = { readonly done: T } | { readonly code: string; readonly status: number };

/** The heartbeats in the data buckets, as they truly are and arrive. */
export class Beats {
  readonly objects: Objects;

  constructor(private readonly world: World) {
    const random = world.seeds.of('heartbeats');
    // How fast replication is, and whether some of it fails, differs from schedule to schedule.
    const replication = world.plan.objects ?? { lagMs: random.pick([200, 2_000, 20_000]), fails: random.pick([0, 0, 0.05]) };
    this.objects = new Objects(world.time, world.plan.data, random, replication, 0);
  }

  /** How old the newest heartbeat of one Region is that is in another by now; undefined where none is. */
  ageMs(from: string, to: string): number | undefined {
    const [newest] = this.objects.stack(to, `${KEY}${from}`);
    return newest && this.world.time.now - newest.at;
  }

  beat(region: string): void {
    this.objects.write(region, `${KEY}${region}`, 'beat');
  }
}

/** One process's way to them. */
export class SimHeartbeats implements Heartbeats {
  constructor(
    private readonly world: World,
    private readonly beats: Beats,
    private readonly process: Process,
  ) {}

  beat(region: string, everyMs: number, signal: AbortSignal): Promise<number> {
    return this.call('write bucket', region, signal, () => {
      const age = this.beats.ageMs(region, region);
      if (age !== undefined && age < everyMs) return age;
      this.beats.beat(region);
      return 0;
    });
  }

  lagMs(from: string, to: string, atAgeMs: number, signal: AbortSignal): Promise<number | undefined> {
    return this.call('read bucket', to, signal, () => {
      const age = this.beats.ageMs(from, to);
      return age === undefined ? undefined : Math.max(0, age + DATE_STEP_MS - atAgeMs);
    });
  }

  private call<T>(kind: 'read bucket' | 'write bucket', to: string, signal: AbortSignal, serve: () => T): Promise<T> {
    const { world, process } = this;
    const region = world.region(to);
    return new Promise((resolve, reject) =>
      world.transport.carry<Answer<T>>({
        process,
        call: kind,
        to,
        signal,
        door: () => (region.storage === 'refusing' || region.storage === 'silent' ? region.storage : 'open'),
        serve: (): Served<Answer<T>> => {
          switch (region.storage) {
            case 'well':
              return { kind: 'answer', value: { done: serve() } };
            case 'slow':
              return { kind: 'answer', value: { done: serve() }, afterMs: world.slowMs() };
            default:
              return { kind: 'answer', value: { code: region.storage, status: region.isDown || region.storage === 'throttling' ? 503 : 403 } };
          }
        },
        end: (answer, lost) => {
          if (answer && 'done' in answer) return resolve(answer.done);
          reject(new CallError({ call: 's3 heartbeat', region: to, code: answer?.code ?? lost ?? 'silent', status: answer?.status, reason: 'simulated' }));
        },
      }),
    );
  }
}
