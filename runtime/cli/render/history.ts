import type { HistoryView } from '../../core/operate/history/read';
import { atWork } from '../../core/operate/history/at-work';
import type { ActRecord } from '../../core/operate/history/record';
import type { WallClock } from '../../core/operate/ports';
import type { Paint } from '../terminal';
import { table, type Cell } from '../terminal/table';
import { duration } from '../terminal/units';
import { wrap } from '../../core/text/wrap';
import type { VerbResult } from '../verb';

const NOTHING = '-';
const INDENT = 12;

/** Acts as a table, the newest first, or each with all that is known of it; and what could not be read. */
export function historyText(view: HistoryView, wall: WallClock, paint: Paint, columns: number, long: boolean): string {
  const { records } = view;
  const acts = long
    ? records.map((record) => actText(record, stateOf(record, view, wall), paint, columns)).join('\n')
    : table(['BEGAN', 'VERB', 'KIND', 'FROM', 'TO', 'OUTCOME', 'PROOF', 'BY'], records.map((record) => row(record, stateOf(record, view, wall), paint)), paint.faint);
  const remarks = remarksOn(view).map((remark) => `${paint.warn('?')} ${remark}\n`).join('');
  return `${records.length === 0 ? 'no act was recorded\n' : acts}${remarks === '' ? '' : `\n${remarks}`}`;
}

export function historyDocument(view: HistoryView, wall: WallClock): VerbResult['document'] {
  const acts = view.records.map((record) => ({ ...record, state: stateOf(record, view, wall) }));
  return { schema: 'cdk-s3-failover/history', version: 1, acts, more: view.more, regions: view.regions, unread: view.unread };
}

type State = NonNullable<ActRecord['outcome']> | 'at work' | 'never ended';

/** What has not ended is under way, or was killed. */
function stateOf(record: ActRecord, { records }: HistoryView, wall: WallClock): State {
  if (record.phase === 'ended') return record.outcome ?? 'done';
  return atWork(records, wall).some((one) => one.record.id === record.id) ? 'at work' : 'never ended';
}

function stateCell(state: State, paint: Paint): Exclude<Cell, string> {
  const color = state === 'served' ? paint.good : state === 'done' || state === 'at work' ? paint.warn : state === 'refused' ? paint.faint : paint.bad;
  return { text: state, paint: color };
}

function row(record: ActRecord, state: State, paint: Paint): Cell[] {
  return [
    momentOf(record.at),
    record.verb,
    record.planned ? 'planned' : { text: 'forced', paint: paint.warn },
    record.from.join(',') || NOTHING,
    record.to.join(',') || NOTHING,
    stateCell(state, paint),
    record.proof ?? NOTHING,
    shortName(record.who),
  ];
}

/** `2026-11-24 03:00:00Z` */
function momentOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;
}

/** What an ARN ends with: the account is everybody's. */
function shortName(who: string): string {
  return who.startsWith('arn:') ? who.split(':').slice(5).join(':') || who : who;
}

function actText(record: ActRecord, state: State, paint: Paint, columns: number): string {
  const facts: (readonly [string, string | undefined])[] = [
    ['by', record.who],
    ['why', record.why],
    ['ended', record.endedAt && momentOf(record.endedAt)],
    ['outcome', record.sentence],
    ['proof', record.proof],
    ['writes', record.outageSeconds === undefined ? undefined : `refused for ${duration(record.outageSeconds)}`],
    ['lost', record.nothingLost ? 'nothing' : undefined],
    ...record.lag.map((sentence) => ['lag', sentence] as const),
    ...(record.overruled ?? []).map((sentence) => ['overruled', sentence] as const),
    ['quarantine', record.quarantines.length > 0 ? `began for ${record.quarantines.join(', ')}` : undefined],
    ['quarantine', record.lifts.length > 0 ? `ended for ${record.lifts.join(', ')}` : undefined],
    ['id', record.id],
  ];
  const { text: how, paint: color } = stateCell(state, paint);
  const move = record.from.length + record.to.length > 0 ? `  ${record.from.join(', ') || NOTHING} -> ${record.to.join(', ') || NOTHING}` : '';
  const head = `${paint.strong(momentOf(record.at))}  ${record.verb} (${record.planned ? 'planned' : 'forced'})${move}  ${color(how)}\n`;
  return head + facts.flatMap(([name, text]) => (text === undefined ? [] : lines(name, text, paint, columns))).join('');
}

function lines(name: string, text: string, paint: Paint, columns: number): string[] {
  const label = `  ${name}`.padEnd(INDENT);
  return wrap(text, Math.max(40, columns - INDENT - 2)).map((line, index) => `${index === 0 ? paint.faint(label) : ' '.repeat(INDENT)}  ${line}\n`);
}

function remarksOn({ regions, unread, more }: HistoryView): string[] {
  const silent = regions.flatMap((one) => (one.ok ? [] : [`${one.region} did not tell its records: ${one.reason}`]));
  const unknown = unread.map(({ key, reason }) => `${key} counts for nothing: ${reason}`);
  return [...silent, ...unknown, ...(more ? ['older acts are not shown; --limit shows more'] : [])];
}
