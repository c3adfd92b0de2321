import { replicationLag } from '../analysis/lag';
import { findOutages, lengthOf } from '../analysis/outages';
import type { Mark, Recording } from '../analysis/recording';
import { servedBy } from '../analysis/served';
import { describeSwitch } from '../analysis/switches';
import { tally } from '../analysis/tally';
import type { StepsRun } from '../engine/steps';
import { REPORT_VERSION, type Report } from './schema';

export interface ReportInput {
  readonly run: StepsRun;
  readonly recording: Recording;
  readonly setting: Report['setting'];
  readonly startedAt: Date;
  readonly elapsedMs: number;
  readonly notes: readonly string[];
}

export function buildReport(input: ReportInput): Report {
  const { recording, run } = input;
  const end = recording.marks.find((mark) => mark.kind === 'stopped')?.at ?? input.elapsedMs;
  const broken = run.results.find((result) => result.outcome === 'failed' || result.outcome === 'interrupted');
  return {
    schema: 'cdk-s3-failover/rehearsal',
    version: REPORT_VERSION,
    outcome: run.outcome,
    failure: broken === undefined ? null : { step: broken.title, reason: broken.detail },
    startedAt: input.startedAt.toISOString(),
    elapsed: seconds(input.elapsedMs),
    setting: input.setting,
    steps: run.results.map((result) => ({
      id: result.id,
      title: result.title,
      outcome: result.outcome,
      at: seconds(result.startedAt),
      elapsed: seconds(result.endedAt - result.startedAt),
      command: result.command ?? null,
      detail: result.detail,
    })),
    outages: findOutages(recording.writes, recording.reads).map((outage) => ({
      from: seconds(outage.from),
      to: orNull(outage.to),
      withoutService: seconds(lengthOf(outage, end)),
      failedWrites: outage.failedWrites,
      failedReads: outage.failedReads,
    })),
    switches: recording.switches.map((record) => {
      const figures = describeSwitch(recording, record, endOfPhase(recording, record.commandAt, end));
      return {
        kind: record.kind,
        from: record.from,
        to: record.to,
        command: record.command ?? null,
        commandAt: seconds(record.commandAt),
        decision: record.decision === undefined ? null : {
          by: record.decision.by,
          why: record.decision.why,
          faultToDecision: seconds(record.decision.at - record.commandAt),
          decisionToAccepted: orNull(figures.decisionToAccepted),
        },
        commandToAccepted: orNull(figures.commandToAccepted),
        commandToEnd: orNull(figures.commandToEnd),
        commandToServed: orNull(figures.commandToServed),
        acceptedToServed: orNull(figures.acceptedToServed),
        acceptedToLastElsewhere: orNull(figures.acceptedToLastElsewhere),
        routesBefore: { ...record.routesBefore },
        routesAfter: record.routesAfter === undefined ? null : { ...record.routesAfter },
        missingAtSwitch: record.acceptedAt === undefined ? null : figures.missingAtSwitch,
        missingReads: figures.missingReads,
      };
    }),
    writes: writeFigures(recording),
    reads: {
      attempted: recording.reads.length,
      found: recording.reads.filter((read) => read.outcome === 'found').length,
      missing: recording.reads.filter((read) => read.outcome === 'missing').length,
      failed: recording.reads.filter((read) => read.outcome === 'failed').length,
    },
    replication: lagFigures(recording),
    timeline: timeline(recording, input.setting.activeRegion, end),
    notes: [...input.notes],
  };
}

function writeFigures(recording: Recording): Report['writes'] {
  const figures = tally(recording);
  const served = [...servedBy(recording.audit).values()];
  const acknowledged = new Set(recording.writes.filter((write) => write.outcome === 'acknowledged').map((write) => write.id));
  const intact = new Set(recording.audit?.copies.filter((copy) => copy.intact && acknowledged.has(copy.id)).map((copy) => `${copy.region} ${copy.id}`));
  const healed = recording.marks.some((mark) => mark.kind === 'healed');
  const afterHeal = figures.late.map((one) => one.afterHeal);
  return {
    attempted: figures.attempted,
    acknowledged: figures.acknowledged,
    failed: figures.failed,
    servedBy: recording.audit === undefined ? null : Object.fromEntries(recording.regions.map((region) => [region, served.filter((one) => one === region).length])),
    lost: figures.lost?.length ?? null,
    late: healed ? figures.late.length : null,
    lateArrival: figures.late.length === 0 ? null : {
      firstAfterHeal: seconds(Math.min(...afterHeal)),
      lastAfterHeal: seconds(Math.max(...afterHeal)),
      longestAfterWrite: seconds(Math.max(...figures.late.map((one) => one.afterWrite))),
    },
    superseded: healed && recording.audit !== undefined ? figures.superseded.length : null,
    keptUnacknowledged: figures.keptUnacknowledged?.length ?? null,
    copiesIntact: recording.audit === undefined ? null : intact.size,
    copiesExpected: figures.acknowledged * recording.regions.length,
    divergentKeys: figures.divergentKeys ?? null,
  };
}

function lagFigures(recording: Recording): Report['replication'] {
  const lag = replicationLag(recording);
  return lag === undefined ? null : { medianLag: seconds(lag.median), longestLag: seconds(lag.longest) };
}

function timeline(recording: Recording, firstActive: string | null, end: number): Report['timeline'] {
  const served = servedBy(recording.audit);
  const from = recording.marks.find((mark) => mark.kind === 'traffic')?.at ?? 0;
  return {
    from: seconds(from),
    to: seconds(end),
    marks: recording.marks.map((mark) => ({ at: seconds(mark.at), kind: mark.kind, region: mark.region ?? null, text: mark.text })),
    active: activeSpans(recording.marks, firstActive, from, end),
    dead: deadSpans(recording.marks, end),
    writes: [...recording.writes].sort((a, b) => a.startedAt - b.startedAt).map((write) => ({
      at: seconds(write.startedAt),
      took: seconds(write.endedAt - write.startedAt),
      ok: write.outcome === 'acknowledged',
      by: write.outcome === 'acknowledged' ? served.get(write.id) ?? null : null,
      error: write.error ?? null,
    })),
    reads: recording.reads.map((read) => ({ at: seconds(read.startedAt), outcome: read.outcome })),
    backlog: [...recording.backlog].sort((a, b) => a.at - b.at).map((sample) => ({ at: seconds(sample.at), region: sample.region, missing: sample.missing ?? null })),
  };
}

function activeSpans(marks: readonly Mark[], firstActive: string | null, from: number, end: number): Report['timeline']['active'] {
  if (firstActive === null) return [];
  const spans: Report['timeline']['active'] = [];
  let current = { region: firstActive, from };
  for (const mark of marks.filter((one) => one.kind === 'accepted')) {
    spans.push({ region: current.region, from: seconds(current.from), to: seconds(mark.at) });
    current = { region: mark.region!, from: mark.at };
  }
  return [...spans, { region: current.region, from: seconds(current.from), to: seconds(end) }];
}

function deadSpans(marks: readonly Mark[], end: number): Report['timeline']['dead'] {
  const healedAt = (killedAt: number) => marks.find((mark) => mark.kind === 'healed' && mark.at > killedAt)?.at ?? end;
  return marks.filter((mark) => mark.kind === 'killed').map((mark) => ({ region: mark.region!, from: seconds(mark.at), to: seconds(healedAt(mark.at)) }));
}

/** A switch's own phase ends with the heal, the next switch or the next death, whichever is first. */
function endOfPhase(recording: Recording, start: number, end: number): number {
  const ends = recording.marks.filter((mark) => mark.at > start && ['healed', 'command', 'killed'].includes(mark.kind)).map((mark) => mark.at);
  return Math.min(end, ...ends);
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function orNull(ms: number | undefined): number | null {
  return ms === undefined ? null : seconds(ms);
}
