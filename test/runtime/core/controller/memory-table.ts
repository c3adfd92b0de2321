import { CallError } from '../../../../runtime/core/calls/call-error';
import type { Item, Stored, Table } from '../../../../runtime/core/controller/ports';
import type { Clock } from '../../../../runtime/core/ports';

export type TableFault = 'dead' | 'lost answer' | 'not made' | undefined;

/** A linearizable table with faults by script, asked at each call. */
export class MemoryTable {
  readonly items = new Map<string, Stored>();
  readonly puts: { readonly key: string; readonly answer: string }[] = [];
  fault: (call: 'get' | 'list' | 'put', by: string, key: string) => TableFault = () => undefined;
  /** Runs before a put is judged: somebody else who was faster. */
  before: (key: string) => void = () => undefined;
  private revisions = 0;

  constructor(
    private readonly clock: Clock,
    private readonly latencyMs = 20,
  ) {}

  write(key: string, item: Item): void {
    this.items.set(key, { item: JSON.parse(JSON.stringify(item)) as Item, revision: ++this.revisions });
  }

  as(by: string): Table {
    return {
      get: (key) => this.call('get', by, key, () => this.items.get(key)),
      list: (prefix) => this.call('list', by, prefix, () => new Map([...this.items].filter(([key]) => key.startsWith(prefix)))),
      put: (key, item, ifRevision) =>
        this.call('put', by, key, () => {
          this.before(key);
          const refused = this.items.get(key)?.revision !== ifRevision;
          if (!refused) this.write(key, item);
          this.puts.push({ key, answer: refused ? 'refused' : 'written' });
          return refused ? ('refused' as const) : ('written' as const);
        }),
    };
  }

  private async call<T>(call: 'get' | 'list' | 'put', by: string, key: string, make: () => T): Promise<T> {
    const fault = this.fault(call, by, key);
    await this.clock.sleep(this.latencyMs);
    const no = () => new CallError({ call: `dynamodb ${call}`, region: by, code: 'TimeoutError', reason: 'scripted' });
    if (fault === 'dead' || fault === 'not made') throw no();
    const value = make();
    await this.clock.sleep(this.latencyMs);
    if (fault === 'lost answer') throw no();
    return value;
  }
}
