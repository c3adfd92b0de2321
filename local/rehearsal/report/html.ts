import { element, escape, text } from './markup';
import { PAGE_STYLE } from './page-style';
import { headline, lateSentence, orDash, outageOf, servedLine, verdict } from './phrases';
import type { Report } from './schema';
import { switchCard } from './switch-card';
import { describeTimeline, timelineModel, type TimelineModel } from './timeline/model';
import { tallTimeline } from './timeline/tall';
import { timelineTable } from './timeline/table';
import { wideTimeline } from './timeline/wide';
import { count, duration } from './units';

/** One page that needs nothing else: no script, no font, no request. The policy in its head makes the browser hold it to that. */
export function renderHtml(report: Report): string {
  const model = timelineModel(report);
  const body = [
    header(report),
    figures(report),
    text('h2', { id: 'timeline' }, 'Who served each request'),
    timeline(report, model),
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
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8"/>',
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>`,
    `<title>${escape(headline(report))}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    `<body class="${report.outcome}">`,
    '<main>',
    ...body,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
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
      return tile(duration(outage?.withoutService ?? 0), `without service at the ${one.kind}`, outage === undefined ? undefined : 'bad');
    }),
    tile(String(writes.acknowledged), `objects acknowledged of ${writes.attempted} written`),
    tile(orUnknown(writes.lost), 'lost', (writes.lost ?? 0) > 0 ? 'bad' : undefined),
    tile(orUnknown(writes.late), 'late', (writes.late ?? 0) > 0 ? 'late' : undefined),
    tile(orUnknown(writes.superseded), 'superseded'));
}

function orUnknown(n: number | null): string {
  return n === null ? 'unknown' : String(n);
}

function timeline(report: Report, model: TimelineModel): string {
  const hatch = '<svg class="defs" aria-hidden="true"><defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7"/></pattern></defs></svg>';
  const sample = (content: string) => element('svg', { viewBox: '0 0 22 14', 'aria-hidden': 'true' }, content);
  const legend = element('ul', { class: 'legend' },
    element('li', { class: 'hue-1' }, sample('<path class="write" d="M5 2v10M11 2v10M17 2v10"/>'), 'a write, when it began'),
    element('li', { class: 'hue-1' }, sample('<rect class="active" width="22" height="14"/>'), 'the routes let traffic go here'),
    element('li', {}, sample('<rect class="dead" width="22" height="14" fill="url(#hatch)"/>'), 'dead'),
    element('li', { class: 'narrow-only hue-1' }, sample('<path class="line" d="M0 7h22"/>'), 'lacking: acknowledged objects that a Region lacks'),
    element('li', { class: 'wide-only' }, sample('<path class="found" d="M11 4v6"/>'), 'a read'),
    element('li', { class: 'wide-only' }, sample('<circle class="missing" cx="11" cy="7" r="4"/>'), 'a read that found nothing: the object had not arrived'),
    element('li', { class: 'wide-only' }, sample('<path class="failed-read" d="M11 0v14"/>'), 'a read that failed'),
    ...(model.unknownWrites.length === 0 ? [] : [element('li', {}, sample('<path class="unknown" d="M11 2v10"/>'), 'acknowledged, by which Region is not known')]));
  return element('figure', { 'aria-labelledby': 'timeline' },
    hatch,
    wideTimeline(model, describeTimeline(report)),
    element('div', { class: 'pair narrow-only' },
      tallTimeline(model, describeTimeline(report)),
      element('ol', { class: 'events' }, ...model.events.map((event) => text('li', {}, `${duration(event.at)}: ${event.text}`)))),
    legend,
    element('details', {},
      text('summary', {}, 'The same as a table'),
      element('div', { class: 'scroll seconds', tabindex: 0, role: 'region', 'aria-label': 'Second by second' }, timelineTable(report))));
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
