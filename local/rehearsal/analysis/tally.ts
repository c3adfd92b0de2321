import { leavesDead, type Recording, type SwitchRecord } from './recording';
import { servedBy } from './served';

/** What became of the writes. */
export interface Tally {
  readonly attempted: number;
  readonly acknowledged: number;
  readonly failed: number;
  /** Acknowledged and in no Region at the end. Undefined where the run ended before the audit. */
  readonly lost?: number[];
  /** Acknowledged, but some Region has no copy, or a copy of other bytes. */
  readonly incomplete?: { readonly id: number; readonly region: string; readonly problem: 'missing' | 'damaged' }[];
  /** Not acknowledged, yet found: the answer was lost, not the write. */
  readonly keptUnacknowledged?: number[];
  /** Acknowledged writes that the target lacked at the failover and that arrived after the Region was healed. */
  readonly late: { readonly id: number; readonly afterHeal: number; readonly afterWrite: number }[];
  /** Late writes whose key another Region had written again before they arrived: kept as noncurrent versions. */
  readonly superseded: number[];
  readonly divergentKeys?: string[];
}

export function tally(recording: Recording): Tally {
  const acknowledged = recording.writes.filter((write) => write.outcome === 'acknowledged');
  const failed = recording.writes.filter((write) => write.outcome === 'failed');
  const failovers = recording.switches.filter(({ kind }) => leavesDead(kind));
  const lates = failovers.map((failover) => ({ failover, late: findLate(recording, failover) }));
  return {
    attempted: recording.writes.length,
    acknowledged: acknowledged.length,
    failed: failed.length,
    late: lates.flatMap(({ late }) => late),
    superseded: lates.flatMap(({ failover, late }) => findSuperseded(recording, failover, late.map((write) => write.id))),
    ...(recording.audit === undefined ? {} : audited(recording, acknowledged.map((write) => write.id), failed.map((write) => write.id))),
  };
}

function audited(recording: Recording, acknowledged: readonly number[], failed: readonly number[]) {
  const copies = new Map<number, Map<string, boolean>>();
  for (const copy of recording.audit!.copies) {
    const ofWrite = copies.get(copy.id) ?? new Map<string, boolean>();
    copies.set(copy.id, ofWrite.set(copy.region, copy.intact || (ofWrite.get(copy.region) ?? false)));
  }
  const intactIn = (id: number, region: string) => copies.get(id)?.get(region);
  return {
    lost: acknowledged.filter((id) => !recording.regions.some((region) => intactIn(id, region) === true)),
    incomplete: acknowledged.flatMap((id) => recording.regions
      .filter((region) => intactIn(id, region) !== true)
      .map((region) => ({ id, region, problem: intactIn(id, region) === false ? ('damaged' as const) : ('missing' as const) }))),
    keptUnacknowledged: failed.filter((id) => copies.has(id)),
    divergentKeys: recording.audit!.divergentKeys,
  };
}

function findLate(recording: Recording, failover: SwitchRecord): Tally['late'] {
  const healedAt = recording.marks.find((mark) => mark.kind === 'healed' && mark.at > failover.commandAt)?.at;
  if (healedAt === undefined) return [];
  const arrivals = recording.firstSeen.get(failover.to);
  return failover.missingAtSwitch.flatMap((id) => {
    const arrivedAt = arrivals?.get(id);
    const write = recording.writes.find((candidate) => candidate.id === id);
    // Seen before the heal: the listing at the switch was simply ahead of the replication.
    if (arrivedAt === undefined || write === undefined || arrivedAt < healedAt) return [];
    return [{ id, afterHeal: arrivedAt - healedAt, afterWrite: arrivedAt - write.endedAt }];
  });
}

function findSuperseded(recording: Recording, failover: SwitchRecord, late: readonly number[]): number[] {
  const served = servedBy(recording.audit);
  return late.filter((id) => {
    const write = recording.writes.find((candidate) => candidate.id === id)!;
    const arrivedAt = recording.firstSeen.get(failover.to)!.get(id)!;
    return recording.writes.some((other) => other.key === write.key && other.outcome === 'acknowledged'
      && other.startedAt > write.startedAt && other.endedAt < arrivedAt && served.get(other.id) === failover.to);
  });
}
