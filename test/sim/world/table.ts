import type { Item, Stored, Table } from '../../../runtime/core/controller/ports';
import { CallError } from '../../../runtime/core/calls/call-error';
import type { CallKind, Process } from './process';
import type { Served } from './transport';
import type { World } from './world';

/** What the table may do with one call besides serving it. */
export type TableFate = 'served' | 'throttled' | 'made, answer lost' | 'conflict of replicas';

/** Between replicas: a strongly consistent write waits for another Region. */
const WRITE_MS = 60;
const READ_MS = 25;

type Failed = { readonly code: string; readonly status: number };

/** The items themselves: one line of history, since every call takes effect at one moment. */
export class Items {
  private readonly items = new Map<string, Stored>();
  /** Writes that were made, refused ones not counted. */
  writes = 0;

  get(key: string): Stored | undefined {
    return this.items.get(key);
  }

  list(prefix: string): Map<string, Stored> {
    const found = new Map<string, Stored>();
    for (const [key, stored] of this.items) if (key.startsWith(prefix)) found.set(key, stored);
    return found;
  }

  put(key: string, item: Item, ifRevision: number | undefined): 'written' | 'refused' {
    const before = this.items.get(key);
    if (before?.revision !== ifRevision) return 'refused';
    this.items.set(key, { item, revision: (before?.revision ?? 0) + 1 });
    this.writes++;
    return 'written';
  }
}

/** One process's way to the table: through the replica of its own Region, or of the nearest one. */
export class SimTable implements Table {
  constructor(
    private readonly world: World,
    private readonly process: Process,
    private readonly replica: string,
    private readonly observer: string,
  ) {}

  get(key: string, signal: AbortSignal): Promise<Stored | undefined> {
    return this.call('get item', signal, READ_MS, () => this.copied(this.world.items.get(key)));
  }

  list(prefix: string, signal: AbortSignal): Promise<ReadonlyMap<string, Stored>> {
    const { world } = this;
    return this.call('list items', signal, READ_MS, () => {
      const found = world.items.list(prefix);
      if (world.plan.strict) for (const [key, stored] of found) found.set(key, this.copied(stored)!);
      return found;
    });
  }

  put(key: string, item: Item, ifRevision: number | undefined, signal: AbortSignal): Promise<'written' | 'refused'> {
    const { world, process } = this;
    const sane = world.plan.strict ? (JSON.parse(JSON.stringify(item)) as Item) : item;
    const content = world.lies.get(this.observer) === 'nonsense' && key.includes(process.region) ? nonsense(sane, world) : sane;
    return this.call('put item', signal, WRITE_MS, () => {
      const before = world.items.get(key);
      const answer = world.items.put(key, content, ifRevision);
      if (answer === 'written') world.written(process, key, before, content);
      return answer;
    });
  }

  private call<T>(call: CallKind, signal: AbortSignal, takesMs: number, act: () => T): Promise<T> {
    const { world, process, replica } = this;
    return new Promise((resolve, reject) =>
      world.transport.carry<{ readonly done: T } | Failed>({
        process,
        call,
        to: replica,
        signal,
        door: () => (world.region(replica).hasTable ? 'open' : 'silent'),
        serve: () => this.serve(call, takesMs, act),
        end: (answer, lost) => {
          if (answer && 'done' in answer) return resolve(answer.done);
          const failed = answer ?? { code: lost === 'given up' ? 'AbortError' : 'TimeoutError', status: undefined };
          reject(new CallError({ call: `dynamodb ${call}`, region: replica, code: failed.code, status: failed.status, reason: 'simulated' }));
        },
      }),
    );
  }

  private serve<T>(call: CallKind, takesMs: number, act: () => T): Served<{ readonly done: T } | Failed> {
    const { world, replica } = this;
    if (!world.hasQuorum(replica)) return { kind: 'answer', value: { code: 'ServiceUnavailable', status: 503 }, afterMs: takesMs };
    switch (world.tableFate(call)) {
      case 'throttled':
        return { kind: 'answer', value: { code: 'ThrottlingException', status: 400 } };
      case 'conflict of replicas':
        return { kind: 'answer', value: { code: 'ReplicatedWriteConflictException', status: 400 }, afterMs: takesMs };
      case 'made, answer lost':
        act();
        return { kind: 'lost' };
      case 'served':
        return { kind: 'answer', value: { done: act() }, afterMs: takesMs };
    }
  }

  private copied(stored: Stored | undefined): Stored | undefined {
    return stored && this.world.plan.strict ? (JSON.parse(JSON.stringify(stored)) as Stored) : stored;
  }
}

/** What an observer that has lost its mind writes in place of its report. Nobody else's key is open to it. */
function nonsense(item: Item, { noise, counts }: World): Item {
  counts.lies++;
  const names = Object.keys(item);
  switch (noise.below(4)) {
    case 0:
      return {};
    case 1:
      return Object.fromEntries(names.filter(() => noise.chance(0.7)).map((name) => [name, item[name]]));
    case 2:
      return Object.fromEntries(names.map((name) => [name, noise.chance(0.3) ? noise.pick<unknown>([null, -1, 1e300, 'x'.repeat(50), [], {}]) : item[name]]));
    default:
      return { ...item, boot: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER };
  }
}
