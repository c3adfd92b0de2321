import type { Policy } from '../../runtime/core/controller/policy';
import { TableRegister } from '../../runtime/core/controller/register';
import { ReplicatedTable } from '../../runtime/core/controller/replicated-table';
import type { Teller } from '../../runtime/core/operate/act/world';
import { failover } from '../../runtime/core/operate/failover/failover';
import { fencesIn } from '../../runtime/core/operate/fence/everywhere';
import { isInUse, liftFences } from '../../runtime/core/operate/fence/lift';
import { historyOf } from '../../runtime/core/operate/history/store';
import { liftQuarantine, seeQuarantine } from '../../runtime/core/operate/quarantine/lift';
import { planReconcile } from '../../runtime/core/operate/reconcile/plan';
import { reconcile } from '../../runtime/core/operate/reconcile/run';
import { setRoutes } from '../../runtime/core/operate/routes-set/routes-set';
import { switchOver } from '../../runtime/core/operate/switchover/switchover';
import type { SwitchoverWorld } from '../../runtime/core/operate/switchover/world';
import type { WallClock } from '../../runtime/core/operate/ports';
import type { Limits } from '../../runtime/core/routes/endpoint';
import { routesWith } from '../../runtime/core/routes/routes';
import { Explained } from '../../runtime/core/calls/explained';
import { MemoryFile, MemoryStore } from '../runtime/support/memory-store';
import type { Acting, Verb } from './faults/episode';
import type { Env } from './world/core';
import type { Comparison, Told } from './world/facts';

/** As the command's own defaults. */
const TIMEOUT_MS = { failover: 300_000, 'fence lift': 180_000 };

type Ending = Pick<Told, 'outcome' | 'sentence'> & Partial<Told>;

/** What a person types, as the command carries it out: the same core, over the simulated ports. */
export async function operate(env: Env, policy: Policy, wall: WallClock, verb: Acting | 'failover', region: string): Promise<Told> {
  const beganAt = env.objects!.now();
  const ending = await carryOut(env, worldOf(env, policy, wall), verb, region);
  return { verb, region, beganAt, nothingLost: false, compared: [], ...ending };
}

function worldOf({ clock, random, log, endpoints, objects, boot, voters }: Env, policy: Policy, wall: WallClock): SwitchoverWorld {
  const { estate, buckets, probe, metrics, replication, replica } = objects!;
  const table = new ReplicatedTable(clock, voters.map((region) => ({ region, table: replica(region) })));
  const register = new TableRegister({ table, clock, wall, random }, policy.coolDownMs);
  return { clock, random, log, endpoints, wall, estate, buckets, probe, metrics, register, controller: { policy, table, replica }, who: boot, replication };
}

async function carryOut(env: Env, world: SwitchoverWorld, verb: Acting | 'failover', region: string): Promise<Ending> {
  const { clock, signal } = env;
  const within = (milliseconds: number): Limits => ({ deadline: clock.now() + milliseconds, signal });
  const teller = tellerOf(env);
  const acting = { why: 'a drill', dryRun: false, proof: 'served' } as const;
  switch (verb) {
    case 'failover':
    case 'forced failover':
      return ended(await failover(world, teller, { ...acting, to: region, asks: true, force: verb === 'forced failover', limits: within(TIMEOUT_MS.failover) }));
    case 'routes set':
      return ended(await setRoutes(world, teller, { ...acting, routes: routesWith([region], env.data), force: false, limits: within(TIMEOUT_MS.failover) }));
    case 'switchover':
    case 'forced switchover':
    case 'switchover without a fence':
      return ended(await switchOver(world, teller, { target: region, drain: 'listing', fence: verb !== 'switchover without a fence', force: verb === 'forced switchover', why: 'a drill', limits: within(Infinity) }));
    case 'fence lift':
    case 'forced fence lift':
      return liftFence(world, region, verb === 'forced fence lift', within(TIMEOUT_MS['fence lift']));
    case 'quarantine lift':
      return endQuarantine(world, region);
    case 'reconcile':
      return compare(env, world, teller);
  }
}

function ended({ kind, sentence, nothingLost }: { readonly kind: string; readonly sentence: string; readonly nothingLost: boolean }): Ending {
  return { outcome: kind, sentence, nothingLost };
}

/** A person says yes to every plan. */
function tellerOf({ log }: Env): Teller {
  return { step: (name) => log.info(name), progress: () => undefined, say: (line) => log.info(line), confirm: async () => 'yes' };
}

async function liftFence(world: SwitchoverWorld, region: string, force: boolean, limits: Limits): Promise<Ending> {
  const { sights } = await fencesIn(world, [region], limits);
  const [sight] = sights;
  if (!sight.ok) return { outcome: 'failed', sentence: sight.reason };
  if (sight.fences.length === 0) return { outcome: 'none', sentence: 'no fence stands' };
  if (!force) {
    const foreign = await isInUse(world, sight, limits, () => undefined);
    if (foreign.kind === 'in use') return { outcome: 'refused', sentence: 'it is in use' };
  }
  const { taken } = await liftFences(world, sight, limits, 'a drill');
  return taken.ok ? { outcome: 'lifted', sentence: 'lifted' } : { outcome: 'failed', sentence: taken.reason };
}

async function endQuarantine(world: SwitchoverWorld, region: string): Promise<Ending> {
  const { quarantine } = await seeQuarantine(world, region);
  if (!quarantine) return { outcome: 'none', sentence: 'not quarantined' };
  const { regions } = await liftQuarantine(world, quarantine, 'a drill');
  return regions.length > 0 ? { outcome: 'lifted', sentence: 'lifted' } : { outcome: 'failed', sentence: 'no Region took the record' };
}

async function compare(env: Env, world: SwitchoverWorld, teller: Teller): Promise<Ending> {
  const history = historyOf(world);
  const { signal } = env;
  try {
    const { job, silent } = await planReconcile({ world, history, signal, request: {} });
    if (silent.length > 0) return { outcome: 'failed', sentence: `${silent[0].region} does not answer` };
    const csv = new MemoryFile('findings');
    const report = await reconcile({ world, history, store: new MemoryStore(), teller, signal, outputs: { csv: async () => csv } }, job);
    if (report.outcome === 'incomplete') return { outcome: report.outcome, sentence: report.sentence };
    return { outcome: report.outcome, sentence: report.sentence, compared: report.pairs.map(({ plan }) => comparisonOf(plan, csv.text)) };
  } catch (error) {
    if (error instanceof Explained) return { outcome: 'failed', sentence: error.message };
    throw error;
  }
}

/** The list as a person reads it. */
function comparisonOf({ between, since }: { readonly between: readonly [string, string]; readonly since?: { readonly at: number } }, csv: string): Comparison {
  const rows = csv.split('\n').slice(1).map((line) => line.split(','));
  const of = (finding: string, column: number) => new Set(rows.filter(([kind]) => kind === finding).map((row) => row[column]));
  return { between, ...(since && { since: since.at }), superseded: of('superseded', 4), missing: of('missing', 4), differing: of('differs', 2) };
}

export function isActing(verb: Verb): verb is Acting | 'failover' {
  return !['pause', 'resume', 'exclude', 'include', 'lift'].includes(verb);
}
