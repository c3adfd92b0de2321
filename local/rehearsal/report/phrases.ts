import type { Report } from './schema';
import { count, duration } from '../../../runtime/cli/page/units';

/** Sentences that the text and the page share, so that they cannot say different things. */

export function headline(report: Report): string {
  if (report.outcome === 'passed') return `Rehearsal passed in ${duration(report.elapsed)}`;
  if (report.outcome === 'interrupted') return `Rehearsal interrupted after ${duration(report.elapsed)}`;
  return `Rehearsal failed after ${duration(report.elapsed)}`;
}

/** What became of what was acknowledged, in one sentence. */
export function verdict(report: Report): string {
  const { writes, setting } = report;
  if (writes.lost === null) return 'The run ended before every copy was checked: it says nothing about lost writes.';
  if (writes.lost > 0) return `${count(writes.lost, 'acknowledged write')} lost: in no Region at the end.`;
  if (writes.copiesIntact !== writes.copiesExpected) {
    return `No acknowledged write lost, but ${writes.copiesExpected - writes.copiesIntact!} of ${writes.copiesExpected} copies missing or damaged.`;
  }
  return `No acknowledged write lost: all ${writes.acknowledged} are in all ${setting.regions.length} Regions, byte for byte.`;
}

export function outageOf(report: Report, one: Report['switches'][number]): Report['outages'][number] | undefined {
  const served = one.commandToServed === null ? Infinity : one.commandAt + one.commandToServed;
  return report.outages.find((outage) => outage.from <= served && (outage.to ?? Infinity) >= one.commandAt);
}

export function switchTitle(one: Report['switches'][number]): string {
  return { failover: 'Fail over', failback: 'Fail back', automatic: 'Fail over by itself' }[one.kind];
}

export function switchNoun(one: Report['switches'][number]): string {
  return one.kind === 'automatic' ? 'automatic failover' : one.kind;
}

export function lateSentence(report: Report): string {
  const { late, lateArrival, superseded } = report.writes;
  if (lateArrival === null) return late === null ? '' : 'acknowledged, not in the target at the failover, there after the heal';
  const when = lateArrival.firstAfterHeal === lateArrival.lastAfterHeal
    ? `${duration(lateArrival.lastAfterHeal)} after the heal`
    : `${duration(lateArrival.firstAfterHeal)} to ${duration(lateArrival.lastAfterHeal)} after the heal`;
  const replaced = superseded === null || superseded === 0 ? '' : `; ${superseded} superseded, kept as ${superseded === 1 ? 'a noncurrent version' : 'noncurrent versions'}`;
  return `arrived ${when}, up to ${duration(lateArrival.longestAfterWrite)} after they were acknowledged${replaced}`;
}

/** Who served how many. */
export function servedLine(report: Report): string {
  const { servedBy } = report.writes;
  if (servedBy === null) return 'not known: the run ended before every copy was looked at';
  return Object.entries(servedBy).map(([region, n]) => `${region} ${n}`).join(', ');
}

/** A number, or a dash where it is not known. */
export function orDash(n: number | null): string {
  return n === null ? '-' : String(n);
}

export function outageNote(outage: Report['outages'][number]): string {
  const failed = `${count(outage.failedWrites, 'write')} and ${count(outage.failedReads, 'read')} failed`;
  return outage.to === null ? `${failed}; no write succeeded any more` : failed;
}

export function routesLine(routes: Report['switches'][number]['routesAfter']): string {
  if (routes === null) return '-';
  return Object.entries(routes).map(([region, state]) => `${region} ${state}`).join(', ');
}
