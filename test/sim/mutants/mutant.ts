import type { Item, Stored, Table } from '../../../runtime/core/controller/ports';
import type { Plan } from '../faults/plan';
import type { Core, Env } from '../world/core';

/** One guard of the controller, broken: its code is the same, and what reaches it no longer speaks for the guard. */
export interface Mutant {
  readonly name: string;
  /** What is switched off. */
  readonly guard: string;
  readonly killedBy: string;
  /** A schedule that puts the guard to the test. The sound controller passes it. */
  readonly plan: (seed: number) => Plan;
  readonly breaks: (env: Env) => Env;
}

export function mutated(core: Core, mutant: Mutant): Core {
  return { ...core, run: (env, milliseconds) => core.run(mutant.breaks(env), milliseconds) };
}

interface Forged {
  /** What the controller is shown instead of an item. */
  readonly shown?: (key: string, item: Item) => Item;
  /** What is stored instead of what the controller wrote; `real` is the item as the controller should have seen it. */
  readonly stored?: (key: string, item: Item, real: Item | undefined) => Item;
  readonly listed?: (items: ReadonlyMap<string, Stored>) => ReadonlyMap<string, Stored>;
  /** Keeps what is put in place of it, and shows it from then on. */
  readonly keeps?: (key: string, ifRevision: number | undefined) => boolean;
  /** Replaces conditional writes. */
  readonly put?: (table: Table, key: string, item: Item, ifRevision: number | undefined, signal: AbortSignal) => Promise<'written' | 'refused'>;
}

/** The same table, with some of it shown or stored otherwise. */
export function forged(env: Env, { shown = (_, item) => item, stored = (_, item) => item, listed = (items) => items, keeps = () => false, put }: Forged): Env {
  const { table } = env;
  const real = new Map<string, Item>();
  const kept = new Map<string, Item>();
  const seen = (key: string, one: Stored): Stored => {
    real.set(key, one.item);
    return { ...one, item: shown(key, kept.get(key) ?? one.item) };
  };
  return {
    ...env,
    table: {
      async get(key, signal) {
        const one = await table.get(key, signal);
        return one && seen(key, one);
      },
      async list(prefix, signal) {
        const items = await table.list(prefix, signal);
        return listed(new Map([...items].map(([key, one]) => [key, seen(key, one)])));
      },
      put(key, item, ifRevision, signal) {
        if (keeps(key, ifRevision)) {
          kept.set(key, item);
          return Promise.resolve('written');
        }
        const content = stored(key, item, real.get(key));
        return put ? put(table, key, content, ifRevision, signal) : table.put(key, content, ifRevision, signal);
      },
    },
  };
}
