import type { Instant } from '../../ports';
import type { DrillSwitch, DrillWrite, Recording } from './recording';

/** Landings in a row that count as served: one alone may be luck while routes spread. */
const IN_A_ROW = 3;

/** A stretch in which no write succeeded. */
export interface Outage {
  readonly from: Instant;
  /** When the first failure was known: a write that failed may have begun before what made it fail. */
  readonly failedAt: Instant;
  /** Absent where no write succeeded any more. */
  readonly to?: Instant;
  readonly failedWrites: number;
}

export interface SwitchFigures {
  /** From the command until the target served the first of several writes in a row; absent where it never did. */
  readonly recoveryMs?: number;
  readonly acceptedMs?: number;
  /** The longest stretch without writes that this switch caused. */
  readonly outageMs: number;
  /** Recovery point: acknowledged writes that the target lacked when the routes were accepted; absent where that is not known. */
  readonly missing?: number;
  /** Age of the oldest of them then. */
  readonly oldestMissingMs?: number;
  readonly failedWrites: number;
}

/** From the last write that succeeded, when it began, to the next one that did, where at least one failed in between. */
export function findOutages(writes: readonly DrillWrite[]): Outage[] {
  const outages: Outage[] = [];
  let failed: DrillWrite[] = [];
  for (const write of [...writes].sort((a, b) => a.at - b.at)) {
    if (write.outcome === 'failed') {
      failed.push(write);
      continue;
    }
    if (failed.length > 0) outages.push({ ...begun(failed), to: write.at });
    failed = [];
  }
  if (failed.length > 0) outages.push(begun(failed));
  return outages;
}

function begun(failed: readonly DrillWrite[]): Outage {
  return { from: failed[0].at, failedAt: failed[0].endedAt, failedWrites: failed.length };
}

export function switchFigures(recording: Recording, one: DrillSwitch): SwitchFigures {
  const until = recording.switches.find((other) => other.commandAt > one.commandAt)?.commandAt ?? Infinity;
  const during = (moment: Instant) => moment >= one.commandAt && moment < until;
  const writes = [...recording.writes].sort((a, b) => a.at - b.at);
  // Each is looked at whole: the write that ends an outage may belong to what came after.
  const outages = findOutages(writes).filter((outage) => during(outage.failedAt)).map((outage) => (outage.to ?? recording.endedAt) - outage.from);
  const first = firstServed(writes.filter((write) => during(write.at)), one.to);
  const missing = one.missingAtAcceptance;
  const acceptedAt = one.acceptedAt;
  const lacking = missing === undefined ? [] : recording.writes.filter((write) => missing.includes(write.key));
  return {
    recoveryMs: first && first.endedAt - one.commandAt,
    acceptedMs: acceptedAt === undefined ? undefined : acceptedAt - one.commandAt,
    outageMs: Math.max(0, ...outages),
    missing: missing?.length,
    oldestMissingMs: acceptedAt === undefined || lacking.length === 0 ? undefined : acceptedAt - Math.min(...lacking.map((write) => write.endedAt)),
    failedWrites: writes.filter((write) => write.outcome === 'failed' && during(write.endedAt)).length,
  };
}

function firstServed(writes: readonly DrillWrite[], region: string): DrillWrite | undefined {
  const landed = writes.filter((write) => write.outcome === 'acknowledged' && write.by !== undefined);
  for (let index = 0; index + IN_A_ROW <= landed.length; index++) {
    if (landed.slice(index, index + IN_A_ROW).every((write) => write.by === region)) return landed[index];
  }
  return undefined;
}
