import { findOutages, switchFigures } from '../../core/operate/drill/figures';
import type { DrillResult } from '../../core/operate/drill/drill';
import type { Recording } from '../../core/operate/drill/recording';
import { ACTIVE, type Routes } from '../../core/routes/routes';

/** Changes when a reader of version 1 would misread the document; new members do not change it. */
const DRILL_VERSION = 1;

interface Span {
  readonly region: string;
  readonly from: number;
  readonly to: number;
}

/** What `drill --json` prints. Moments and durations are seconds; moments count from the start of the drill. */
export interface DrillDocument {
  readonly schema: 'cdk-s3-failover/drill';
  readonly version: number;
  readonly outcome: DrillResult['kind'];
  readonly sentence: string;
  readonly surprise: string | null;
  /** Whether traffic is at the end where it was at the beginning; null where nobody could tell. */
  readonly restored: boolean | null;
  readonly accessPoint: string;
  readonly startedAt: string;
  readonly elapsed: number;
  readonly regions: readonly string[];
  readonly target: string;
  readonly expectedOutage: number | null;
  readonly switches: readonly {
    readonly from: string;
    readonly to: string;
    readonly at: number;
    readonly outcome: string | null;
    readonly sentence: string | null;
    /** As S3's metrics told it when the switch began. */
    readonly lag: readonly string[];
    /** From the command until the target served; null where it never did. */
    readonly recoveryTime: number | null;
    readonly commandToAccepted: number | null;
    readonly withoutService: number;
    readonly failedWrites: number;
    /** Acknowledged writes that the target lacked when the routes were accepted: the recovery point. */
    readonly missing: number | null;
    readonly oldestMissing: number | null;
  }[];
  readonly writes: { readonly attempted: number; readonly acknowledged: number; readonly failed: number; readonly servedBy: { readonly [region: string]: number } };
  readonly reads: { readonly attempted: number; readonly found: number; readonly missing: number; readonly failed: number };
  readonly outages: readonly { readonly from: number; readonly to: number | null; readonly failedWrites: number }[];
  readonly routesBefore: { readonly [region: string]: 'active' | 'passive' } | null;
  readonly routesAfter: { readonly [region: string]: 'active' | 'passive' } | null;
  readonly timeline: {
    readonly marks: readonly { readonly at: number; readonly kind: string; readonly text: string; readonly region: string | null }[];
    /** When the routes, as accepted, let traffic go to a Region. */
    readonly active: readonly Span[];
    readonly writes: readonly { readonly at: number; readonly took: number; readonly ok: boolean; readonly by: string | null; readonly error: string | null }[];
    readonly reads: readonly { readonly at: number; readonly outcome: string; readonly error: string | null }[];
    readonly backlog: readonly { readonly at: number; readonly region: string; readonly missing: number | null }[];
  };
  readonly leftovers: readonly string[];
  readonly next: readonly string[];
}

export interface DrillFacts {
  readonly accessPoint: string;
  readonly target: string;
  /** When it began, as ISO 8601. */
  readonly startedAt: string;
}

export function drillDocument(result: DrillResult, facts: DrillFacts): DrillDocument {
  const { recording } = result;
  const at = (moment: number) => seconds(moment - recording.beganAt);
  const acknowledged = recording.writes.filter((write) => write.outcome === 'acknowledged');
  const reads = (outcome: string) => recording.reads.filter((read) => read.outcome === outcome).length;
  return {
    schema: 'cdk-s3-failover/drill',
    version: DRILL_VERSION,
    outcome: result.kind,
    sentence: result.sentence,
    surprise: result.surprise ?? null,
    restored: result.restored ?? null,
    accessPoint: facts.accessPoint,
    startedAt: facts.startedAt,
    elapsed: at(recording.endedAt),
    regions: recording.regions,
    target: facts.target,
    expectedOutage: result.expectedOutageSeconds ?? null,
    switches: recording.switches.map((one) => {
      const figures = switchFigures(recording, one);
      return {
        from: one.from,
        to: one.to,
        at: at(one.commandAt),
        outcome: one.outcome ?? null,
        sentence: one.sentence ?? null,
        lag: one.lag ?? [],
        recoveryTime: orNull(figures.recoveryMs),
        commandToAccepted: orNull(figures.acceptedMs),
        withoutService: seconds(figures.outageMs),
        failedWrites: figures.failedWrites,
        missing: figures.missing ?? null,
        oldestMissing: orNull(figures.oldestMissingMs),
      };
    }),
    writes: {
      attempted: recording.writes.length,
      acknowledged: acknowledged.length,
      failed: recording.writes.length - acknowledged.length,
      servedBy: Object.fromEntries(recording.regions.map((region) => [region, acknowledged.filter((write) => write.by === region).length])),
    },
    reads: { attempted: recording.reads.length, found: reads('found'), missing: reads('missing'), failed: reads('failed') },
    outages: findOutages(recording.writes).map((outage) => ({ from: at(outage.from), to: outage.to === undefined ? null : at(outage.to), failedWrites: outage.failedWrites })),
    routesBefore: routesOf(result.before),
    routesAfter: routesOf(result.live),
    timeline: {
      marks: recording.marks.map((mark) => ({ at: at(mark.at), kind: mark.kind, text: mark.text, region: mark.region ?? null })),
      active: activeSpans(recording).map((span) => ({ ...span, from: at(span.from), to: at(span.to) })),
      writes: [...recording.writes]
        .sort((a, b) => a.at - b.at)
        .map((write) => ({ at: at(write.at), took: seconds(write.endedAt - write.at), ok: write.outcome === 'acknowledged', by: write.by ?? null, error: write.error ?? null })),
      reads: recording.reads.map((read) => ({ at: at(read.at), outcome: read.outcome, error: read.error ?? null })),
      backlog: recording.backlog.map((sample) => ({ at: at(sample.at), region: sample.region, missing: sample.missing ?? null })),
    },
    leftovers: result.leftovers.map(({ region, reason }) => `${region}: ${reason}`),
    next: result.next,
  };
}

/** The first Region until the first acceptance, and so on. */
function activeSpans(recording: Recording): Span[] {
  const [first] = recording.switches;
  if (!first) return [];
  const spans: Span[] = [];
  let region = first.from;
  let from = recording.beganAt;
  for (const one of recording.switches) {
    if (one.acceptedAt === undefined) continue;
    spans.push({ region, from, to: one.acceptedAt });
    region = one.to;
    from = one.acceptedAt;
  }
  return [...spans, { region, from, to: recording.endedAt }];
}

function routesOf(routes: Routes | undefined): { [region: string]: 'active' | 'passive' } | null {
  return routes === undefined ? null : Object.fromEntries(routes.map((route) => [route.region, route.dial === ACTIVE ? 'active' : 'passive']));
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

function orNull(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : seconds(milliseconds);
}
