import type { Instant } from '../ports';
import { demand, isRecord, isSpan, isText, isTexts, isWhole, Malformed } from './parse';
import { REGION_NAME } from './policy';
import type { Item, ProbeResult, Stored } from './ports';

/** `voter`: sees every data Region from a control Region. `self`: sees its own data Region from inside. */
export type Role = 'voter' | 'self';

export interface Observer {
  readonly role: Role;
  readonly region: string;
}

/** What one observer says, at one of its ticks. */
export interface Report {
  readonly observer: Observer;
  /** Counts the processes of one observer; a later one supersedes an earlier one. */
  readonly boot: number;
  /** Counts the reports of one process. */
  readonly sequence: number;
  readonly policy: string;
  readonly code: string;
  readonly regions: { readonly [region: string]: Sight };
  /** Of a voter that looked at the live routes, when it last did. For others to tell of, never to act on. */
  readonly routes?: RoutesReport;
  /** What people were told of, and not yet that it is over. */
  readonly told?: string;
}

export type RoutesReport =
  | { readonly kind: 'seen'; readonly active: readonly string[] }
  /** Too few control endpoints answer this voter: another one must look. */
  | { readonly kind: 'not seen' };

/** What an observer says of one Region. */
export interface Sight {
  readonly result: ProbeResult['kind'];
  /** For how long it has been down, on the observer's own clock; absent: this observer does not call it down. */
  readonly downForMs?: number;
  /** Of a Region that is down although a look at it did not fail meanwhile: for how long each has failed since. */
  readonly unbrokenForMs?: number;
  /** Whether another Region answered in the same tick: who reaches nothing is blind, and has no vote. */
  readonly elsewhere: boolean;
  readonly reason?: string;
  /** Of a Region that a voter calls down: what its own observer said last. The voter's next process counts on from here. */
  readonly lastWord?: LastWord;
}

/** Which report of an observer is its newest, and for how long it was seen to be. */
export interface LastWord {
  readonly boot: number;
  readonly sequence: number;
  readonly forMs: number;
}

export const REPORTS = 'report/';
/** A reason is for a person; no more of it is kept. */
export const MOST_REASON = 200;
const MOST_REGIONS = 20;
const MOST_TOLD = 100;
const RESULTS: readonly string[] = ['ok', 'slow', 'throttled', 'misconfigured', 'blind', 'down'] satisfies ProbeResult['kind'][];

export function reportKey({ role, region }: Observer): string {
  return `${REPORTS}${role}/${region}`;
}

export function formatReport(report: Report): Item {
  return { version: 1, ...report };
}

/** Throws `Malformed`; an item under another observer's key is one. */
export function parseReport(key: string, item: Item): Report {
  demand(item.version === 1, `'version' must be 1`, key);
  const { observer, boot, sequence, policy, code, regions } = item;
  demand(isRecord(observer) && (observer.role === 'voter' || observer.role === 'self') && isText(observer.region), `'observer' must be a role and a Region`, key);
  const { role, region } = observer as unknown as Observer;
  demand(reportKey({ role, region }) === key, `'observer' must be the one of the key`, key);
  demand(isWhole(boot) && isWhole(sequence), `'boot' and 'sequence' must be whole numbers`, key);
  demand(isText(policy, 100) && isText(code, 100), `'policy' and 'code' must be text`, key);
  demand(isRecord(regions), `'regions' must be Regions by name`, key);
  const names = Object.keys(regions);
  demand(names.length <= MOST_REGIONS, `'regions' must be at most ${MOST_REGIONS}`, key);
  const sights: { [region: string]: Sight } = {};
  for (const name of names) {
    demand(REGION_NAME.test(name), `'regions' must be named as Regions are`, key);
    sights[name] = parseSight(key, regions[name]);
  }
  return { observer: { role, region }, boot, sequence, policy, code, regions: sights, ...laterMembers(item) };
}

/**
 * Members that came within version 1. Older readers pass over them; what an older writer left out, or a newer one wrote otherwise, is not
 * known. No vote hangs on them, so that none is lost for their sake.
 */
function laterMembers({ routes, told }: Item): Pick<Report, 'routes' | 'told'> {
  return { ...(isRoutesReport(routes) && { routes }), ...(isText(told, MOST_TOLD) && { told }) };
}

function isRoutesReport(value: unknown): value is RoutesReport {
  if (!isRecord(value)) return false;
  return value.kind === 'not seen' || (value.kind === 'seen' && isTexts(value.active, MOST_REGIONS) && value.active.every((region) => REGION_NAME.test(region)));
}

function parseSight(key: string, value: unknown): Sight {
  demand(isRecord(value), `what is said of a Region must be an object`, key);
  const { result, downForMs, unbrokenForMs, elsewhere, reason, lastWord } = value;
  demand(typeof result === 'string' && RESULTS.includes(result), `'result' must be a kind of probe result`, key);
  demand(typeof elsewhere === 'boolean', `'elsewhere' must be true or false`, key);
  demand(downForMs === undefined || isSpan(downForMs), `'downForMs' must be a time`, key);
  demand(reason === undefined || isText(reason, MOST_REASON), `'reason' must be a short text`, key);
  return { result: result as Sight['result'], elsewhere, ...(downForMs !== undefined && { downForMs }), ...(isSpan(unbrokenForMs) && { unbrokenForMs }), ...(reason !== undefined && { reason }), ...lastWordOf(lastWord) };
}

/** A later member, too: without it the reader counts from its own first sight. */
function lastWordOf(value: unknown): Pick<Sight, 'lastWord'> {
  if (!isRecord(value)) return {};
  const { boot, sequence, forMs } = value;
  return isWhole(boot) && isWhole(sequence) && isSpan(forMs) ? { lastWord: { boot, sequence, forMs } } : {};
}

/** Whether one report of an observer was made after another. */
export function isNewer(one: Pick<Report, 'boot' | 'sequence'>, other: Pick<Report, 'boot' | 'sequence'>): boolean {
  return one.boot > other.boot || (one.boot === other.boot && one.sequence > other.sequence);
}

export interface SeenReport extends Report {
  /** The reader's own time since it saw this observer's sequence move; absent: it has not seen it move yet. */
  readonly ageMs?: number;
  /** For how long it has been the newest, as this reader and the process before it saw: at least this old, whether or not it has an age. */
  readonly stillForMs: number;
}

interface Sighting {
  readonly report: Report;
  /** Since when it is known to be the newest. */
  readonly since: Instant;
  readonly movedAt?: Instant;
}

/**
 * What one process remembers of others' reports. Ages are its own monotonic time since a sequence moved, so that no two machines'
 * clocks are compared. A report that is seen for the first time may be old: it has no age until it moves.
 */
export class Sightings {
  private readonly seen = new Map<string, Sighting>();
  private askedLast?: Instant;

  /** `mostGapMs`: what moved between two listings further apart than that may have moved long ago, and has no age before it moves again. */
  constructor(private readonly mostGapMs = Infinity) {}

  /** Takes a listing that was asked for at `asked`: what it shows was so then, or later. */
  take(items: ReadonlyMap<string, Stored>, asked: Instant): { readonly malformed: readonly string[] } {
    const malformed: string[] = [];
    const movedAt = asked - (this.askedLast ?? asked) > this.mostGapMs ? undefined : asked;
    this.askedLast = asked;
    for (const [key, { item }] of items) {
      try {
        this.note(key, parseReport(key, item), asked, movedAt);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        malformed.push(error.message);
      }
    }
    return { malformed };
  }

  all(now: Instant): SeenReport[] {
    return Array.from(this.seen.values(), (one) => aged(one, now));
  }

  of(observer: Observer, now: Instant): SeenReport | undefined {
    const one = this.seen.get(reportKey(observer));
    return one && aged(one, now);
  }

  /**
   * Takes what the process before the reader knew of Regions' own observers, by its newest report: where one of theirs is still the same, it
   * was all the while, however old that word is. `asked`: when the word was asked for.
   */
  inherit(from: Observer, asked: Instant): void {
    const said = this.seen.get(reportKey(from))?.report.regions ?? {};
    for (const region of Object.keys(said)) {
      const { lastWord } = said[region];
      if (lastWord) this.goOn(reportKey({ role: 'self', region }), lastWord, asked);
    }
  }

  private goOn(key: string, { boot, sequence, forMs }: LastWord, asked: Instant): void {
    const known = this.seen.get(key);
    if (known?.report.boot !== boot || known.report.sequence !== sequence) return;
    this.seen.set(key, { ...known, since: Math.min(known.since, asked - forMs) });
  }

  private note(key: string, report: Report, asked: Instant, movedAt: Instant | undefined): void {
    const before = this.seen.get(key);
    if (!before) this.seen.set(key, { report, since: asked });
    else if (isNewer(report, before.report)) this.seen.set(key, { report, since: asked, ...(movedAt !== undefined && { movedAt }) });
  }
}

function aged({ report, since, movedAt }: Sighting, now: Instant): SeenReport {
  const { observer, boot, sequence, policy, code, regions, routes, told } = report;
  const stillForMs = Math.max(0, now - since);
  if (movedAt === undefined) return { observer, boot, sequence, policy, code, regions, routes, told, stillForMs };
  return { observer, boot, sequence, policy, code, regions, routes, told, stillForMs, ageMs: Math.max(0, now - movedAt) };
}
