import { lagReader } from '../../runtime/core/controller/lag-reader';
import { policyOf, type Policy } from '../../runtime/core/controller/policy';
import { TableRegister } from '../../runtime/core/controller/register';
import { claimed, isUnended } from '../../runtime/core/controller/register-moves';
import { formatRegister, parseRegister, REGISTER } from '../../runtime/core/controller/register-state';
import { observe, type Controller, type Ticked } from '../../runtime/core/controller/tick';
import type { Log } from '../../runtime/core/ports';
import type { AlarmReader, Heartbeats, LagReader, Notices } from '../../runtime/core/controller/world';
import type { WallClock } from '../../runtime/core/operate/ports';
import { mayHaveMoved } from '../../runtime/core/operate/act/reached';
import { changeRoutes } from '../../runtime/core/routes/change';
import { READ_TIMES, surveyRoutes } from '../../runtime/core/routes/read';
import { activeRegions, routesWith } from '../../runtime/core/routes/routes';
import type { Verb } from './faults/episode';
import type { Settings } from './faults/plan';
import { isActing, operate } from './operator';
import type { Core, Env } from './world/core';
import type { Told } from './world/facts';

/** The shipped controller, unchanged: its policy, register, tick and act, over the simulated ports. */
export function shipped(noticesOf: (env: Env) => Notices | undefined = () => undefined): Core {
  return {
    registerKey: REGISTER,
    readRegister(item) {
      const { epoch, intent, brake, excluded, quarantined, doubts, act } = parseRegister(item);
      return { epoch, intent, braked: brake !== undefined, excluded: excluded.map(({ region }) => region), quarantined, looksOld: [...doubts.map(({ active }) => active), ...(isUnended(act) ? [act.from] : [])], act: act.kind, open: act.state === 'open', by: `${act.kind} by ${act.by}` };
    },
    firstRegister: (_settings, _data, active) =>
      formatRegister(claimed(undefined, { id: 'first', kind: 'adopted', by: 'the deployment', why: 'it begins', active: [active], coolDownMs: 0 })),
    run: (env, milliseconds) => observe(controllerOf(env, noticesOf(env)), milliseconds, env.signal, (ticked) => tell(env, ticked)),
    person,
  };
}

function controllerOf(env: Env, notices: Notices | undefined): Controller {
  const { clock, random, table, prober, endpoints, accessPoint, role, region, version } = env;
  // Decisions are told below; a trace needs them once.
  const log: Log = { ...env.log, debug: () => undefined, info: () => undefined };
  const world = { clock, wall: wallOf(env), random, log, table, prober, endpoints, accessPoint, lag: lagOf(env), heartbeats: env.heartbeats ?? NO_HEARTBEATS, alarms: env.alarms ?? quietAlarms(env), notices };
  return { world, policy: policyFor(env), self: { role, region }, code: version };
}

function tell(env: Env, ticked: Ticked): void {
  if (!('decision' in ticked)) return;
  const { action, reason, sentence } = ticked.decision;
  env.decided(`${action}: ${reason}`, sentence);
  if (ticked.kind === 'decided' && ticked.act) env.log.info(`act ended: ${ticked.act.state}, ${ticked.act.sentence}`);
}

/** As the deployed observer reads it. Where no bound is set to what may be lost, nobody asks. */
function lagOf(env: Env): LagReader {
  const { heartbeats, metrics, data } = env;
  if (heartbeats && metrics) return lagReader({ clock: env.clock, wall: wallOf(env), heartbeats, metrics, buckets: Object.fromEntries(data.map((region) => [region, region])) }, policyFor(env));
  return {
    read: async (from, to, olderThanMs, signal) => {
      const lagMs = await heartbeats?.lagMs(from, to, olderThanMs, signal);
      return lagMs === undefined ? undefined : { lagMs };
    },
  };
}
const NO_HEARTBEATS: Heartbeats = { beat: async () => 0, lagMs: async () => undefined };
/** The veto of a schedule that sets none: read before each act, and quiet. */
const VETO = 'orders-are-paused';

function quietAlarms({ clock }: Env): AlarmReader {
  return {
    async states(_region, names, signal) {
      await clock.sleep(30, signal);
      return new Map(names.map((name) => [name, 'quiet']));
    },
  };
}

export const NO_NOTICES: Notices = { decided: async () => undefined, reported: async () => undefined, acted: async () => undefined, held: async () => undefined };

const policies = new WeakMap<Settings, Policy>();

/** The same settings are asked about by each run of a schedule. */
export function policyFor({ settings, data, voters }: Env): Policy {
  let policy = policies.get(settings);
  if (!policy) policies.set(settings, (policy = policyOf({ order: data, voters, vetoAlarms: [{ region: voters[0], name: VETO }], ...settings })));
  return policy;
}

/** What a person's command does, with the register and the route client that it shares with the controller. */
async function person(env: Env, verb: Verb, region: string): Promise<Told | void> {
  const register = new TableRegister({ table: env.table, clock: env.clock, wall: wallOf(env), random: env.random }, env.settings.coolDownMs);
  const { signal } = env;
  if (env.objects && isActing(verb)) return operate(env, policyFor(env), wallOf(env), verb, region);
  switch (verb) {
    case 'pause':
      return void (await register.brake({ by: env.boot, why: 'a drill' }, signal));
    case 'resume':
      return void (await register.release(signal));
    case 'exclude':
      return void (await register.exclude(region, 'a drill', signal));
    case 'include':
      return void (await register.include(region, signal));
    case 'lift':
      return void (await register.liftQuarantine(region, signal));
    case 'failover':
      return failover(env, register, region);
    default:
      throw new Error(`'${verb}' needs buckets, and this schedule has none`);
  }
}

function wallOf({ wall }: Env): WallClock {
  return {
    now: wall,
    iso: (at) => new Date(at).toISOString(),
    parse: (text) => (Number.isNaN(Date.parse(text)) ? undefined : Date.parse(text)),
  };
}

const DEADLINE_MS = 60_000;

async function failover(env: Env, register: TableRegister, region: string): Promise<void> {
  const { clock, random, log, endpoints, accessPoint, data, signal, boot } = env;
  const limits = { deadline: clock.now() + DEADLINE_MS, signal };
  const { views } = await surveyRoutes({ clock, endpoints }, accessPoint, limits, READ_TIMES);
  const live = views.flatMap(({ routes }) => activeRegions(routes));
  const claimed = await register.claim({ actId: boot, by: boot, why: 'by hand', active: [region], live: [...new Set(live)], overBrake: true }, signal);
  if (claimed.kind === 'refused') return;
  const result = await changeRoutes(
    { clock, random, log, endpoints },
    { accessPoint, limits, decide: () => ({ kind: 'want', routes: routesWith([region], data) }) },
  );
  const kind = result.kind === 'done' ? 'done' : mayHaveMoved(result) ? 'unknown' : 'failed';
  await register.settle(claimed.claim, { kind, sentence: result.sentence }, signal);
}
