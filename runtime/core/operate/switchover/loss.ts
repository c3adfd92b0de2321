import type { Instant } from '../../ports';
import { list } from '../../routes/routes';
import { historyChecks } from '../act/checks';
import type { Sight } from '../act/observe';
import { lineOf } from '../history/line';
import { quarantined } from '../history/quarantine';
import { leaves, type ActRecord } from '../history/record';
import type { Drained } from './drain';
import type { DrainLevel, FenceReport, LookReport } from './world';

/** What is known of what may be lost, once traffic has moved. */
export interface Evidence {
  readonly target: string;
  readonly level: DrainLevel;
  /** Regions that traffic left; or in which another run had left a fence. */
  readonly sources: readonly string[];
  /** Another run moved the routes: what it saw is not known. */
  readonly already: boolean;
  readonly fenced: boolean;
  readonly fences: readonly FenceReport[];
  readonly drained: readonly Drained[];
  readonly lastLook?: LookReport;
  /** Other Regions that may hold alone what was written to them, or why those are not known: nobody looked there. */
  readonly elsewhere: Elsewhere;
}

export interface Held {
  readonly region: string;
  readonly why: keyof typeof WHY_HELD;
}

const WHY_HELD = { quarantined: 'it is quarantined', left: 'no act on record saw its last writes arrive elsewhere when traffic left it' } as const;

export type Elsewhere = { readonly kind: 'known'; readonly regions: readonly Held[] } | { readonly kind: 'not known'; readonly reason: string };

/**
 * Regions that are quarantined, by the records and by the controller's register, and those excluded ones that traffic was moved away from
 * without an act on record that saw nothing lost, such as by the card; but for those that were looked at.
 */
export function heldElsewhere({ history, register }: Pick<Sight, 'history' | 'register'>, lookedAt: readonly string[]): Elsewhere {
  const doubt = historyChecks(history)[0]?.sentence ?? (register.ok ? undefined : `the controller's register could not be read: ${lineOf(register.reason)}`);
  if (doubt !== undefined) return { kind: 'not known', reason: doubt };
  const view = register.ok ? register.view : undefined;
  const held = new Set([...quarantined(history.records).map(({ region }) => region), ...(view?.quarantined ?? [])]);
  const left = (view?.excluded ?? []).filter(({ region, moved }) => !(sawNothingLost(history.records, region) ?? moved !== true)).map(({ region }) => region);
  const regions = [...new Set([...held, ...left])].filter((region) => !lookedAt.includes(region)).sort();
  return { kind: 'known', regions: regions.map((region) => ({ region, why: held.has(region) ? 'quarantined' : 'left' })) };
}

/** Whether the last act on record that took traffic away from a Region says so; undefined where there is none. */
function sawNothingLost(records: readonly ActRecord[], region: string): boolean | undefined {
  const leaving = records.filter((record) => leaves(record, region));
  const last = leaving.reduce<ActRecord | undefined>((newest, one) => (newest && newest.at >= one.at ? newest : one), undefined);
  return last && last.nothingLost === true;
}

/** Only what was seen: fences up all the time, every version compared, nothing new in the end, and no other Region that may hold something. */
export function isNothingLost({ level, sources, already, fences, drained, lastLook, elsewhere }: Evidence): boolean {
  if (elsewhere.kind !== 'known' || elsewhere.regions.length > 0) return false;
  if (already || level !== 'listing' || !lastLook?.clean) return false;
  const fenced = fences.length > 0 && fences.length === sources.length && fences.every(({ held }) => held);
  return fenced && drained.length === sources.length && drained.every((one) => one.kind === 'drained' && one.complete);
}

/** Says that nothing was lost only where that was seen; else what is known. */
export function lossSentence(evidence: Evidence, nothingLost: boolean): string {
  const { target, level, sources, already, fenced, fences, drained, lastLook, elsewhere } = evidence;
  const left = list(sources);
  if (nothingLost) return `nothing lost: writes to ${left} were refused all the time, every version there is in ${target}, and a last look found none newer`;
  const known: string[] = [];
  if (!fenced) known.push(`writes were not refused: those made to one key in both ${left} and ${target} while the routes spread may have superseded each other`);
  for (const { region, gaps, state } of fences) {
    if (gaps.length > 0 || state === 'replaced') known.push(`the fence in ${region} was not up all the time (${gaps.length > 0 ? gaps[0] : 'another act replaced it'}), so that writes may have come in between`);
  }
  if (already) known.push('whether the fence was up all the time before this run is not known');
  // Without a fence the next write may have come before the sentence ends.
  known.push(...drained.map(({ sentence }) => (fenced ? sentence : `a moment before the submit, ${sentence}`)));
  if (lastLook) known.push(lastLook.sentence);
  else if (fenced && level === 'metrics') known.push('versions were not compared (--drain listing does)');
  if (elsewhere.kind === 'not known') known.push(`whether another Region holds writes alone is not known: ${elsewhere.reason}`);
  else known.push(...elsewhere.regions.map(({ region, why }) => `what ${region} may hold alone was not looked for: ${WHY_HELD[why]}`));
  return known.join('; ');
}

/** From the first write that was seen refused to the first that landed in the target; undefined where one of them was not seen. */
export function outageSeconds(refusedAt: Instant | undefined, landedAt: Instant | undefined): number | undefined {
  return refusedAt === undefined || landedAt === undefined ? undefined : Math.max(0, Math.round((landedAt - refusedAt) / 100) / 10);
}
