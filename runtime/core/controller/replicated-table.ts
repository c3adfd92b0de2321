import { CallError } from '../calls/call-error';
import type { Clock, Instant } from '../ports';
import type { Table } from './ports';

/** One Region's replica of the table. */
export interface Replica {
  readonly region: string;
  readonly table: Table;
}

/** A read waits so long for one replica before the next is asked as well: about a round trip around the world. */
const HEDGE_MS = 400;
/** A replica that failed is asked last for so long. */
const AVOID_MS = 60_000;

/**
 * The table by whichever replica lives. Reads are hedged: each replica of a strongly consistent table tells the same. A write goes to one
 * replica, the one that answered last, and is not sent again: its condition tells a second try from the first, and whoever reads back
 * tells which was made.
 */
export class ReplicatedTable implements Table {
  private readonly failedAt = new Map<string, Instant>();
  private latest?: string;

  constructor(
    private readonly clock: Clock,
    private readonly replicas: readonly Replica[],
  ) {
    if (replicas.length === 0) throw new RangeError('a table has one replica at least');
  }

  get(key: string, signal: AbortSignal): ReturnType<Table['get']> {
    return this.read((table, abort) => table.get(key, abort), signal);
  }

  list(prefix: string, signal: AbortSignal): ReturnType<Table['list']> {
    return this.read((table, abort) => table.list(prefix, abort), signal);
  }

  async put(...[key, item, ifRevision, signal]: Parameters<Table['put']>): ReturnType<Table['put']> {
    const [first] = this.inOrder();
    return this.noting(first, () => first.table.put(key, item, ifRevision, signal));
  }

  private async read<T>(ask: (table: Table, signal: AbortSignal) => Promise<T>, outer: AbortSignal): Promise<T> {
    const abandon = new AbortController();
    const giveUp = () => abandon.abort();
    outer.addEventListener('abort', giveUp, { once: true });
    if (outer.aborted) giveUp();
    try {
      return await this.race((replica) => this.noting(replica, () => ask(replica.table, abandon.signal)), abandon.signal);
    } finally {
      outer.removeEventListener('abort', giveUp);
      abandon.abort();
    }
  }

  /** The first good answer; the next replica is asked when the one before has failed or been silent for a while. */
  private async race<T>(ask: (replica: Replica) => Promise<T>, signal: AbortSignal): Promise<T> {
    const errors: unknown[] = [];
    const running = new Set<Promise<{ readonly value: T } | { readonly error: unknown }>>();
    const waiting = this.inOrder();
    for (;;) {
      const next = waiting.shift();
      if (next) {
        const answer = ask(next).then((value) => ({ value }), (error: unknown) => ({ error }));
        running.add(answer);
        void answer.then(() => running.delete(answer));
      }
      const stopTimer = new AbortController();
      const hedge = waiting.length > 0 ? [this.clock.sleep(HEDGE_MS, stopTimer.signal).then(() => undefined)] : [];
      const first = await Promise.race([...running, ...hedge]);
      stopTimer.abort();
      if (first && 'value' in first) return first.value;
      if (first) errors.push(first.error);
      if (signal.aborted) throw errors[0] ?? new CallError({ call: 'a call', region: 'the table', code: 'GivenUp', reason: 'it is no longer waited for' });
      if (errors.length === this.replicas.length) throw together(errors);
    }
  }

  private async noting<T>({ region }: Replica, call: () => Promise<T>): Promise<T> {
    const began = this.clock.now();
    // Until it answers, it is asked after the others: whoever is silent never says so.
    this.failedAt.set(region, began);
    const answer = await call();
    this.failedAt.delete(region);
    this.latest = region;
    return answer;
  }

  /** The one that answered last, then those that have not failed, then the others, the oldest failure first. */
  private inOrder(): Replica[] {
    const rank = ({ region }: Replica) => {
      const failedAt = this.failedAt.get(region);
      if (failedAt !== undefined && this.clock.now() - failedAt < AVOID_MS) return 2 + failedAt;
      return region === this.latest ? 0 : 1;
    };
    return [...this.replicas].sort((one, other) => rank(one) - rank(other));
  }
}

/** What all of them said: that there is no such table only where each one says so. */
function together(errors: readonly unknown[]): unknown {
  const calls = errors.filter((error): error is CallError => error instanceof CallError);
  const [first] = errors;
  if (calls.length < errors.length) return errors.find((error) => !(error instanceof CallError)) ?? first;
  const same = calls.every(({ code }) => code === calls[0].code);
  const telling = same ? calls[0] : (calls.find((error) => !isMissing(error)) ?? calls[0]);
  if (calls.length === 1) return telling;
  const { call, code, status } = telling;
  return new CallError({ call, region: calls.map(({ region }) => region).join(', '), code, ...(status !== undefined && { status }), reason: calls.map(({ message }) => message).join('; ') });
}

/** The table is not there, by one replica's word: before the first deployment, or after it was removed. */
export function isMissing(error: unknown): boolean {
  return error instanceof CallError && error.code === 'ResourceNotFoundException';
}
