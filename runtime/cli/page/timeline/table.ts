import { element, text } from '../markup';
import type { Lane, TimelineModel } from './model';

/** The picture as a table, second by second. */
export function timelineTable(model: TimelineModel): string {
  const { lanes } = model;
  const unknown = model.unknownWrites.length > 0;
  const head = element('thead', {},
    element('tr', {},
      text('th', { scope: 'col', rowspan: 2 }, 'second'),
      text('th', { scope: 'colgroup', colspan: lanes.length }, 'writes served by'),
      unknown ? text('th', { scope: 'col', rowspan: 2 }, 'by whom is not known') : '',
      text('th', { scope: 'col', rowspan: 2 }, 'writes failed'),
      text('th', { scope: 'colgroup', colspan: 2 }, 'reads that'),
      text('th', { scope: 'colgroup', colspan: lanes.length }, 'objects lacking in'),
      text('th', { scope: 'col', rowspan: 2 }, 'what happened')),
    element('tr', {},
      ...lanes.map((lane) => text('th', { scope: 'col' }, lane.region)),
      text('th', { scope: 'col' }, 'found nothing'),
      text('th', { scope: 'col' }, 'failed'),
      ...lanes.map((lane) => text('th', { scope: 'col' }, lane.region))));
  return element('table', {}, text('caption', {}, 'Second by second, from the start of traffic'), head, element('tbody', {}, ...rows(model, unknown)));
}

function rows(model: TimelineModel, unknown: boolean): string[] {
  const inSecond = (all: readonly number[], n: number) => all.filter((at) => Math.floor(at) === n).length;
  const cell = (n: number) => text('td', n === 0 ? { class: 'none' } : {}, n);
  return Array.from({ length: Math.ceil(model.length) }, (_, n) =>
    element('tr', {},
      text('th', { scope: 'row' }, n),
      ...model.lanes.map((lane) => cell(inSecond(lane.writes, n))),
      unknown ? cell(inSecond(model.unknownWrites, n)) : '',
      cell(inSecond(model.failedWrites, n)),
      cell(inSecond(model.missingReads, n)),
      cell(inSecond(model.failedReads, n)),
      ...model.lanes.map((lane) => text('td', {}, lacking(lane, n))),
      text('td', { class: 'words' }, model.events.filter((event) => Math.floor(event.at) === n).map((event) => event.text).join('; '))));
}

/** The last sample of a second. */
function lacking(lane: Lane, n: number): string | number {
  const known = lane.backlog.flat().filter((sample) => Math.floor(sample.at) === n).pop();
  const silent = lane.unanswered.filter((at) => Math.floor(at) === n).pop();
  if (silent !== undefined && (known === undefined || known.at < silent)) return 'no answer';
  return known === undefined ? '' : known.missing;
}
