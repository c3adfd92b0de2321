import type { Instant } from '../ports';
import { demand, isRecord, isSpan, isText, isWhole, Malformed } from './parse';
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
}

/** What an observer says of one Region. */
export interface Sight {
  readonly result: ProbeResult['kind'];
  /** For how long it has been down, on the observer's own clock; absent: this observer does not call it down. */
  readonly downForMs?: number;
  /** Whether another Region answered in the same tick: who reaches nothing is blind, and has no vote. */
  readonly elsewhere: boolean;
  readonly reason?: string;
}

export const REPORTS = 'report/';
/** A reason is for a person; no more of it is kept. */
export const MOST_REASON = 200;
const MOST_REGIONS = 20;
const RESULTS: readonly string[] = ['ok', 'slow', 'throttled', 'misconfigured', 'blind', 'down'] satisfies ProbeResult['kind'][];

export function reportKey({ role, region }: Observer): string {
  return `${REPORTS}${role}/${region}`;
}

export function formatReport(report: Report): Item {
  return { version: 1, ...report };
}

/** Throws `Malformed`; an item under another observer's key is one. */
export function parseReport(key: string, item: Item): Report {
  demand(item.version === 1, `'version' of ${key} must be 1`);
  const { observer, boot, sequence, policy, code, regions } = item;
  demand(isRecord(observer) && (observer.role === 'voter' || observer.role === 'self') && isText(observer.region), `'observer' of ${key} must be a role and a Region`);
  const { role, region } = observer as unknown as Observer;
  demand(reportKey({ role, region }) === key, `'observer' of ${key} must be the one of its key, got '${role}' of '${region}'`);
  demand(isWhole(boot) && isWhole(sequence), `'boot' and 'sequence' of ${key} must be whole numbers`);
  demand(isText(policy, 100) && isText(code, 100), `'policy' and 'code' of ${key} must be text`);
  demand(isRecord(regions) && Object.keys(regions).length <= MOST_REGIONS, `'regions' of ${key} must be at most ${MOST_REGIONS} Regions`);
  const sights: { [region: string]: Sight } = {};
  for (const [name, sight] of Object.entries(regions)) {
    demand(REGION_NAME.test(name), `'regions' of ${key} must be named as Regions are, got '${name.slice(0, 40)}'`);
    sights[name] = parseSight(`${key} of ${name}`, sight);
  }
  return { observer: { role, region }, boot, sequence, policy, code, regions: sights };
}

function parseSight(what: string, value: unknown): Sight {
  demand(isRecord(value), `${what} must be an object`);
  const { result, downForMs, elsewhere, reason } = value;
  demand(typeof result === 'string' && RESULTS.includes(result), `'result' in ${what} must be a kind of probe result`);
  demand(typeof elsewhere === 'boolean', `'elsewhere' in ${what} must be true or false`);
  demand(downForMs === undefined || isSpan(downForMs), `'downForMs' in ${what} must be a time`);
  demand(reason === undefined || isText(reason, MOST_REASON), `'reason' in ${what} must be a short text`);
  return { result: result as Sight['result'], elsewhere, ...(downForMs !== undefined && { downForMs }), ...(reason !== undefined && { reason }) };
}

/** Whether one report of an observer was made after another. */
export function isNewer(one: Pick<Report, 'boot' | 'sequence'>, other: Pick<Report, 'boot' | 'sequence'>): boolean {
  return one.boot > other.boot || (one.boot === other.boot && one.sequence > other.sequence);
}

export interface SeenReport extends Report {
  /** The reader's own time since it saw this observer's sequence move; absent: it has not seen it move yet. */
  readonly ageMs?: number;
}

interface Sighting {
  readonly report: Report;
  readonly movedAt?: Instant;
}

/**
 * What one process remembers of others' reports. Ages are its own monotonic time since a sequence moved, so that no two machines'
 * clocks are compared. A report that is seen for the first time may be old: it has no age until it moves.
 */
export class Sightings {
  private readonly seen = new Map<string, Sighting>();

  /** Takes a listing that was asked for at `asked`: what it shows was so then, or later. */
  take(items: ReadonlyMap<string, Stored>, asked: Instant): { readonly malformed: readonly string[] } {
    const malformed: string[] = [];
    for (const [key, { item }] of items) {
      try {
        this.note(key, parseReport(key, item), asked);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        malformed.push(error.message);
      }
    }
    return { malformed };
  }

  all(now: Instant): SeenReport[] {
    return [...this.seen.values()].map(({ report, movedAt }) => (movedAt === undefined ? report : { ...report, ageMs: Math.max(0, now - movedAt) }));
  }

  of(observer: Observer, now: Instant): SeenReport | undefined {
    return this.all(now).find((report) => report.observer.role === observer.role && report.observer.region === observer.region);
  }

  private note(key: string, report: Report, asked: Instant): void {
    const before = this.seen.get(key);
    if (!before) this.seen.set(key, { report });
    else if (isNewer(report, before.report)) this.seen.set(key, { report, movedAt: asked });
  }
}
