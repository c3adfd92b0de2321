import { element, text } from '../markup';
import { duration } from '../units';
import type { TimelineModel } from './model';
import { timelineTable } from './table';
import { tallTimeline } from './tall';
import { wideTimeline } from './wide';

export interface TimelineWords {
  /** Id of the heading above. */
  readonly labelledBy: string;
  /** What the picture shows, for who cannot see it. */
  readonly description: string;
}

/** Who served each request, over time: a picture for wide screens, one for narrow ones, and a table. */
export function timelineFigure(model: TimelineModel, { labelledBy, description }: TimelineWords): string {
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
  return element('figure', { 'aria-labelledby': labelledBy },
    hatch,
    wideTimeline(model, description),
    element('div', { class: 'pair narrow-only' },
      tallTimeline(model, description),
      element('ol', { class: 'events' }, ...model.events.map((event) => text('li', {}, `${duration(event.at)}: ${event.text}`)))),
    legend,
    element('details', {},
      text('summary', {}, 'The same as a table'),
      element('div', { class: 'scroll seconds', tabindex: 0, role: 'region', 'aria-label': 'Second by second' }, timelineTable(model))));
}
