import type { Recording, SwitchRecord } from './recording';
import { servedBy } from './served';

/** One switch, told from the command that a person typed. Durations are milliseconds. */
export interface SwitchFigures {
  readonly record: SwitchRecord;
  readonly commandToAccepted?: number;
  /** From the command to the end of the first write that the target served. */
  readonly commandToServed?: number;
  readonly acceptedToServed?: number;
  readonly commandToEnd?: number;
  /** Of an automatic one. */
  readonly decisionToAccepted?: number;
  /** The last write that another Region served after the switch was accepted: propagation, as clients see it. */
  readonly acceptedToLastElsewhere?: number;
  /** Reads, from the command to the end of the switch's own phase, that found nothing: the object had not arrived yet. */
  readonly missingReads: number;
  readonly missingAtSwitch: number;
}

/** `until` ends a switch's own phase: the next switch, the heal, or the end of traffic. */
export function describeSwitch(recording: Recording, record: SwitchRecord, until: number): SwitchFigures {
  const served = servedBy(recording.audit);
  const after = recording.writes.filter((write) => write.outcome === 'acknowledged' && write.startedAt >= record.commandAt && write.startedAt < until);
  const byTarget = after.filter((write) => served.get(write.id) === record.to).map((write) => write.endedAt);
  const elsewhere = after.filter((write) => served.has(write.id) && served.get(write.id) !== record.to).map((write) => write.endedAt);
  const firstServed = byTarget.length === 0 ? undefined : Math.min(...byTarget);
  const { acceptedAt } = record;
  const lastElsewhere = acceptedAt === undefined ? undefined : elsewhere.filter((at) => at > acceptedAt).sort((a, b) => b - a)[0];
  return {
    record,
    commandToAccepted: difference(acceptedAt, record.commandAt),
    commandToServed: difference(firstServed, record.commandAt),
    acceptedToServed: difference(firstServed, acceptedAt),
    commandToEnd: difference(record.commandEndedAt, record.commandAt),
    decisionToAccepted: difference(acceptedAt, record.decision?.at),
    acceptedToLastElsewhere: difference(lastElsewhere, acceptedAt),
    missingReads: recording.reads.filter((read) => read.outcome === 'missing' && read.startedAt >= record.commandAt && read.startedAt < until).length,
    missingAtSwitch: record.missingAtSwitch.length,
  };
}

function difference(later: number | undefined, earlier: number | undefined): number | undefined {
  return later === undefined || earlier === undefined ? undefined : later - earlier;
}
