import type { Instant } from '../../ports';
import { list } from '../../routes/routes';
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
}

/** Only what was seen: fences up all the time, every version compared, and nothing new in the end. */
export function isNothingLost({ level, sources, already, fences, drained, lastLook }: Evidence): boolean {
  if (already || level !== 'listing' || !lastLook?.clean) return false;
  const fenced = fences.length > 0 && fences.length === sources.length && fences.every(({ held }) => held);
  return fenced && drained.length === sources.length && drained.every((one) => one.kind === 'drained' && one.complete);
}

/** Says that nothing was lost only where that was seen; else what is known. */
export function lossSentence(evidence: Evidence, nothingLost: boolean): string {
  const { target, level, sources, already, fenced, fences, drained, lastLook } = evidence;
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
  return known.join('; ');
}

/** From the first write that was seen refused to the first that landed in the target; undefined where one of them was not seen. */
export function outageSeconds(refusedAt: Instant | undefined, landedAt: Instant | undefined): number | undefined {
  return refusedAt === undefined || landedAt === undefined ? undefined : Math.max(0, Math.round((landedAt - refusedAt) / 100) / 10);
}
