import type { FenceSight, StandingFence } from '../../core/operate/fence/everywhere';
import { list } from '../../core/routes/routes';
import type { WallClock } from '../../core/operate/ports';
import type { Paint } from '../terminal';
import { table, type Cell } from '../terminal/table';

export const FENCES_SCHEMA = { schema: 'cdk-s3-failover/fences', version: 1 } as const;

export function fencesText(sights: readonly FenceSight[], wall: WallClock, paint: Paint): string {
  const rows = sights.flatMap((sight): (string | Cell)[][] => {
    if (!sight.ok) return [[sight.region, { text: 'not seen', paint: paint.warn }, '-', sight.reason]];
    if (sight.fences.length === 0) return [[sight.region, { text: 'none', paint: paint.faint }, '-', '-']];
    return sight.fences.map((fence) => [sight.region, stateCell(fence, paint), untilText(fence, wall), whoseText(fence)]);
  });
  return table(['REGION', 'FENCE', 'UNTIL', 'WHOSE'], rows, paint.faint);
}

export function fencesDocument(sights: readonly FenceSight[], wall: WallClock): object[] {
  return sights.map((sight) =>
    sight.ok
      ? {
          region: sight.region,
          seen: true,
          fences: sight.fences.map((fence) => ({
            act: fence.actId,
            until: fence.until === undefined ? null : wall.iso(fence.until),
            lapsed: fence.lapsed,
            busy: fence.busy,
            verb: fence.act?.verb ?? null,
            who: fence.act?.who ?? null,
            to: fence.act?.to ?? null,
            ended: fence.act?.endedAt ?? null,
          })),
        }
      : { region: sight.region, seen: false, reason: sight.reason },
  );
}

/** `'switchover' to us-west-2 by ..., begun at ...`, as far as records tell. */
export function whoseText({ actId, act, busy }: StandingFence): string {
  if (!act) return `act ${actId}, of which no record could be read`;
  const ended = act.phase === 'ended' ? `, ended at ${act.endedAt ?? act.at}` : busy ? '' : ', which never said how it ended';
  return `'${act.verb}' to ${list(act.to)} by ${act.who}, begun at ${act.at}${ended}`;
}

export function unreadText(reason: string, paint: Paint): string {
  return `${paint.warn('note')}  records of acts could not be read, so that it may not be known whose a fence is: ${reason}\n`;
}

function stateCell({ lapsed }: StandingFence, paint: Paint): Cell {
  return lapsed ? { text: 'lapsed', paint: paint.faint } : { text: 'up', paint: paint.bad };
}

function untilText({ until }: StandingFence, wall: WallClock): string {
  return until === undefined ? 'for ever' : wall.iso(until).replace(/\.\d+Z$/, 'Z');
}
