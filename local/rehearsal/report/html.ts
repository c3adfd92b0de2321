import { element, escape, text } from '../../../runtime/cli/page/markup';
import { renderPage } from '../../../runtime/cli/page/page';
import { timelineFigure } from '../../../runtime/cli/page/timeline/figure';
import { count, duration } from '../../../runtime/cli/page/units';
import { headline, lateSentence, orDash, outageOf, servedLine, switchNoun, verdict } from './phrases';
import type { Report } from './schema';
import { switchCard } from './switch-card';
import { describeTimeline, timelineModel } from './timeline/model';

/** The rehearsal as one page that needs nothing else. */
export function renderHtml(report: Report): string {
  const body = [
    header(report),
    figures(report),
    text('h2', { id: 'timeline' }, 'Who served each request'),
    timelineFigure(timelineModel(report), { labelledBy: 'timeline', description: describeTimeline(report) }),
    ...(report.switches.length === 0 ? [] : [
      text('h2', {}, 'The switches'),
      element('div', { class: 'switches' }, ...report.switches.map((one) => switchCard(report, one))),
    ]),
    text('h2', {}, 'What became of the objects'),
    objects(report),
    text('h2', {}, 'Step by step'),
    steps(report),
    text('h2', {}, 'To know'),
    element('ul', { class: 'notes' }, ...report.notes.map((note) => text('li', {}, note))),
  ];
  return renderPage({ title: headline(report), state: report.outcome, body });
}

function header(report: Report): string {
  const { setting } = report;
  const when = report.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC').replace('Z', ' UTC');
  return element('header', {},
    text('p', { class: 'over' }, `cdk-s3-failover, ${when}`),
    text('h1', {}, headline(report)),
    report.failure === null ? '' : element('p', { class: 'why' }, text('strong', {}, `${report.failure.step}: `), escape(report.failure.reason)),
    text('p', { class: 'verdict' }, verdict(report)),
    setting.regions.length === 0 ? '' : text('p', { class: 'over' }, `${setting.activeRegion} active at first, ${setting.targetRegion} takes over; home Region ${setting.homeRegion}; ${setting.writesPerSecond} writes a second.`));
}

function figures(report: Report): string {
  const { writes } = report;
  const tile = (value: string, label: string, kind?: string) => element('div', { class: kind }, text('dt', {}, label), text('dd', {}, value));
  return element('dl', { class: 'figures' },
    ...report.switches.map((one) => {
      const outage = outageOf(report, one);
      return tile(duration(outage?.withoutService ?? 0), `without service at the ${switchNoun(one)}`, outage === undefined ? undefined : 'bad');
    }),
    tile(String(writes.acknowledged), `objects acknowledged of ${writes.attempted} written`),
    tile(orUnknown(writes.lost), 'lost', (writes.lost ?? 0) > 0 ? 'bad' : undefined),
    tile(orUnknown(writes.late), 'late', (writes.late ?? 0) > 0 ? 'late' : undefined),
    tile(orUnknown(writes.superseded), 'superseded'));
}

function orUnknown(n: number | null): string {
  return n === null ? 'unknown' : String(n);
}

function objects(report: Report): string {
  const { writes, reads, replication, setting } = report;
  const row = (label: string, value: string | number, note: string) => element('tr', {},
    text('th', { scope: 'row' }, label), text('td', { class: 'number' }, value), text('td', { class: 'words' }, note));
  return element('table', { class: 'objects' }, element('tbody', {},
    row('written', writes.attempted, `${writes.acknowledged} acknowledged, ${writes.failed} failed`),
    row('served', writes.acknowledged, servedLine(report)),
    row('lost', orDash(writes.lost), 'acknowledged and in no Region at the end'),
    row('late', orDash(writes.late), lateSentence(report)),
    row('superseded', orDash(writes.superseded), 'late, and written again elsewhere before they arrived: noncurrent versions'),
    row('kept without an answer', orDash(writes.keptUnacknowledged), 'the write landed, its answer was lost'),
    row('copies checked', orDash(writes.copiesIntact), `of ${writes.copiesExpected}: every acknowledged object in ${count(setting.regions.length, 'Region')}, byte for byte`),
    ...(writes.divergentKeys === null || writes.divergentKeys.length === 0 ? []
      : [row('keys that differ', writes.divergentKeys.length, `the current version is not the same everywhere: ${writes.divergentKeys.join(', ')}`)]),
    row('read', reads.attempted, `${reads.found} found, ${reads.missing} found nothing, ${reads.failed} failed`),
    ...(replication === null ? []
      : [row('replication', duration(replication.medianLag), `median until seen in every Region; longest ${duration(replication.longestLag)}`)])));
}

function steps(report: Report): string {
  return element('table', { class: 'steps' },
    element('thead', {}, element('tr', {},
      text('th', { scope: 'col' }, 'Step'), text('th', { scope: 'col', class: 'number' }, 'Took'), text('th', { scope: 'col' }, 'What was seen'))),
    element('tbody', {}, ...report.steps.map((step) => element('tr', {},
      text('th', { scope: 'row' }, step.title),
      text('td', { class: 'number' }, step.outcome === 'skipped' ? '' : duration(step.elapsed)),
      element('td', { class: 'words' }, step.command === null ? '' : `${text('code', {}, `$ ${step.command}`)}<br/>`, step.outcome === 'done' ? escape(step.detail) : text('span', { class: `state-${step.outcome}` }, [step.outcome, step.detail].filter((part, index, all) => part !== '' && all.indexOf(part) === index).join(': ')))))));
}
