import type { Paint } from '../../../runtime/cli/terminal';
import { PLAIN } from '../../../runtime/cli/terminal/paint';
import type { Report } from './schema';
import { headline, lateSentence, orDash, outageNote, outageOf, routesLine, servedLine, switchTitle, verdict } from './phrases';
import { count, duration, durationOr } from '../../../runtime/cli/page/units';

/** Columns: wide enough for a command, narrow enough for half a screen. */
const WIDTH = 100;
const LABEL = 25;
const VALUE = 12;

/** The summary that `npm start` ends with. */
export function renderText(report: Report, paint: Paint = PLAIN): string {
  const lines: string[] = [];
  const row = (label: string, value: string, note = '') => {
    const [first, ...rest] = wrap(note, WIDTH - LABEL - VALUE);
    lines.push(`${`  ${label}`.padEnd(LABEL)}${first === '' ? value : `${value.padEnd(VALUE)}${paint.faint(first)}`}`);
    for (const line of rest) lines.push(`${' '.repeat(LABEL + VALUE)}${paint.faint(line)}`);
  };
  const good = report.outcome === 'passed';
  lines.push('', (good ? paint.good : paint.bad)(paint.strong(headline(report))));
  if (report.failure !== null) lines.push(...wrap(`${report.failure.step}: ${report.failure.reason}`, WIDTH).map(paint.bad));
  if (report.writes.attempted === 0) return `${lines.join('\n')}\n`;

  lines.push(verdict(report));
  for (const one of report.switches) {
    const outage = outageOf(report, one);
    lines.push('', paint.strong(`${switchTitle(one)}: ${one.from} -> ${one.to}`), ...(one.command === null ? [] : [`  ${paint.faint(`$ ${one.command}`)}`]));
    row('without service', outage === undefined ? '0.0 s' : duration(outage.withoutService),
      outage === undefined ? 'no write failed' : outageNote(outage));
    if (one.decision !== null) {
      row('fault to decision', duration(one.decision.faultToDecision), `${one.decision.by}: ${one.decision.why}`);
      row('decision to accepted', durationOr(one.decision.decisionToAccepted), 'a control endpoint has taken the new routes');
    } else {
      row('command to accepted', durationOr(one.commandToAccepted), 'a control endpoint says that the routes have changed');
    }
    row('accepted to served', durationOr(one.acceptedToServed), `first write in ${one.to}`);
    if (one.acceptedToLastElsewhere !== null) row('last write elsewhere', duration(one.acceptedToLastElsewhere), 'after the switch was accepted');
    if (one.command === null) row('fault to served', durationOr(one.commandToServed), 'nobody gave a command');
    else row('command to served', durationOr(one.commandToServed), `the command itself took ${durationOr(one.commandToEnd)}`);
    row('not yet in the target', orDash(one.missingAtSwitch), `acknowledged writes when accepted; ${count(one.missingReads, 'read')} found nothing`);
    row('routes before', routesLine(one.routesBefore));
    row('routes after', routesLine(one.routesAfter));
  }

  const { writes, reads } = report;
  const inSwitches = report.switches.map((one) => outageOf(report, one));
  const others = report.outages.filter((outage) => !inSwitches.includes(outage));
  lines.push('', paint.strong('Objects'));
  row('written', String(writes.attempted), `${writes.acknowledged} acknowledged, ${writes.failed} failed`);
  row('served by', servedLine(report));
  row('lost', orDash(writes.lost), 'acknowledged and in no Region at the end');
  row('late', orDash(writes.late), lateSentence(report));
  row('superseded', orDash(writes.superseded), 'late, and written again elsewhere before they arrived');
  if (writes.keptUnacknowledged !== null) row('kept without an answer', String(writes.keptUnacknowledged), 'the write landed, its answer was lost');
  row('copies checked', writes.copiesIntact === null ? '-' : `${writes.copiesIntact} of ${writes.copiesExpected}`, '');
  if (writes.divergentKeys !== null && writes.divergentKeys.length > 0) {
    row('keys that differ', String(writes.divergentKeys.length), `the current version is not the same everywhere: ${writes.divergentKeys.join(', ')}`);
  }
  row('read', String(reads.attempted), `${reads.found} found, ${reads.missing} found nothing, ${reads.failed} failed`);
  if (report.replication !== null) row('replication', duration(report.replication.medianLag), `median until seen in every Region; longest ${duration(report.replication.longestLag)}`);
  for (const outage of others) row('another outage', duration(outage.withoutService), `${count(outage.failedWrites, 'write')} failed, ${duration(outage.from)} into the run`);

  lines.push('', paint.strong('To know'), ...report.notes.flatMap((note) => wrap(note, WIDTH - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`)));
  return `${lines.join('\n')}\n`;
}

/** Lines of whole words; a word that is longer than a line gets one of its own. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last === '' || last.length + 1 + word.length <= width) lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
