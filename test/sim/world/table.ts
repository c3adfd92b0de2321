import type { Item, Stored, Table } from '../../../runtime/core/controller/ports';
import { CallError } from '../../../runtime/core/calls/call-error';
import { asWritten, asRead } from './wire';
import type { CallKind, Process } from './process';
import type { Lost, Request, Served } from './transport';
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
    return this.call('get item', signal, READ_MS, () => asRead(this.world, this.process, key, this.world.items.get(key)));
  }

  list(prefix: string, signal: AbortSignal): Promise<ReadonlyMap<string, Stored>> {
    return this.call('list items', signal, READ_MS, () => {
      const found = this.world.items.list(prefix);
      if (this.world.plan.next) for (const [key, stored] of found) found.set(key, asRead(this.world, this.process, key, stored)!);
      return found;
    });
  }

  put(key: string, item: Item, ifRevision: number | undefined, signal: AbortSignal): Promise<'written' | 'refused'> {
    const { world, process } = this;
    const sane = world.plan.strict ? frozen(JSON.parse(JSON.stringify(item)) as Item) : item;
    const content = world.lies.get(this.observer) === 'nonsense' && key.includes(process.region) ? nonsense(sane, world) : asWritten(world, process, key, sane);
    return this.call('put item', signal, WRITE_MS, () => {
      const before = world.items.get(key);
      const answer = world.items.put(key, content, ifRevision);
      if (answer === 'written') world.written(process, key, before, content);
      return answer;
    });
  }

  private call<T>(call: CallKind, signal: AbortSignal, takesMs: number, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => this.world.transport.carry(new TableCall(this.world, this.process, call, this.replica, signal, takesMs, act, resolve, reject)));
  }
}

class TableCall<T> implements Request<{ readonly done: T } | Failed> {
  constructor(
    private readonly world: World,
    readonly process: Process,
    readonly call: CallKind,
    readonly to: string,
    readonly signal: AbortSignal,
    private readonly takesMs: number,
    private readonly act: () => T,
    private readonly resolve: (value: T) => void,
    private readonly reject: (error: CallError) => void,
  ) {}

  door(): 'open' | 'silent' {
    return this.world.region(this.to).hasTable ? 'open' : 'silent';
  }

  serve(): Served<{ readonly done: T } | Failed> {
    const { world, to, takesMs } = this;
    if (!world.hasQuorum(to)) return { kind: 'answer', value: { code: 'ServiceUnavailable', status: 503 }, afterMs: takesMs };
    switch (world.tableFate(this.call)) {
      case 'throttled':
        return { kind: 'answer', value: { code: 'ThrottlingException', status: 400 } };
      case 'conflict of replicas':
        return { kind: 'answer', value: { code: 'ReplicatedWriteConflictException', status: 400 }, afterMs: takesMs };
      case 'made, answer lost':
        this.act();
        return { kind: 'lost' };
      case 'served':
        return { kind: 'answer', value: { done: this.act() }, afterMs: takesMs };
    }
  }

  end(answer: { readonly done: T } | Failed | undefined, lost: Lost | undefined): void {
    if (answer && 'done' in answer) return this.resolve(answer.done);
    const failed = answer ?? { code: lost === 'given up' ? 'AbortError' : 'TimeoutError', status: undefined };
    this.reject(new CallError({ call: `dynamodb ${this.call}`, region: this.to, code: failed.code, status: failed.status, reason: 'simulated' }));
  }
}

/** Whoever changes what is shared is told at once. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
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
