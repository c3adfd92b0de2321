import { inThousands, size } from '../../core/lag/words';
import { REASONS, type Differs, type Missing, type Reason, type Superseded } from '../../core/operate/compare/finding';
import type { Version, WallClock } from '../../core/operate/ports';
import type { Advice } from '../../core/operate/reconcile/advice';
import type { PairReport, ReconcileReport } from '../../core/operate/reconcile/report';
import type { Uploads } from '../../core/operate/reconcile/uploads';
import type { Paint } from '../terminal';
import { table, type Cell } from '../terminal/table';
import { duration } from '../terminal/units';

const WORDS: { readonly [reason in Reason]: string } = {
  pending: 'on its way',
  failed: 'given up by S3',
  removed: 'removed there',
  unreplicated: 'never replicated',
  replica: 'owed by a third Region',
  untold: 'under a key of its client',
  'delete marker': 'delete marker',
};

/** Examples of a class on a terminal; all of them are in the files. */
const EXAMPLES = 3;

export function reconcileText(report: ReconcileReport, advice: readonly Advice[], wall: WallClock, paint: Paint): string {
  const color = report.outcome === 'clean' ? paint.good : paint.bad;
  return [
    `${color(report.sentence)}\n`,
    ...report.pairs.map((pair) => pairText(pair, wall, paint)),
    [
      uploadsText(report.uploads),
      ...report.held.map(({ region, why }) => `${region} stays in quarantine: ${why}\n`),
      ...report.remarks.map((remark) => `${remark}\n`),
      report.files.length > 0 ? `written: ${report.files.join(', ')}\n` : '',
      `${paint.faint(paceText(report))}\n`,
    ].join(''),
    advice.map((one) => adviceText(one, paint)).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function pairText(pair: PairReport, wall: WallClock, paint: Paint): string {
  const [a, b] = pair.plan.between;
  const { since, cutOff, noWatermark } = pair.plan;
  const scope = [
    since ? `versions since ${wall.iso(since.at)} (${since.from === 'watermark' ? 'the last clean comparison; of older ones that were deleted since by their version id only --full tells' : 'as given'})` : `every version${noWatermark ? ` (no watermark: ${noWatermark})` : ''}`,
    cutOff === undefined ? 'superseded writes not looked for: no failover is known, and no --cut-off was given' : `superseded writes since ${wall.iso(cutOff)}`,
  ].join('; ');
  const counted = `${inThousands(pair.keys)} keys; versions: ${[a, b].map((region) => `${region} ${inThousands(pair.versions[region] ?? 0)}`).join(', ')}`;
  const head = `${paint.strong(`${a} and ${b}`)}\n${paint.faint(counted)}\n${paint.faint(scope)}\n`;
  if (!pair.complete) return `${head}${paint.bad('incomplete')}: ${pair.why}\n`;
  const { missing, differs, superseded } = pair.tally;
  const rows: Cell[][] = [
    ...missing.map((one) => [one.lackedBy, { text: inThousands(one.count), paint: one.owed > 0 ? paint.bad : plain }, bytesOf(one.bytes), WORDS[one.reason], { text: one.owed > 0 ? 'owed' : 'no debt', paint: one.owed > 0 ? paint.bad : paint.faint }]),
    ...(differs.count > 0 ? [['both', { text: inThousands(differs.count), paint: paint.bad }, '-', 'keys that read differently', { text: 'owed', paint: paint.bad }]] : []),
    ...(superseded.count > 0 ? [['both', { text: inThousands(superseded.count), paint: paint.warn }, '-', 'superseded writes', { text: 'noncurrent, not lost', paint: paint.faint }]] : []),
  ];
  if (rows.length === 0) return `${head}${paint.good('nothing is missing on either side')}\n`;
  return [
    head,
    table(['LACKED BY', 'COUNT', 'SIZE', 'WHAT', 'STANDS FOR'], rows, paint.faint),
    ...missing.map((one) => examples(one.first.map((each) => missingLine(each, wall)), one.count)),
    examples(differs.first.map((each) => differsLine(each, wall)), differs.count),
    examples(superseded.first.map((each) => supersededLine(each, wall)), superseded.count),
    pair.stillWaiting ? `${paint.warn('not all that was waited for has come')}\n` : '',
  ].join('');
}

const plain = (text: string) => text;

function bytesOf(bytes: number): string {
  return bytes > 0 ? size(bytes) : '-';
}

function examples(lines: readonly string[], count: number): string {
  const shown = lines.slice(0, EXAMPLES);
  const more = count - shown.length;
  return [...shown, ...(more > 0 && shown.length > 0 ? [`... and ${inThousands(more)} more`] : [])].map((line) => `  ${line}\n`).join('');
}

function missingLine({ version, reason, lackedBy }: Missing, wall: WallClock): string {
  return `${shown(version.key)} ${version.versionId} of ${time(version, wall)}: ${lackedBy} lacks it, ${WORDS[reason]}`;
}

function differsLine({ key, current, because }: Differs, wall: WallClock): string {
  const sides = Object.entries(current).map(([region, version]) => `${region} ${version.deleteMarker ? 'deleted' : version.versionId} of ${time(version, wall)}`);
  return `${shown(key)} reads differently: ${sides.join(', ')}${sides.length === 1 ? ', and nothing on the other side' : ''} (${because === 'order' ? 'ranked differently' : WORDS[because]})`;
}

function supersededLine({ older, newer }: Superseded, wall: WallClock): string {
  const one = ({ version, by }: Superseded['older']) => `${version.deleteMarker ? 'delete' : 'write'} ${version.versionId} of ${time(version, wall)}${by ? ` in ${by}` : ''}`;
  return `${shown(older.version.key)} ${one(older)} was overtaken by ${one(newer)}`;
}

function time({ modifiedAt }: Version, wall: WallClock): string {
  return wall.iso(modifiedAt).replace('.000Z', 'Z');
}

/** A key as it is, where that does no harm on a terminal. */
function shown(key: string): string {
  return /^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/.test(key) ? `'${key}'` : JSON.stringify(key).replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function uploadsText(all: readonly Uploads[]): string {
  return all
    .flatMap((uploads) => {
      if (uploads.kind === 'unknown') return [`open uploads in ${uploads.region} are not known: ${uploads.why}\n`];
      return uploads.count === 0 ? [] : [`open uploads in ${uploads.region}: ${inThousands(uploads.count)}${uploads.more ? ' or more' : ''}\n`];
    })
    .join('');
}

function paceText({ seconds, versionsPerSecond, resumed }: ReconcileReport): string {
  const rate = versionsPerSecond > 0 ? `, ${inThousands(versionsPerSecond)} versions per second` : '';
  return `${duration(seconds)}${rate}${resumed ? ', since it was gone on with' : ''}`;
}

function adviceText({ about, sentence, commands }: Advice, paint: Paint): string {
  return `${paint.strong(about)}\n${sentence}\n${commands.map((command) => `  ${command}\n`).join('')}`;
}

/** What `reconcile --json` prints. Lists hold the first findings of each class; `count` is of all. */
export function reconcileDocument(report: ReconcileReport, advice: readonly Advice[], wall: WallClock): object {
  return {
    outcome: report.outcome,
    sentence: report.sentence,
    accessPoint: report.job.accessPoint,
    actId: report.job.actId,
    startedAt: wall.iso(report.job.startedAt),
    resumed: report.resumed,
    seconds: rounded(report.seconds),
    versionsPerSecond: Math.round(report.versionsPerSecond),
    prefix: report.job.prefix ?? null,
    pairs: report.pairs.map((pair) => pairDocument(pair, wall)),
    uploads: report.uploads.map((uploads) => uploadsDocument(uploads, wall)),
    lifted: report.lifted,
    quarantined: report.held,
    files: report.files,
    remarks: report.remarks,
    advice,
  };
}

function pairDocument(pair: PairReport, wall: WallClock): object {
  const { between, since, noWatermark, cutOff } = pair.plan;
  const common = {
    between,
    complete: pair.complete,
    why: pair.complete ? null : pair.why,
    since: since ? { at: wall.iso(since.at), from: since.from } : null,
    noWatermark: noWatermark ?? null,
    cutOff: cutOff === undefined ? null : wall.iso(cutOff),
    keys: pair.keys,
    versions: pair.versions,
  };
  if (!pair.complete) return { ...common, owed: null, stillWaiting: null, missing: null, differs: null, superseded: null };
  const { missing, differs, superseded, owed } = pair.tally;
  return {
    ...common,
    owed,
    stillWaiting: pair.stillWaiting,
    missing: [...missing].sort((a, b) => REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason)).map((one) => ({ in: one.in, lackedBy: one.lackedBy, reason: one.reason, count: one.count, owed: one.owed, bytes: one.bytes, first: one.first.map(({ version }) => versionDocument(version, wall)) })),
    differs: { count: differs.count, first: differs.first.map(({ key, because, current }) => ({ key, because, current: Object.fromEntries(Object.entries(current).map(([region, version]) => [region, versionDocument(version, wall)])) })) },
    superseded: { count: superseded.count, first: superseded.first.map(({ older, newer }) => ({ older: { by: older.by ?? null, ...versionDocument(older.version, wall) }, newer: { by: newer.by ?? null, ...versionDocument(newer.version, wall) } })) },
  };
}

function versionDocument({ key, versionId, modifiedAt, size: bytes, deleteMarker }: Version, wall: WallClock) {
  return { key, versionId, modifiedAt: wall.iso(modifiedAt), bytes: bytes ?? null, deleteMarker };
}

function uploadsDocument(uploads: Uploads, wall: WallClock): object {
  if (uploads.kind === 'unknown') return { region: uploads.region, count: null, more: null, first: null, why: uploads.why };
  return { region: uploads.region, count: uploads.count, more: uploads.more, first: uploads.first.map(({ key, uploadId, initiatedAt }) => ({ key, uploadId, initiatedAt: wall.iso(initiatedAt) })), why: null };
}

const rounded = (seconds: number) => Math.round(seconds * 1_000) / 1_000;
