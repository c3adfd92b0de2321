import { count, duration, durationOr } from '../page/units';
import type { Paint } from '../terminal';
import type { DrillDocument } from './document';
import { expectationSentence, headline, pointSentence, restoredSentence, servedLine } from './phrases';

/** The report of a drill for a terminal. */
export function drillText(document: DrillDocument, paint: Paint): string {
  const good = document.outcome === 'passed' || document.outcome === 'planned';
  const lines = [
    (good ? paint.good : paint.bad)(headline(document)),
    document.sentence,
    '',
    ...document.switches.flatMap((one) => [
      paint.strong(`${one.from} to ${one.to}, ${duration(one.at)} into the drill`),
      `  recovery time         ${durationOr(one.recoveryTime)}  from the command until ${one.to} served`,
      `  without service       ${duration(one.withoutService)}  ${count(one.failedWrites, 'write')} failed`,
      `  command to accepted   ${durationOr(one.commandToAccepted)}`,
      `  recovery point        ${one.missing ?? '-'}  ${pointSentence(one)}`,
      ...one.lag.map((sentence) => `  lag                   ${sentence}`),
      ...(one.outcome === 'served' || one.sentence === null ? [] : [`  ${paint.bad(one.outcome ?? 'not ended')}: ${one.sentence}`]),
      '',
    ]),
    ...(document.writes.attempted === 0
      ? []
      : [
          `Writes: ${document.writes.acknowledged} of ${document.writes.attempted} acknowledged (${servedLine(document)}), ${document.writes.failed} failed.`,
          `Reads: ${document.reads.found} of ${document.reads.attempted} found, ${document.reads.missing} found nothing, ${document.reads.failed} failed.`,
        ]),
    ...[expectationSentence(document)].filter((line) => line !== ''),
    (document.restored === true ? paint.good : paint.bad)(restoredSentence(document)),
    ...document.leftovers.map((left) => paint.warn(`Left behind: ${left}`)),
    ...(document.next.length === 0 ? [] : ['', 'Next:', ...document.next.map((line) => `  ${line}`)]),
  ];
  return `${lines.join('\n')}\n`;
}
