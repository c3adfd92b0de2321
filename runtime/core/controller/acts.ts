import { demand, isRecord, isText, isTexts, isWhole, Malformed } from './parse';
import type { Item, Table } from './ports';
import type { ActKind, ActState } from './register-state';

/** Keys of what the controller did, for people to read: the register itself knows its last act alone. */
export const ACTS = 'history/';
/** So many are kept; a later one takes the place of the oldest. */
export const MOST_ACTS = 50;

/** One act of the controller, once it has ended. */
export interface AutomaticAct {
  readonly epoch: number;
  readonly id: string;
  readonly kind: ActKind;
  readonly by: string;
  readonly why: string;
  /** Active Regions as they were intended, and as they then were. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Regions that it put into quarantine, or took out of it. */
  readonly quarantines: readonly string[];
  readonly lifts: readonly string[];
  readonly state: Exclude<ActState, 'open'>;
  readonly outcome: string;
  /** Times of day, as `2026-11-24T06:08:00.000Z`. */
  readonly began: string;
  readonly ended: string;
}

const KINDS: readonly string[] = ['failover', 'failback', 'human', 'adopted', 'repair', 'called off'] satisfies ActKind[];
const STATES: readonly string[] = ['done', 'failed', 'unknown'] satisfies AutomaticAct['state'][];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MOST_TEXT = 2_000;

function keyOf(epoch: number): string {
  return `${ACTS}${String(epoch % MOST_ACTS).padStart(2, '0')}`;
}

/** Keeps what an act came to, unless a later one is kept in its place. Somebody who writes there at this moment is later. */
export async function keepAct(table: Table, act: AutomaticAct, signal: AbortSignal): Promise<void> {
  const key = keyOf(act.epoch);
  const before = await table.get(key, signal);
  if (before && typeof before.item.epoch === 'number' && before.item.epoch >= act.epoch) return;
  const item = { version: 1, ...act, why: act.why.slice(0, MOST_TEXT), outcome: act.outcome.slice(0, MOST_TEXT) };
  await table.put(key, item, before?.revision, signal);
}

export interface KeptActs {
  readonly acts: readonly AutomaticAct[];
  readonly malformed: readonly string[];
}

/** The latest first. Rejects when the table cannot be read. */
export async function keptActs(table: Table, signal: AbortSignal): Promise<KeptActs> {
  const acts: AutomaticAct[] = [];
  const malformed: string[] = [];
  for (const [key, { item }] of await table.list(ACTS, signal)) {
    try {
      acts.push(parseAct(key, item));
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      malformed.push(error.message);
    }
  }
  return { acts: acts.sort((a, b) => b.epoch - a.epoch), malformed };
}

function parseAct(key: string, item: Item): AutomaticAct {
  const { epoch, id, kind, by, why, from, to, quarantines, lifts, state, outcome, began, ended } = item;
  demand(isRecord(item) && item.version === 1, `'version' of ${key} must be 1`);
  demand(isWhole(epoch) && keyOf(epoch) === key, `'epoch' of ${key} must be one of its key`);
  demand(isText(id, 200), `'id' of ${key} must be text`);
  demand(typeof kind === 'string' && KINDS.includes(kind), `'kind' of ${key} must be a kind of act`);
  demand(typeof state === 'string' && STATES.includes(state), `'state' of ${key} must be how an act ends`);
  demand(isText(by, MOST_TEXT) && isText(why, MOST_TEXT) && isText(outcome, MOST_TEXT), `'by', 'why' and 'outcome' of ${key} must be text`);
  demand(isTexts(from) && isTexts(to) && isTexts(quarantines) && isTexts(lifts), `'from', 'to', 'quarantines' and 'lifts' of ${key} must name Regions`);
  demand(isText(began) && TIME.test(began) && isText(ended) && TIME.test(ended), `'began' and 'ended' of ${key} must be times`);
  return { epoch, id, kind: kind as ActKind, by, why, from, to, quarantines, lifts, state: state as AutomaticAct['state'], outcome, began, ended };
}
