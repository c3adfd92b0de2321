import type { Stored, Table } from '../core/controller/ports';
import type { Clock } from '../core/ports';
import { within } from '../core/calls/side-by-side';

/** Three replicas are asked within the time that a caller gives the table. */
const TRY_MS = 600;

export interface Replica {
  readonly region: string;
  readonly table: Table;
}

/**
 * For who is in none of the table's Regions: reads what any replica tells, the one that answered last first. The replicas are strongly
 * consistent with each other, so that it does not matter which.
 *
 * A write is sent to one of them, once: a write that was rejected may have been made, and a second one would be refused by the first's own
 * revision. The next call asks another replica.
 */
export function anyReplica(replicas: readonly Replica[], clock: Clock): Table {
  let order = [...replicas];
  const last = (failed: Replica) => void (order = [...order.filter((one) => one !== failed), failed]);

  const read = async <T>(ask: (table: Table, signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> => {
    let cause: unknown;
    for (const replica of order) {
      if (signal.aborted) break;
      try {
        return await within(replica.region, clock, TRY_MS, (abort) => ask(replica.table, abort), signal);
      } catch (error) {
        cause = error;
        last(replica);
      }
    }
    throw cause ?? new Error('it is no longer waited for');
  };

  return {
    get: (key, signal) => read<Stored | undefined>((table, abort) => table.get(key, abort), signal),
    list: (prefix, signal) => read((table, abort) => table.list(prefix, abort), signal),
    async put(key, item, ifRevision, signal) {
      const [replica] = order;
      // Whoever called gives up by its signal, and may never hear how the call ended.
      const giveUp = () => last(replica);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        return await replica.table.put(key, item, ifRevision, signal);
      } catch (error) {
        last(replica);
        throw error;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
  };
}
