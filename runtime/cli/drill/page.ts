import { element, escape, text } from '../page/markup';
import { renderPage } from '../page/page';
import { timelineFigure } from '../page/timeline/figure';
import { count, duration, durationOr } from '../page/units';
import type { DrillDocument } from './document';
import { expectationSentence, headline, pointSentence, restoredSentence, servedLine } from './phrases';
import { describeDrill, drillTimeline } from './timeline';

/** The report of a drill as one page that needs nothing else. */
export function drillPage(document: DrillDocument): string {
  const when = document.startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  const body = [
    element('header', {},
      text('p', { class: 'over' }, `s3-failover drill, ${when}`),
      text('h1', {}, headline(document)),
      document.surprise === null ? '' : element('p', { class: 'why' }, text('strong', {}, 'Surprise: '), escape(document.surprise)),
      text('p', { class: 'verdict' }, `${capital(document.sentence)}. ${restoredSentence(document)}`),
      text('p', { class: 'over' }, document.accessPoint)),
    figures(document),
    ...(document.writes.attempted === 0 ? [] : [
      text('h2', { id: 'timeline' }, 'Who served each request'),
      timelineFigure(drillTimeline(document), { labelledBy: 'timeline', description: describeDrill(document) }),
    ]),
    ...(document.switches.length === 0 ? [] : [
      text('h2', {}, 'The switches'),
      element('div', { class: 'switches' }, ...document.switches.map((one) => switchCard(document, one))),
      text('p', {}, expectationSentence(document)),
    ]),
    text('h2', {}, 'What clients saw'),
    clients(document),
    text('h2', {}, 'Step by step'),
    steps(document),
    ...(document.next.length === 0 ? [] : [text('h2', {}, 'Next'), element('ul', { class: 'notes' }, ...document.next.map((line) => element('li', {}, text('code', {}, line))))]),
    ...(document.leftovers.length === 0 ? [] : [text('h2', {}, 'Left behind'), element('ul', { class: 'notes' }, ...document.leftovers.map((line) => text('li', {}, line)))]),
  ];
  return renderPage({ title: headline(document), state: document.outcome === 'passed' || document.outcome === 'planned' ? 'passed' : 'failed', body });
}

function figures(document: DrillDocument): string {
  const tile = (value: string, label: string, kind?: string) => element('div', { class: kind }, text('dt', {}, label), text('dd', {}, value));
  const { writes } = document;
  return element('dl', { class: 'figures' },
    ...document.switches.flatMap((one) => [
      tile(durationOr(one.recoveryTime), `recovery time to ${one.to}`, one.recoveryTime === null ? 'bad' : undefined),
      tile(one.missing === null ? '-' : String(one.missing), `recovery point: writes that ${one.to} lacked`, (one.missing ?? 1) > 0 ? 'late' : undefined),
    ]),
    tile(String(writes.failed), `writes failed of ${writes.attempted}`, writes.failed > 0 ? 'late' : undefined));
}

function switchCard(document: DrillDocument, one: DrillDocument['switches'][number]): string {
  const clocks = [
    { label: 'without service', kind: 'bad', seconds: one.withoutService },
    { label: 'command to accepted', kind: 'command', seconds: one.commandToAccepted },
    { label: 'command to served', kind: 'routes', seconds: one.recoveryTime },
  ];
  const longest = Math.max(1, ...document.switches.flatMap((other) => [other.withoutService, other.commandToAccepted ?? 0, other.recoveryTime ?? 0]));
  const bars = clocks.flatMap(({ label, kind, seconds }) => [
    text('dt', {}, label),
    element('dd', { class: `bar ${kind}`, 'aria-hidden': 'true' }, element('i', { style: `width:${(((seconds ?? 0) / longest) * 100).toFixed(1)}%` }, '')),
    text('dd', { class: 'length' }, durationOr(seconds)),
  ]);
  return element('section', { class: 'card' },
    text('h3', {}, `${one.from} to ${one.to}`),
    element('dl', { class: 'clock' }, ...bars),
    text('p', {}, pointSentence(one)),
    ...one.lag.map((sentence) => text('p', { class: 'over' }, `Lag when it began: ${sentence}.`)),
    one.sentence === null ? '' : text('p', { class: one.outcome === 'served' ? 'over' : 'why' }, `${capital(one.sentence)}.`));
}

function clients(document: DrillDocument): string {
  const { writes, reads } = document;
  const row = (label: string, n: string | number, words: string) => element('tr', {}, text('th', { scope: 'row' }, label), text('td', { class: 'number' }, n), text('td', { class: 'words' }, words));
  return element('table', { class: 'objects' }, element('tbody', {},
    row('acknowledged', writes.acknowledged, `of ${writes.attempted} written, ${writes.failed} failed`),
    row('served by', writes.acknowledged, servedLine(document)),
    row('read', reads.attempted, `${reads.found} found, ${reads.missing} found nothing, ${reads.failed} failed`),
    ...document.outages.map((outage) => row('without service', outage.to === null ? '-' : duration(outage.to - outage.from), `from ${duration(outage.from)}: ${count(outage.failedWrites, 'write')} failed`)),
    ...document.regions.map((region) => row(region, document.routesAfter?.[region] ?? 'unknown', `${document.routesBefore?.[region] ?? 'unknown'} before`))));
}

function steps(document: DrillDocument): string {
  return element('table', { class: 'steps' },
    element('thead', {}, element('tr', {}, text('th', { scope: 'col' }, 'At'), text('th', { scope: 'col' }, 'What happened'))),
    element('tbody', {}, ...document.timeline.marks.map((mark) => element('tr', {}, text('th', { scope: 'row' }, duration(mark.at)), text('td', { class: 'words' }, mark.text)))));
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
