import { element, px, text } from '../markup';
import { axisStep, type TimelineModel } from './model';
import { niceTop } from './wide';

const WIDTH = 340;
const AXIS = 40;
const GAP = 4;
const HEAD = 56;

/** The picture for narrow screens: time runs downwards, one column for each Region. */
export function tallTimeline(model: TimelineModel, description: string): string {
  // Tall enough to tell requests apart, short enough to scroll through.
  const scale = Math.max(4, Math.min(11, 900 / model.length));
  const y = (at: number) => px(HEAD + Math.min(at, model.length) * scale);
  const bottom = y(model.length);
  const unknown = model.unknownWrites.length > 0 ? 1 : 0;
  const columnWidth = unknown === 1 ? 44 : 54;
  const left = (column: number) => AXIS + column * (columnWidth + GAP);
  const failed = model.lanes.length + unknown;
  const chart = left(failed + 1) + 6;
  const numbers = numbersOf(model, y);

  return element('svg', { class: unknown === 0 ? 'tall' : 'tall tight-headings', viewBox: `0 0 ${WIDTH} ${Math.max(bottom, ...numbers) + 12}`, role: 'img', 'aria-labelledby': 'tall-title', 'aria-describedby': 'tall-desc' },
    text('title', { id: 'tall-title' }, 'Who served each request, over time'),
    text('desc', { id: 'tall-desc' }, description),
    ...model.lanes.map((lane, column) => element('g', { class: `hue-${lane.hue}` },
      element('rect', { class: 'lane', x: left(column), y: HEAD, width: columnWidth, height: px(bottom - HEAD), rx: 3 }),
      ...lane.active.map((span) => element('rect', { class: 'active', x: left(column), y: y(span.from), width: columnWidth, height: px(y(span.to) - y(span.from)) })),
      ...lane.dead.map((span) => element('rect', { class: 'dead', x: left(column), y: y(span.from), width: columnWidth, height: px(y(span.to) - y(span.from)), fill: 'url(#hatch)' })),
      heading(lane.region, left(column) + columnWidth / 2),
      ticks('write', lane.writes, y, left(column) + 12, columnWidth - 24),
      ...lane.dead.map((span) => text('text', { class: 'in-lane', x: left(column) + columnWidth / 2, y: (y(span.from) + y(span.to)) / 2 + 4, 'text-anchor': 'middle' }, 'dead')))),
    ...(unknown === 0 ? [] : [element('g', {},
      element('rect', { class: 'lane', x: left(model.lanes.length), y: HEAD, width: columnWidth, height: px(bottom - HEAD), rx: 3 }),
      heading('not known', left(model.lanes.length) + columnWidth / 2),
      ticks('unknown', model.unknownWrites, y, left(model.lanes.length) + 12, columnWidth - 24))]),
    element('g', { class: 'failed' },
      element('rect', { class: 'lane', x: left(failed), y: HEAD, width: columnWidth, height: px(bottom - HEAD), rx: 3 }),
      heading('failed', left(failed) + columnWidth / 2),
      ticks('write', model.failedWrites, y, left(failed) + 20, columnWidth - 32),
      ...model.outages.map((outage) => {
        const edge = left(failed) + 6;
        return element('path', { class: 'outage', d: `M${edge + 6} ${y(outage.from)}H${edge}V${y(outage.to)}H${edge + 6}` });
      })),
    backlog(model, y, chart, bottom),
    element('g', { class: 'axis' }, ...axis(model, y)),
    element('g', { class: 'events' }, ...model.events.map((event, index) => element('g', { class: `event ${event.kind}` },
      element('line', { x1: 18, x2: WIDTH, y1: y(event.at), y2: y(event.at) }),
      element('path', { class: 'leader', d: `M9 ${numbers[index]}L18 ${y(event.at)}` }),
      element('circle', { cx: 9, cy: numbers[index], r: 8 }),
      text('text', { x: 9, y: numbers[index] + 4, 'text-anchor': 'middle' }, index + 1)))));
}

/** Region names have no room on one line: us-east / -1. */
function heading(name: string, x: number): string {
  const cut = Math.max(name.lastIndexOf('-'), name.lastIndexOf(' '));
  const lines = cut === -1 ? [name] : [name.slice(0, cut), name.slice(cut).trim()];
  return lines.map((line, index) => text('text', { class: 'label', x, y: HEAD - 10 - (lines.length - 1 - index) * 14, 'text-anchor': 'middle' }, line)).join('');
}

function backlog(model: TimelineModel, y: (at: number) => number, left: number, bottom: number): string {
  const top = niceTop(model.mostMissing);
  const value = (missing: number) => px(left + (missing / top) * (WIDTH - left - 8));
  return element('g', { class: 'backlog' },
    text('text', { class: 'label', x: (left + WIDTH - 8) / 2, y: HEAD - 24, 'text-anchor': 'middle' }, 'lacking'),
    text('text', { class: 'axis', x: value(0), y: HEAD - 6, 'text-anchor': 'middle' }, 0),
    text('text', { class: 'axis', x: value(top), y: HEAD - 6, 'text-anchor': 'end' }, top),
    ...[0, top].map((step) => element('line', { class: 'grid', x1: value(step), x2: value(step), y1: HEAD, y2: bottom })),
    ...model.lanes.map((lane) => element('g', { class: `hue-${lane.hue}` },
      ...lane.backlog.filter((stretch) => stretch.length > 0).map((stretch) => element('path', {
        class: 'line',
        d: `M${stretch.map((sample, index) => (index === 0 ? `${value(sample.missing)} ${y(sample.at)}` : `V${y(sample.at)}H${value(sample.missing)}`)).join('')}`,
      })))));
}

function axis(model: TimelineModel, y: (at: number) => number): string[] {
  const step = axisStep(model.length, 10);
  const marks: string[] = [];
  for (let at = 0; at <= model.length; at += step) marks.push(text('text', { x: AXIS - 4, y: y(at) + 4, 'text-anchor': 'end' }, at));
  return [text('text', { x: AXIS - 4, y: HEAD - 10, 'text-anchor': 'end' }, 's'), ...marks];
}

/** Numbers stand beside their lines, and are pushed down where they would cover each other. */
function numbersOf(model: TimelineModel, y: (at: number) => number): number[] {
  let last = 0;
  return model.events.map((event) => {
    last = Math.max(y(event.at), last + 18);
    return px(last);
  });
}

function ticks(name: string, at: readonly number[], y: (at: number) => number, x: number, length: number): string {
  return at.length === 0 ? '' : element('path', { class: name, d: at.map((one) => `M${x} ${y(one)}h${length}`).join('') });
}
