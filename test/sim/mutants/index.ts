import { REGISTER } from '../../../runtime/core/controller/register-state';
import type { Item, Stored } from '../../../runtime/core/controller/ports';
import { FOR_GOOD } from '../faults/episode';
import { NO_RATES } from '../faults/rates';
import { forged, type Mutant } from './mutant';
import { dies, person, schedule } from './plans';

/** What was there and is not seen stays, beside what is added. */
function keep(was: unknown, is: unknown): unknown {
  return Array.isArray(was) && Array.isArray(is) ? [...was, ...is.filter((one) => !was.includes(one))] : was;
}

/** Fields of the register that the controller no longer sees, and that stay as they were when it writes. */
function hidden(fields: { readonly [name: string]: unknown }): Pick<Mutant, 'breaks'> {
  const shown = (key: string, item: Item): Item => (key === REGISTER ? { ...item, ...fields } : item);
  const stored = (key: string, item: Item, real: Item | undefined): Item =>
    key === REGISTER && real ? { ...item, ...Object.fromEntries(Object.keys(fields).map((name) => [name, keep(real[name], item[name])])) } : item;
  return { breaks: (env) => forged(env, { shown, stored }) };
}

/** The reports of all other voters say what one's own says. */
function echoes(region: string, items: ReadonlyMap<string, Stored>): ReadonlyMap<string, Stored> {
  const own = items.get(`report/voter/${region}`);
  if (!own) return items;
  return new Map([...items].map(([key, one]) => [key, key.startsWith('report/voter/') ? { ...one, item: { ...one.item, regions: own.item.regions } } : one]));
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'acts over the brake',
    guard: 'decide: a brake holds; claim: refused under a brake',
    killedBy: 'the brake holds',
    plan: (seed) => schedule(seed, (at) => [person('pause', at(30_000, 60_000), 'eu-west-1'), dies('eu-west-1', at(70_000, 300_000))]),
    ...hidden({ brake: undefined }),
  },
  {
    name: 'knows no cool-down',
    guard: 'decide: nothing moves within a cool-down',
    killedBy: 'no failover within a cool-down',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 120_000)), dies('us-west-2', at(200_000, 220_000))]),
    breaks: (env) => forged(env, { shown: (key, item) => (key === REGISTER ? { ...item, coolDownMs: 0 } : item) }),
  },
  {
    name: 'takes one vote for a majority',
    guard: 'votes: a majority of voters, each with a report of its own',
    killedBy: 'one liar moves nothing',
    plan: (seed) => schedule(seed, (at) => [{ at: at(60_000, 120_000), forMs: 300_000, kind: 'lie', observer: 'voter:us-east-2', lie: 'active down' }]),
    breaks: (env) => forged(env, { listed: (items) => echoes(env.region, items) }),
  },
  {
    name: 'chooses Regions that are barred',
    guard: 'target: neither excluded nor quarantined',
    killedBy: 'an excluded or quarantined Region is no target',
    plan: (seed) =>
      schedule(seed, (at) => [dies('eu-west-1', at(60_000, 90_000), 120_000), dies('us-west-2', at(360_000, 400_000))], { data: ['eu-west-1', 'us-west-2'] }),
    ...hidden({ excluded: [], quarantined: [] }),
  },
  {
    name: 'claims without a condition',
    guard: 'register: the epoch is taken by a conditional write',
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [dies('eu-west-1', at(60_000, 300_000))], { rates: { ...NO_RATES, 'run doubled': 1 }, quietFrom: 9 * 60_000 }),
    breaks: (env) =>
      forged(env, {
        put: async (table, key, item, ifRevision, signal) => table.put(key, item, key === REGISTER ? (await table.get(key, signal))?.revision : ifRevision, signal),
      }),
  },
  {
    name: 'acts without a claim',
    guard: 'act: nothing is sent before the epoch is taken; gate: nor without the register saying so',
    killedBy: 'submits own the epoch',
    plan: (seed) => schedule(seed, (at) => [{ at: at(60_000, 300_000), forMs: FOR_GOOD, kind: 'storage', region: 'eu-west-1', state: 'failing' }]),
    breaks: (env) => forged(env, { keeps: (key, ifRevision) => key === REGISTER && ifRevision !== undefined }),
  },
];
