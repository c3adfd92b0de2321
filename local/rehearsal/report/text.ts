import type { Report } from './schema';
import { headline, lateSentence, outageOf, routesLine, switchTitle, verdict } from './phrases';
import { count, duration, durationOr } from './units';

/** How words stand out; plain functions, so that text without colour is the same text. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

export const PLAIN: Paint = { good: (text) => text, bad: (text) => text, strong: (text) => text, faint: (text) => text };

/** The summary that `npm start` ends with. */
export function renderText(report: Report, paint: Paint = PLAIN): string {
  const lines: string[] = [];
  const row = (label: string, value: string, note = '') => {
    lines.push(`  ${label.padEnd(26)}${note === '' ? value : `${value.padEnd(10)}${paint.faint(note)}`}`);
  };
  const good = report.outcome === 'passed';
  lines.push('', (good ? paint.good : paint.bad)(paint.strong(headline(report))));
  if (report.failure !== null) lines.push(`${paint.bad(report.failure.step)}: ${report.failure.reason}`);
  if (report.writes.attempted === 0) return `${lines.join('\n')}\n`;

  lines.push(verdict(report));
  for (const one of report.switches) {
    const outage = outageOf(report, one);
    lines.push('', paint.strong(`${switchTitle(one)}: ${one.from} -> ${one.to}`), `  ${paint.faint(`$ ${one.command}`)}`);
    row('without service', outage === undefined ? '0.0 s' : duration(outage.withoutService),
      outage === undefined ? 'no request failed' : `${count(outage.failedWrites, 'write')} and ${count(outage.failedReads, 'read')} failed`);
    row('command to accepted', durationOr(one.commandToAccepted), 'a control endpoint says that the routes have changed');
    row('accepted to served', durationOr(one.acceptedToServed), `first write in ${one.to}`);
    if (one.acceptedToLastElsewhere !== null) row('last write elsewhere', duration(one.acceptedToLastElsewhere), 'after the switch was accepted');
    row('command to served', durationOr(one.commandToServed), `the command itself took ${durationOr(one.commandToEnd)}`);
    row('not yet in the target', String(one.missingAtSwitch), `acknowledged writes when accepted; ${count(one.missingReads, 'read')} found nothing`);
    row('routes before', routesLine(one.routesBefore));
    row('routes after', routesLine(one.routesAfter));
  }

  const { writes, reads } = report;
  const inSwitches = report.switches.map((one) => outageOf(report, one));
  const others = report.outages.filter((outage) => !inSwitches.includes(outage));
  lines.push('', paint.strong('Objects'));
  row('written', String(writes.attempted), `${writes.acknowledged} acknowledged, ${writes.failed} failed`);
  row('served by', Object.entries(writes.servedBy).map(([region, n]) => `${region} ${n}`).join(', '));
  row('lost', writes.lost === null ? '-' : String(writes.lost), 'acknowledged and in no Region at the end');
  row('late', String(writes.late), lateSentence(report));
  row('superseded', String(writes.superseded), 'late, and written again elsewhere before they arrived');
  if (writes.keptUnacknowledged !== null) row('kept without an answer', String(writes.keptUnacknowledged), 'the write landed, its answer was lost');
  row('copies checked', writes.copiesIntact === null ? '-' : `${writes.copiesIntact} of ${writes.copiesExpected}`, '');
  if (writes.divergentKeys !== null && writes.divergentKeys.length > 0) {
    row('keys that differ', String(writes.divergentKeys.length), `the current version is not the same everywhere: ${writes.divergentKeys.join(', ')}`);
  }
  row('read', String(reads.attempted), `${reads.found} found, ${reads.missing} found nothing, ${reads.failed} failed`);
  if (report.replication !== null) row('replication', duration(report.replication.medianLag), `median until seen in every Region; longest ${duration(report.replication.longestLag)}`);
  for (const outage of others) row('another outage', duration(outage.withoutService), `${count(outage.failedWrites, 'write')} failed, ${duration(outage.from)} into the run`);

  lines.push('', paint.strong('To know'), ...report.notes.map((note) => `  - ${note}`));
  return `${lines.join('\n')}\n`;
}
