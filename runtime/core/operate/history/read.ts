import { CallError } from '../../calls/call-error';
import { within } from '../../calls/side-by-side';
import type { Instant } from '../../ports';
import { automaticHistory, type AutomaticHistory } from './automatic';
import { HISTORY_PREFIX, parseKey, type RecordKey } from './key';
import { lineOf } from './line';
import { merged } from './merge';
import { actRecordSchema, RECORD_VERSION, type ActRecord } from './record';
import type { HistoryWorld } from './store';

export interface ReadOptions {
  /** Acts wanted, the newest first. Those that begin or end a quarantine come on top of them, however old. */
  readonly acts?: number;
  /** Regions that are not asked, for being left or known to be dead. */
  readonly avoid?: readonly string[];
  /** How long slower Regions are waited for once one has answered; left out, each has its full time. */
  readonly settleMs?: number;
  /** One call's time. */
  readonly callMs?: number;
  /** The whole reading's time. */
  readonly mostMs?: number;
}

export interface HistoryView {
  /** Newest first; of an act that ended, only how it ended. */
  readonly records: readonly ActRecord[];
  /** Which Regions told what they hold. */
  readonly regions: readonly RegionAnswer[];
  /** Objects that are there and were not understood: they count for nothing, and nobody should wonder where they went. */
  readonly unread: readonly { readonly key: string; readonly reason: string }[];
  /** There are older acts than those that were read. */
  readonly more: boolean;
}

export type RegionAnswer = { readonly region: string; readonly ok: true } | { readonly region: string; readonly ok: false; readonly reason: string };

export const READ_ACTS = 50;
/** Acts that can be read at most at once. */
export const MOST_ACTS = 1_000;
/** Of 1000 keys each; with two keys per act this is years of acts. */
const MOST_PAGES = 4;
const CALL_MS = 3_000;
const MOST_MS = 15_000;
/** Objects that are fetched at the same time. */
const AT_ONCE = 12;
/** Keys of strangers that are named. */
const MOST_NAMED = 20;

interface Listing {
  readonly region: string;
  readonly keys: readonly RecordKey[];
  readonly strange: readonly string[];
  readonly more: boolean;
}

/** Asks every Region side by side: any may be gone, and what only one of them holds counts as well. Never rejects. */
export async function readHistory(world: HistoryWorld, options: ReadOptions = {}): Promise<HistoryView> {
  const { acts = READ_ACTS, avoid = [], mostMs = MOST_MS } = options;
  const fetching: Fetching = { deadline: world.clock.now() + mostMs, callMs: Math.min(options.callMs ?? CALL_MS, mostMs), lame: new Set() };
  const { callMs } = fetching;
  const asked = world.estate.regions.filter((region) => !avoid.includes(region));
  const [{ listings, answers }, automatic] = await Promise.all([listAll(world, asked, options.settleMs ?? callMs, callMs), automaticIn(world, callMs)]);
  const holders = holdersOf(listings);
  const { wanted, more } = choose([...holders.values()].map(({ key }) => key), Math.min(acts, MOST_ACTS));
  const unread: { key: string; reason: string }[] = [...strangers(listings), ...automatic.unread];
  const records: ActRecord[] = [...automatic.records];

  await pool(wanted, AT_ONCE, async (act) => {
    // The end of an act says all that its beginning said; the beginning stands in for an end that cannot be read.
    for (const one of act) {
      const got = await fetchRecord(world, one, holders.get(one.key)!.regions, fetching);
      if (got.record) return void records.push(got.record);
      unread.push({ key: one.key, reason: got.reason });
    }
  });
  return { records: merged(records), regions: answers, unread: unread.sort((a, b) => (a.key < b.key ? -1 : 1)), more: more || listings.some((listing) => listing.more) };
}

/** Of the controller's acts there are few. */
async function automaticIn({ clock, controller }: HistoryWorld, callMs: number): Promise<AutomaticHistory> {
  return controller ? automaticHistory(clock, controller, callMs) : { records: [], unread: [] };
}

async function listAll(
  world: HistoryWorld,
  asked: readonly string[],
  settleMs: number,
  callMs: number,
): Promise<{ listings: Listing[]; answers: RegionAnswer[] }> {
  const listings: Listing[] = [];
  const failed = new Map<string, string>();
  const stopTimer = new AbortController();
  const abandon = new AbortController();
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => (settle = resolve));
  let over = false;

  const asking = asked.map(async (region) => {
    try {
      const listing = await listOne(world, region, callMs, abandon.signal);
      if (over) return;
      listings.push(listing);
      if (listings.length === 1) void world.clock.sleep(settleMs, stopTimer.signal).then(settle);
    } catch (error) {
      if (!over) failed.set(region, error instanceof Error ? error.message : String(error));
    }
  });
  await Promise.race([Promise.all(asking), settled]);
  over = true;
  stopTimer.abort();
  abandon.abort();
  const answers = world.estate.regions.map((region): RegionAnswer => {
    if (listings.some((listing) => listing.region === region)) return { region, ok: true };
    return { region, ok: false, reason: lineOf(failed.get(region) ?? (asked.includes(region) ? 'slower than the others, and not waited for' : 'not asked')) };
  });
  return { listings: [...listings], answers };
}

async function listOne(world: HistoryWorld, region: string, callMs: number, abandon: AbortSignal): Promise<Listing> {
  const keys: RecordKey[] = [];
  const strange: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const listed = await within(region, world.clock, callMs, (signal) => world.buckets(region).listKeys(HISTORY_PREFIX, signal, after), abandon);
    for (const key of listed.keys) {
      const parsed = parseKey(key);
      if (parsed) keys.push(parsed);
      else strange.push(key);
    }
    after = listed.keys.at(-1);
    if (!listed.more || after === undefined) return { region, keys, strange, more: false };
  }
  return { region, keys, strange, more: true };
}

/** Each key once, with the Regions that hold it, the quickest to answer first. */
function holdersOf(listings: readonly Listing[]): Map<string, { key: RecordKey; regions: string[] }> {
  const holders = new Map<string, { key: RecordKey; regions: string[] }>();
  for (const { region, keys } of listings) {
    for (const key of keys) {
      const holder = holders.get(key.key);
      if (holder) holder.regions.push(region);
      else holders.set(key.key, { key, regions: [region] });
    }
  }
  return holders;
}

/** The newest acts, and older ones that concern a quarantine; each act as its keys, ended before begun. */
function choose(keys: readonly RecordKey[], most: number): { wanted: RecordKey[][]; more: boolean } {
  const acts = new Map<string, RecordKey[]>();
  for (const key of [...keys].sort((a, b) => b.at - a.at || (a.phase < b.phase ? 1 : -1))) {
    const act = acts.get(key.id);
    if (act) act.push(key);
    else acts.set(key.id, [key]);
  }
  const all = [...acts.values()].map((act) => act.sort((a, b) => (a.phase < b.phase ? 1 : -1)));
  const older = all.slice(most);
  const quarantines = older.filter((act) => act.some((key) => key.quarantine));
  return { wanted: [...all.slice(0, most), ...quarantines.slice(0, MOST_ACTS)], more: older.length > quarantines.length };
}

interface Fetching {
  readonly deadline: Instant;
  readonly callMs: number;
  /** Regions that listed their keys and then fell silent: asked only for what no other holds. */
  readonly lame: Set<string>;
}

async function fetchRecord(
  world: HistoryWorld,
  key: RecordKey,
  holders: readonly string[],
  { deadline, callMs, lame }: Fetching,
): Promise<{ record?: ActRecord; reason: string }> {
  const regions = [...holders].sort((a, b) => Number(lame.has(a)) - Number(lame.has(b)));
  let reason = 'no Region gave it';
  for (const region of regions) {
    const left = Math.min(callMs, deadline - world.clock.now());
    if (left <= 0) return { reason: `no time was left; ${reason}` };
    try {
      const text = await within(region, world.clock, left, (signal) => world.buckets(region).getText(key.key, signal));
      if (text === undefined) continue;
      const parsed = parseRecord(text, key);
      if (parsed.record) return parsed;
      reason = `${region}: ${parsed.reason}`;
    } catch (error) {
      if (error instanceof CallError && error.unreachable) lame.add(region);
      reason = lineOf(error instanceof Error ? error.message : String(error));
    }
  }
  return { reason };
}

/** Anybody who may write to the bucket may write here: nothing is believed that the schema does not know. */
function parseRecord(text: string, key: RecordKey): { record?: ActRecord; reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'not JSON' };
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > RECORD_VERSION) return { reason: `version ${version}, and this tool knows ${RECORD_VERSION}; use a newer one` };
  const parsed = actRecordSchema.safeParse(value);
  if (!parsed.success) return { reason: lineOf(`not a record: ${parsed.error.issues[0].path.join('.')}: ${parsed.error.issues[0].message}`) };
  if (parsed.data.id !== key.id || parsed.data.phase !== key.phase) return { reason: 'its text is that of another record' };
  return { record: parsed.data, reason: '' };
}

function strangers(listings: readonly Listing[]): { key: string; reason: string }[] {
  const keys = [...new Set(listings.flatMap((listing) => listing.strange))].sort();
  const named = keys.slice(0, MOST_NAMED).map((key) => ({ key: lineOf(key), reason: 'no name of a record' }));
  const rest = keys.length - named.length;
  return rest > 0 ? [...named, { key: HISTORY_PREFIX, reason: `${rest} more objects whose names are none of a record` }] : named;
}

/** Some at a time, so that a long history does not open a connection for each record. */
async function pool<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: Math.min(atOnce, queue.length) }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}
