import { element, px, text } from '../markup';
import { axisStep, type Lane, type TimelineModel } from './model';

const WIDTH = 1080;
const LEFT = 104;
const RIGHT = 16;
const LANE = 40;
const GAP = 6;
const FLAG_ROW = 17;
const CHART = 96;
/** Average width of a character of the labels' font, which is 12 px. */
const CHARACTER = 6.5;

const CAPTION = 'acknowledged objects that a Region lacks';

/** The picture for wide screens: time runs to the right, one lane for each Region. */
export function wideTimeline(model: TimelineModel, description: string): string {
  const x = (at: number) => px(LEFT + (Math.min(at, model.length) / model.length) * (WIDTH - LEFT - RIGHT));
  const flags = placeFlags(model, x);
  const flagHeight = (Math.max(0, ...flags.map((flag) => flag.row)) + 1) * FLAG_ROW;

  const parts: string[] = [];
  let y = flagHeight + 10;
  for (const lane of model.lanes) {
    parts.push(laneOf(lane, x, y));
    y += LANE + GAP;
  }
  if (model.unknownWrites.length > 0) {
    parts.push(unknownLane(model, x, y));
    y += LANE + GAP;
  }
  parts.push(failedLane(model, x, y));
  y += LANE + GAP;
  parts.push(readsLane(model, x, y));
  y += 22 + 28;
  parts.push(backlogChart(model, x, y));
  y += CHART;
  const flagLines = flags.map((flag) => element('g', { class: `event ${flag.kind}` },
    element('line', { x1: flag.x, x2: flag.x, y1: flag.row * FLAG_ROW + 14, y2: y }),
    text('text', { x: flag.textX, y: flag.row * FLAG_ROW + 11, 'text-anchor': flag.anchor }, flag.text)));
  const height = y + 24;
  return element('svg', { class: 'wide', viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-labelledby': 'wide-title', 'aria-describedby': 'wide-desc' },
    text('title', { id: 'wide-title' }, 'Who served each request, over time'),
    text('desc', { id: 'wide-desc' }, description),
    element('g', { class: 'events' }, ...flagLines),
    element('g', { class: 'lanes' }, ...parts),
    timeAxis(model, x, y));
}

function laneOf(lane: Lane, x: (at: number) => number, y: number): string {
  return element('g', { class: `hue-${lane.hue}` },
    element('rect', { class: 'lane', x: LEFT, y, width: WIDTH - LEFT - RIGHT, height: LANE, rx: 3 }),
    ...lane.active.map((span) => element('rect', { class: 'active', x: x(span.from), y, width: px(x(span.to) - x(span.from)), height: LANE })),
    ...lane.dead.map((span) => element('rect', { class: 'dead', x: x(span.from), y, width: px(x(span.to) - x(span.from)), height: LANE, fill: 'url(#hatch)' })),
    text('text', { class: 'label', x: LEFT - 10, y: y + LANE / 2 + 4, 'text-anchor': 'end' }, lane.region),
    ticks('write', lane.writes, x, y + 9, LANE - 18),
    ...lane.dead.map((span) => text('text', { class: 'in-lane', x: px((x(span.from) + x(span.to)) / 2), y: y + LANE / 2 + 4, 'text-anchor': 'middle' }, 'dead')));
}

/** A run that ended early does not know who served. */
function unknownLane(model: TimelineModel, x: (at: number) => number, y: number): string {
  return element('g', {},
    element('rect', { class: 'lane', x: LEFT, y, width: WIDTH - LEFT - RIGHT, height: LANE, rx: 3 }),
    text('text', { class: 'label', x: LEFT - 10, y: y + LANE / 2 + 4, 'text-anchor': 'end' }, 'not known'),
    ticks('unknown', model.unknownWrites, x, y + 9, LANE - 18));
}

function failedLane(model: TimelineModel, x: (at: number) => number, y: number): string {
  return element('g', { class: 'failed' },
    element('rect', { class: 'lane', x: LEFT, y, width: WIDTH - LEFT - RIGHT, height: LANE, rx: 3 }),
    text('text', { class: 'label', x: LEFT - 10, y: y + LANE / 2 + 4, 'text-anchor': 'end' }, 'failed'),
    ticks('write', model.failedWrites, x, y + 18, LANE - 24),
    ...model.outages.map((outage) => {
      const [from, to] = [x(outage.from), x(outage.to)];
      const wide = to - from > outage.label.length * CHARACTER;
      return element('path', { class: 'outage', d: `M${from} ${y + 14}V${y + 6}H${to}V${y + 14}` })
        + text('text', { class: 'outage-label', x: wide ? px((from + to) / 2) : to + 6, y: y + 17, 'text-anchor': wide ? 'middle' : 'start' }, outage.label);
    }));
}

function readsLane(model: TimelineModel, x: (at: number) => number, y: number): string {
  return element('g', { class: 'reads' },
    element('rect', { class: 'lane', x: LEFT, y, width: WIDTH - LEFT - RIGHT, height: 22, rx: 3 }),
    text('text', { class: 'label', x: LEFT - 10, y: y + 15, 'text-anchor': 'end' }, 'reads'),
    ticks('found', model.foundReads, x, y + 8, 6),
    ticks('failed-read', model.failedReads, x, y + 4, 14),
    ...model.missingReads.map((at) => element('circle', { class: 'missing', cx: x(at), cy: y + 11, r: 3.5 })));
}

function backlogChart(model: TimelineModel, x: (at: number) => number, y: number): string {
  const top = niceTop(model.mostMissing);
  const value = (missing: number) => px(y + CHART - (missing / top) * (CHART - 6));
  return element('g', { class: 'backlog' },
    text('text', { class: 'caption', x: LEFT, y: y - 8 }, CAPTION),
    ...model.lanes.map((lane, index) => {
      const left = LEFT + CAPTION.length * CHARACTER + 24 + index * 120;
      return element('g', { class: `hue-${lane.hue}` },
        element('path', { class: 'line', d: `M${left} ${y - 12}h26` }),
        text('text', { class: 'caption label', x: left + 32, y: y - 8 }, lane.region));
    }),
    ...[0, top / 2, top].map((step) => element('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: value(step), y2: value(step) })
      + text('text', { class: 'axis', x: LEFT - 10, y: value(step) + 4, 'text-anchor': 'end' }, step)),
    ...model.lanes.map((lane) => element('g', { class: `hue-${lane.hue}` },
      ...lane.backlog.filter((stretch) => stretch.length > 0).map((stretch) => element('path', {
        class: 'line',
        d: `M${stretch.map((sample, index) => (index === 0 ? `${x(sample.at)} ${value(sample.missing)}` : `H${x(sample.at)}V${value(sample.missing)}`)).join('')}`,
      })))));
}

function timeAxis(model: TimelineModel, x: (at: number) => number, y: number): string {
  const step = axisStep(model.length, 12);
  const marks: string[] = [];
  for (let at = 0; at <= model.length; at += step) {
    marks.push(element('line', { x1: x(at), x2: x(at), y1: y, y2: y + 5 }) + text('text', { x: x(at), y: y + 18, 'text-anchor': 'middle' }, `${at} s`));
  }
  return element('g', { class: 'axis' }, element('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y }), ...marks);
}

interface Flag {
  readonly x: number;
  readonly textX: number;
  readonly anchor: 'start' | 'end';
  readonly row: number;
  readonly kind: string;
  readonly text: string;
}

/** Puts each label into the lowest row in which it overlaps no other. */
function placeFlags(model: TimelineModel, x: (at: number) => number): Flag[] {
  const ends: number[] = [];
  const placed: Flag[] = [];
  for (const event of model.events) {
    const at = x(event.at);
    const length = event.short.length * CHARACTER;
    const anchor = at + length > WIDTH ? 'end' as const : 'start' as const;
    const left = anchor === 'end' ? at - length : at;
    let row = ends.findIndex((end) => end + 8 < left);
    if (row === -1) row = ends.length;
    ends[row] = left + length;
    placed.push({ x: at, textX: anchor === 'end' ? at - 4 : at + 4, anchor, row, kind: event.kind, text: event.short });
  }
  // The first label lies lowest, so that its line crosses no other label.
  return placed.map((flag) => ({ ...flag, row: ends.length - 1 - flag.row }));
}

function ticks(name: string, at: readonly number[], x: (at: number) => number, y: number, height: number): string {
  return at.length === 0 ? '' : element('path', { class: name, d: at.map((one) => `M${x(one)} ${y}v${height}`).join('') });
}

export function niceTop(most: number): number {
  return [4, 10, 20, 40, 60, 100, 200, 400, 600, 1000].find((top) => most <= top) ?? Math.ceil(most / 1000) * 1000;
}
