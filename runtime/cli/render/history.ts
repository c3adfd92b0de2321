import type { HistoryView } from '../../core/operate/history/read';
import type { ActRecord } from '../../core/operate/history/record';
import { list } from '../../core/routes/routes';
import type { Paint } from '../terminal';
import { duration } from '../terminal/units';

/** One act after the other, the newest first; then what should be known of the reading itself. */
export function historyText(view: HistoryView, paint: Paint): string {
  const acts = view.records.length > 0 ? view.records.map((record) => actText(record, paint)).join('\n') : 'No act is known.\n';
  const remarks = [
    ...view.regions.flatMap((answer) => (answer.ok ? [] : [`${answer.region} did not tell what it holds: ${answer.reason}`])),
    ...view.unread.map(({ key, reason }) => `'${key}' was not understood: ${reason}`),
    ...(view.more ? ['there are older acts: --most shows more'] : []),
  ];
  return `${acts}${remarks.length > 0 ? '\n' : ''}${remarks.map((remark) => `${paint.warn('?')} ${remark}\n`).join('')}`;
}

function actText(record: ActRecord, paint: Paint): string {
  const { verb, planned, from, to, who, why, lag, sentence, nothingLost, quarantines, lifts, outageSeconds } = record;
  const moves = from.length + to.length > 0 ? `${list(from)} -> ${list(to)}` : '';
  const head = [paint.strong(record.at.replace(/\.\d+Z$/, 'Z')), verb, planned ? 'planned' : 'forced', moves, outcomeText(record, paint)].filter(Boolean).join('  ');
  const lines = [
    `by ${who}${why ? `: ${why}` : ''}`,
    ...(sentence ? [sentence] : []),
    ...lag.map((line) => `lag: ${line}`),
    ...(nothingLost ? ['nothing lost'] : []),
    ...(outageSeconds === undefined ? [] : [`${duration(outageSeconds)} without writes`]),
    ...(quarantines.length > 0 ? [`quarantined: ${list(quarantines)}`] : []),
    ...(lifts.length > 0 ? [`quarantine lifted: ${list(lifts)}`] : []),
  ];
  return `${head}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

function outcomeText({ phase, outcome = 'unknown', proof }: ActRecord, paint: Paint): string {
  if (phase === 'begun') return paint.warn('begun, and has not said how it ended');
  const color = outcome === 'served' || outcome === 'done' ? paint.good : outcome === 'refused' ? paint.warn : paint.bad;
  return color(`${outcome}${proof && proof !== 'none' && proof !== outcome ? `, proof: ${proof}` : ''}`);
}

export function historyDocument(view: HistoryView) {
  return { acts: view.records, regions: view.regions, unread: view.unread, more: view.more };
}
