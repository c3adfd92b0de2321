import { hueOf, type TimelineModel } from '../../../../runtime/cli/page/timeline/model';
import { duration } from '../../../../runtime/cli/page/units';
import type { Report } from '../schema';

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
      hue: hueOf(index),
      writes: writes.filter((write) => write.by === region).map((write) => since(write.at)),
      active: spans(report.timeline.active, region),
      dead: spans(report.timeline.dead, region),
      backlog: stretches(report, region, since),
      unanswered: report.timeline.backlog.filter((sample) => sample.region === region && sample.missing === null).map((sample) => since(sample.at)),
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
    case 'decided': return 'decided';
    case 'accepted': return 'accepted';
    case 'healed': return 'healed';
    case 'caught-up': return 'caught up';
    default: return mark.text;
  }
}

/** What the picture shows, for who cannot see it. */
export function describeTimeline(report: Report): string {
  const model = timelineModel(report);
  const counts = model.lanes.map((lane) => `${lane.region} served ${lane.writes.length}`).join(', ');
  const events = model.events.map((event) => `${duration(event.at)}: ${event.text}`).join('; ');
  return `${duration(model.length)} of traffic. Writes: ${counts}, ${model.failedWrites.length} failed. ${events}. The table below it holds the same, second by second.`;
}
