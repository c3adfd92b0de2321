import { reasonOf } from '../calls/reason';
import { within } from '../calls/side-by-side';
import type { Policy } from './policy';
import type { VetoSight, View } from './view';
import type { ControllerWorld } from './world';

/** An act waits no longer for an alarm. */
const VETO_MS = 2_000;
/** Who comes back so much later stood still itself. */
const LATE_MS = 1_000;
const MOST_TRIES = 3;

type Asks = Pick<ControllerWorld, 'clock' | 'alarms'>;

/**
 * How each veto alarm is, all Regions at once. Never rejects: what cannot be read is said, and holds nothing. But a process that was stopped
 * while it asked says nothing of the alarms, and asks again.
 */
export async function askVetoes(world: Asks, policy: Policy, signal: AbortSignal): Promise<VetoSight[]> {
  for (let attempt = 1; ; attempt++) {
    const asked = world.clock.now();
    const sights = await askOnce(world, policy, signal);
    const stoodStill = world.clock.now() - asked > VETO_MS + LATE_MS;
    if (!stoodStill || attempt === MOST_TRIES || sights.every(({ state }) => state !== 'not known')) return sights;
  }
}

async function askOnce({ clock, alarms }: Asks, { vetoAlarms }: Policy, signal: AbortSignal): Promise<VetoSight[]> {
  const regions = [...new Set(vetoAlarms.map(({ region }) => region))];
  const sights = await Promise.all(
    regions.map(async (region): Promise<VetoSight[]> => {
      const names = vetoAlarms.filter((one) => one.region === region).map(({ name }) => name);
      try {
        const states = await within(region, clock, VETO_MS, (abort) => alarms.states(region, names, abort), signal);
        return names.map((name) => {
          const state = states.get(name);
          return state === undefined ? { region, name, state: 'not known', why: 'there is no such alarm' } : { region, name, state };
        });
      } catch (error) {
        return names.map((name) => ({ region, name, state: 'not known', why: reasonOf(error) }));
      }
    }),
  );
  return sights.flat();
}

export type Veto =
  /** Each was asked. `unread`: those that could not be. */
  | { readonly kind: 'none'; readonly unread: readonly string[] }
  | { readonly kind: 'not asked'; readonly alarms: readonly string[] }
  | { readonly kind: 'veto'; readonly alarms: readonly string[] };

/** What the veto alarms say of an act that would be begun now. Who did not ask may not act. */
export function vetoOf({ vetoes = [] }: View, { vetoAlarms }: Policy): Veto {
  const sightOf = (region: string, name: string) => vetoes.find((one) => one.region === region && one.name === name);
  const missing = vetoAlarms.filter(({ region, name }) => sightOf(region, name) === undefined);
  if (missing.length > 0) return { kind: 'not asked', alarms: missing.map(nameOf) };
  const sights = vetoAlarms.flatMap(({ region, name }) => sightOf(region, name) ?? []);
  const raised = sights.filter(({ state }) => state === 'in alarm');
  if (raised.length > 0) return { kind: 'veto', alarms: raised.map(nameOf) };
  return { kind: 'none', unread: sights.flatMap((one) => (one.state === 'not known' ? [`${nameOf(one)}: ${one.why}`] : [])) };
}

function nameOf({ region, name }: { readonly region: string; readonly name: string }): string {
  return `'${name}' in ${region}`;
}
