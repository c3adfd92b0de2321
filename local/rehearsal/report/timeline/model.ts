import { duration } from '../units';
import type { Report } from '../schema';

/** What both pictures draw; seconds count from the start of traffic. */
export interface TimelineModel {
  readonly length: number;
  readonly lanes: readonly Lane[];
  readonly failedWrites: readonly number[];
  /** Acknowledged, but the run ended before it was known by whom. */
  readonly unknownWrites: readonly number[];
  readonly outages: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  readonly missingReads: readonly number[];
  readonly failedReads: readonly number[];
  readonly foundReads: readonly number[];
  readonly events: readonly { readonly at: number; readonly kind: string; readonly text: string; readonly short: string }[];
  readonly mostMissing: number;
}

export interface Lane {
  readonly region: string;
  /** 1, 2, 3...: the colour. */
  readonly hue: number;
  readonly writes: readonly number[];
  readonly active: readonly Span[];
  readonly dead: readonly Span[];
  /** Stretches of samples; the Region did not answer between them. */
  readonly backlog: readonly (readonly { readonly at: number; readonly missing: number }[])[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** There are three easily told colours; further Regions share them, told apart by their lanes. */
const HUES = 3;

export function timelineModel(report: Report): TimelineModel {
  const { from, to, writes, reads, marks } = report.timeline;
  const since = (at: number) => Math.max(0, at - from);
  const spans = (all: Report['timeline']['active'], region: string) => all
    .filter((span) => span.region === region)
    .map((span) => ({ from: since(span.from), to: since(span.to) }));
  const readsOf = (outcome: string) => reads.filter((read) => read.outcome === outcome).map((read) => since(read.at));
  return {
    length: Math.max(1, to - from),
    lanes: report.setting.regions.map((region, index) => ({
      region,
      hue: (index % HUES) + 1,
      writes: writes.filter((write) => write.by === region).map((write) => since(write.at)),
      active: spans(report.timeline.active, region),
      dead: spans(report.timeline.dead, region),
      backlog: stretches(report, region, since),
    })),
    failedWrites: writes.filter((write) => !write.ok).map((write) => since(write.at)),
    unknownWrites: writes.filter((write) => write.ok && write.by === null).map((write) => since(write.at)),
    outages: report.outages.map((outage) => ({
      from: since(outage.from), to: since(outage.to ?? to), label: `${duration(outage.withoutService)} without service`,
    })),
    missingReads: readsOf('missing'),
    failedReads: readsOf('failed'),
    foundReads: readsOf('found'),
    events: marks.filter((mark) => mark.kind !== 'traffic' && mark.kind !== 'stopped').map((mark) => ({ at: since(mark.at), kind: mark.kind, text: mark.text, short: shortText(mark) })),
    mostMissing: Math.max(0, ...report.timeline.backlog.map((sample) => sample.missing ?? 0)),
  };
}

function stretches(report: Report, region: string, since: (at: number) => number): { at: number; missing: number }[][] {
  const all: { at: number; missing: number }[][] = [];
  let current: { at: number; missing: number }[] | undefined;
  for (const sample of report.timeline.backlog.filter((one) => one.region === region && one.at <= report.timeline.to)) {
    if (sample.missing === null) {
      current = undefined;
      continue;
    }
    if (current === undefined) all.push((current = []));
    current.push({ at: since(sample.at), missing: sample.missing });
  }
  return all;
}

/** Lines are close together in a picture: a word or two each. */
function shortText(mark: Report['timeline']['marks'][number]): string {
  switch (mark.kind) {
    case 'command': return `switch to ${mark.region}`;
    case 'accepted': return 'accepted';
    case 'healed': return 'healed';
    case 'caught-up': return 'caught up';
    default: return mark.text;
  }
}

/** Round steps, at most `most` of them. */
export function axisStep(length: number, most: number): number {
  return [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((step) => length / step <= most) ?? 1200;
}

/** What the picture shows, for who cannot see it. */
export function describeTimeline(report: Report): string {
  const model = timelineModel(report);
  const counts = model.lanes.map((lane) => `${lane.region} served ${lane.writes.length}`).join(', ');
  const events = model.events.map((event) => `${duration(event.at)}: ${event.text}`).join('; ');
  return `${duration(model.length)} of traffic. Writes: ${counts}, ${model.failedWrites.length} failed. ${events}. The table below it holds the same, second by second.`;
}
