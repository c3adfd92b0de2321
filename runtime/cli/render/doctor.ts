import type { Finding, Severity } from '../../core/operate/doctor/finding';
import { SEVERITIES } from '../../core/operate/doctor/finding';
import type { Paint } from '../terminal';
import { count } from '../terminal/units';
import { wrap } from '../../core/text/wrap';

export interface DoctorReport {
  readonly accessPoint: string;
  readonly regions: readonly string[];
  /** Where it came from, in words. */
  readonly manifest: string;
  readonly revision: number;
  readonly caller: string;
  readonly findings: readonly Finding[];
}

const GROUPS: { readonly [severity in Severity]: { readonly title: string; readonly mark: string; readonly paint: 'bad' | 'warn' | 'faint' | 'good' } } = {
  fails: { title: 'WOULD FAIL TONIGHT', mark: 'no', paint: 'bad' },
  warns: { title: 'WARNINGS', mark: '!', paint: 'warn' },
  'not checked': { title: 'NOT CHECKED', mark: '?', paint: 'warn' },
  good: { title: 'GOOD', mark: 'ok', paint: 'good' },
};

/** Narrower than this, text runs over. */
const NARROWEST = 40;
const MARK_WIDTH = 4;
const LABEL_WIDTH = 7;
/** Good parts of a check that are named, where other parts are not good. */
const GOOD_ONES = 3;

/** Findings by severity, worst first, each with what was seen and what to do. */
export function doctorText(report: DoctorReport, paint: Paint, columns: number): string {
  const { findings } = report;
  const about = [
    ['access point', report.accessPoint],
    ['Regions', report.regions.join(', ')],
    ['manifest', `${report.manifest}, revision ${report.revision}`],
    ['caller', report.caller],
  ];
  const heads = about.map(([name, value]) => `${paint.faint(name.padEnd(14))}${value}\n`).join('');
  const groups = SEVERITIES.flatMap((severity) => {
    const members = gathered(findings.filter((finding) => finding.severity === severity));
    if (members.length === 0) return [];
    const { title, mark, paint: color } = GROUPS[severity];
    return [`\n${paint.strong(title)}\n${members.map((finding) => oneText(finding, paint[color](mark.padEnd(MARK_WIDTH)), paint, columns)).join('')}`];
  });
  const { verdict, color } = verdictWords(findings);
  return `${heads}${groups.join('')}\n${paint[color](verdict)}\n`;
}

function oneText({ severity, sentence, evidence, fix, commands = [] }: Finding, mark: string, paint: Paint, columns: number): string {
  const said = wrapped(mark, MARK_WIDTH, sentence, columns);
  if (severity === 'good') return said;
  const label = (name: string) => `${' '.repeat(MARK_WIDTH)}${paint.faint(name.padEnd(LABEL_WIDTH))}`;
  return [
    said,
    evidence ? wrapped(label('seen'), MARK_WIDTH + LABEL_WIDTH, evidence, columns) : '',
    fix ? wrapped(label('fix'), MARK_WIDTH + LABEL_WIDTH, fix, columns) : '',
    // Never broken: they are there to be copied.
    ...commands.map((command) => `${label('type')}${command}\n`),
  ].join('');
}

/** The head, and text beside it that is broken between words; the head is as wide as it is, whatever its colours. */
function wrapped(head: string, headWidth: number, text: string, columns: number): string {
  return wrap(text, Math.max(NARROWEST, columns) - headWidth).map((line, index) => `${index === 0 ? head : ' '.repeat(headWidth)}${line}\n`).join('');
}

/** Findings that say the same of several places, once; good ones of a check as one line. */
function gathered(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = groupOf(finding);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0] : together(group)));
}

function groupOf({ severity, check, code, where, subject, sentence }: Finding): string {
  if (severity === 'good') return check;
  if (subject === undefined) return `${check} ${code} ${where} ${sentence}`;
  // A Region that is silent is silent about everything; a permission that is missing is missing everywhere.
  return code === 'no-answer' ? `${code} ${where}` : `${code} ${subject}`;
}

function together(group: readonly Finding[]): Finding {
  const [first] = group;
  const listed = (pick: (finding: Finding) => string | undefined) => [...new Set(group.flatMap((finding) => pick(finding) ?? []))].join(', ');
  if (first.severity === 'good') {
    const some = group.slice(0, GOOD_ONES).map(({ sentence }) => sentence);
    return { ...first, sentence: [...some, ...(group.length > GOOD_ONES ? [`and ${group.length - GOOD_ONES} more like these`] : [])].join('; ') };
  }
  const subjects = listed(({ subject }) => subject);
  if (first.code === 'no-answer') return { ...first, sentence: `${first.where} did not answer, so that these were not checked: ${subjects}` };
  return { ...first, sentence: `${subjects}: not checked in ${listed(({ where }) => where)}, for the caller may not look` };
}

/** The whole in one sentence. */
export function verdictOf(findings: readonly Finding[]): string {
  return verdictWords(findings).verdict;
}

function verdictWords(findings: readonly Finding[]): { readonly verdict: string; readonly color: 'bad' | 'warn' | 'good' } {
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const [fails, warns, unchecked] = [of('fails'), of('warns'), of('not checked')];
  const rest = [warns > 0 && count(warns, 'warning'), unchecked > 0 && `${count(unchecked, 'check')} could not be made`].filter((part) => part !== false);
  if (fails > 0) return { verdict: `A failover tonight would go wrong: ${count(fails, 'finding')} to mend first${rest.length > 0 ? ` (besides: ${rest.join(', ')})` : ''}.`, color: 'bad' };
  if (warns > 0) return { verdict: `A failover would go through, with less than it promises: ${rest.join(', ')}.`, color: 'warn' };
  if (unchecked > 0) return { verdict: `Nothing was found that would stop a failover, but ${rest.join(', ')}.`, color: 'warn' };
  return { verdict: `Nothing was found that would stop a failover: ${count(new Set(findings.map(({ check }) => check)).size, 'check')}.`, color: 'good' };
}
