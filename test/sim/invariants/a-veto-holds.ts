import type { Episode } from '../faults/episode';
import type { Plan } from '../faults/plan';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/** From the moment at which the alarms were asked to the claim: a survey of the routes, and the write. */
const ASKED_AND_CLAIMED_MS = 20_000;
/** Who was stopped for less cannot tell it from an alarm that does not answer. */
const NOTICED_MS = 4_000;

/**
 * Nothing automatic begins to move traffic while an alarm of the policy is in ALARM. Judged where it has been for as long as the
 * decision and its claim may have taken, and nothing kept whoever claimed from reading it, nor stopped it where it could not notice.
 */
export class AVetoHolds implements Invariant {
  readonly name = 'a veto holds';
  readonly judges = ['decided', 'register written'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    const { vetoAlarms = [] } = world.plan.settings;
    if (vetoAlarms.length === 0) return;
    if (fact.kind === 'decided' && fact.action.endsWith(': vetoed')) this.occurrences++;
    if (fact.kind !== 'register written' || fact.by.kind !== 'controller') return;
    const { before, after, by, at } = fact;
    if (!begins(before, after) || by.stoppedMs > 0 || (by.frozenMs > 0 && by.frozenMs < NOTICED_MS)) return;
    const from = at - ASKED_AND_CLAIMED_MS - by.frozenMs;
    const standing = vetoAlarms.find((alarm) => stands(world.plan, alarm, from, at) && isReadable(world.plan, by.region, alarm.region, from, at));
    if (standing) world.violate(this.name, `${by.name} begins a ${after.act} to ${after.intent.join('+')}, and '${standing.name}' in ${standing.region} is in ALARM`);
  }
}

/** Whether a write of the register begins an automatic move. To finish one, and to repair, begins none. */
export function begins(before: Extract<Fact, { kind: 'register written' }>['before'], after: Extract<Fact, { kind: 'register written' }>['after']): boolean {
  if (after.epoch === before?.epoch || (after.act !== 'failover' && after.act !== 'failback')) return false;
  return before === undefined || before.intent.length !== after.intent.length || !before.intent.every((region) => after.intent.includes(region));
}

function touches({ at, forMs }: Episode, from: number, to: number): boolean {
  return at <= to && at + forMs >= from;
}

/** In ALARM throughout, and at no time anything else. */
function stands({ episodes }: Plan, { region, name }: { readonly region: string; readonly name: string }, from: number, to: number): boolean {
  const own = episodes.filter((one) => one.kind === 'alarm' && one.region === region && one.name === name && touches(one, from, to));
  return own.some(({ at, forMs }) => at < from && at + forMs > to) && own.every((one) => one.kind === 'alarm' && one.state === 'in alarm');
}

/** One call asks for all alarms of a Region, so that each that cannot be told keeps the others from being told. */
function isReadable({ episodes }: Plan, reader: string, region: string, from: number, to: number): boolean {
  return !episodes.some((one) => {
    if (!touches(one, from, to)) return false;
    switch (one.kind) {
      case 'region dead':
        return one.region === region;
      case 'cut':
        return [one.from, one.to].includes(reader) && [one.from, one.to].includes(region);
      case 'partition':
        return one.side.includes(reader) !== one.side.includes(region);
      case 'alarm':
        return one.region === region && one.state !== 'in alarm' && one.state !== 'gone';
      default:
        return false;
    }
  });
}
