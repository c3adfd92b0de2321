import { hueOf, type Lane, type TimelineModel } from '../page/timeline/model';
import { duration } from '../page/units';
import type { DrillDocument } from './document';

/** Steps of an act come close together: the picture shows what moved traffic, the table below it every one. */
const SHOWN = new Set(['command', 'accepted', 'served', 'surprise']);

export function drillTimeline(document: DrillDocument): TimelineModel {
  const { timeline } = document;
  const readsOf = (outcome: string) => timeline.reads.filter((read) => read.outcome === outcome).map((read) => read.at);
  return {
    length: Math.max(1, document.elapsed),
    lanes: document.regions.map((region, index) => lane(document, region, index)),
    failedWrites: timeline.writes.filter((write) => !write.ok).map((write) => write.at),
    unknownWrites: timeline.writes.filter((write) => write.ok && write.by === null).map((write) => write.at),
    outages: document.outages.map((outage) => {
      const to = outage.to ?? document.elapsed;
      return { from: outage.from, to, label: `${duration(to - outage.from)} without service` };
    }),
    missingReads: readsOf('missing'),
    failedReads: readsOf('failed'),
    foundReads: readsOf('found'),
    events: timeline.marks.filter((mark) => SHOWN.has(mark.kind)).map((mark) => ({ at: mark.at, kind: mark.kind === 'surprise' ? 'killed' : mark.kind, text: mark.text, short: short(mark) })),
    mostMissing: Math.max(0, ...timeline.backlog.map((sample) => sample.missing ?? 0)),
  };
}

function lane(document: DrillDocument, region: string, index: number): Lane {
  const { timeline } = document;
  const samples = timeline.backlog.filter((sample) => sample.region === region);
  const stretches: { at: number; missing: number }[][] = [];
  let current: { at: number; missing: number }[] | undefined;
  for (const { at, missing } of samples) {
    if (missing === null) current = undefined;
    else if (current) current.push({ at, missing });
    else stretches.push((current = [{ at, missing }]));
  }
  return {
    region,
    hue: hueOf(index),
    writes: timeline.writes.filter((write) => write.by === region).map((write) => write.at),
    active: timeline.active.filter((span) => span.region === region),
    dead: [],
    backlog: stretches,
    unanswered: samples.filter((sample) => sample.missing === null).map((sample) => sample.at),
  };
}

function short(mark: DrillDocument['timeline']['marks'][number]): string {
  switch (mark.kind) {
    case 'command':
      return `switch to ${mark.region}`;
    case 'surprise':
      return 'surprise';
    case 'served':
      return 'served';
    default:
      return 'accepted';
  }
}

/** What the picture shows, for who cannot see it. */
export function describeDrill(document: DrillDocument): string {
  const counts = Object.entries(document.writes.servedBy).map(([region, n]) => `${region} served ${n}`).join(', ');
  const events = document.timeline.marks.filter((mark) => SHOWN.has(mark.kind)).map((mark) => `${duration(mark.at)}: ${mark.text}`).join('; ');
  return `${duration(document.elapsed)} of traffic. Writes: ${counts}, ${document.writes.failed} failed. ${events}. The table below it holds the same, second by second.`;
}
