import type { Item } from '../../../runtime/core/controller/ports';
import { callOnce } from '../../../runtime/core/routes/endpoint';
import { activeRegions, routesWith, sameRoutes } from '../../../runtime/core/routes/routes';
import type { Core, Env } from '../world/core';
import type { RegisterFacts } from '../world/register-facts';

/** Ways in which the stand-in can be broken, each to be caught by an invariant. */
export interface Flaws {
  readonly withoutClaim?: boolean;
  readonly oneVoteIsEnough?: boolean;
  readonly ignoresBrake?: boolean;
  readonly ignoresCoolDown?: boolean;
  readonly anyTarget?: boolean;
}

const REGISTER = 'register';

/**
 * A controller in a hundred lines, by which the simulator itself is tried: majority of voters, one epoch per act, no repair.
 * It shares no code with the shipped one.
 */
export function standIn(flaws: Flaws = {}): Core {
  return {
    registerKey: REGISTER,
    readRegister: (item) => item as unknown as RegisterFacts,
    firstRegister: (_settings, _data, active) => ({ epoch: 1, intent: [active], braked: false, excluded: [], quarantined: [], coolDownUntil: 0 }),
    async run(env, milliseconds) {
      const until = env.clock.now() + milliseconds;
      const memory: Memory = { downSince: undefined, seen: new Map() };
      while (env.clock.now() < until) {
        const next = env.clock.now() + env.settings.intervalMs;
        await tick(env, memory, flaws).catch((error: unknown) => env.decided('hold', error instanceof Error ? error.message : String(error)));
        await env.clock.sleep(next - env.clock.now());
      }
    },
    async person(env, verb) {
      const never = new AbortController().signal;
      const stored = await env.table.get(REGISTER, never);
      if (stored && (verb === 'pause' || verb === 'resume')) await env.table.put(REGISTER, { ...stored.item, braked: verb === 'pause' }, stored.revision, never);
    },
  };
}

interface Memory {
  downSince: number | undefined;
  readonly seen: Map<string, { readonly count: unknown; readonly at: number }>;
}

async function tick(env: Env, memory: Memory, flaws: Flaws): Promise<void> {
  const { clock, settings } = env;
  const giveUp = new AbortController();
  const timer = new AbortController();
  void clock.sleep(settings.probeTimeoutMs, timer.signal).then(() => giveUp.abort());
  const results = await Promise.all(env.data.map((region) => env.prober.probe(region, giveUp.signal)));
  timer.abort();
  const never = new AbortController().signal;
  const key = `report/${env.role}/${env.region}`;
  const mine = await env.table.get(key, never);
  await env.table.put(key, { count: ((mine?.item.count as number) ?? 0) + 1, down: env.data.filter((_, i) => results[i].kind === 'down'), well: env.data.filter((_, i) => results[i].kind === 'ok') }, mine?.revision, never);
  if (env.role !== 'voter') return;

  const reports = await env.table.list('report/voter/', never);
  for (const [name, { item }] of reports) if (memory.seen.get(name)?.count !== item.count) memory.seen.set(name, { count: item.count, at: clock.now() });
  const fresh = [...reports].filter(([name]) => clock.now() - memory.seen.get(name)!.at < 3 * settings.intervalMs).map(([, { item }]) => item);
  const stored = await env.table.get(REGISTER, never);
  if (!stored) return env.decided('hold', 'no register');
  const register = stored.item as unknown as RegisterFacts & { readonly coolDownUntil: number };
  const active = register.intent[0];
  const votes = (region: string, what: 'down' | 'well') => fresh.filter((item) => (item[what] as string[]).includes(region)).length;
  const needed = flaws.oneVoteIsEnough ? 1 : 2;
  if (votes(active, 'down') < needed) {
    memory.downSince = undefined;
    return env.decided('nothing', 'all is well');
  }
  memory.downSince ??= clock.now();
  if (clock.now() - memory.downSince < settings.unhealthyForMs) return env.decided('hold', 'not down for long enough');
  if (register.braked && !flaws.ignoresBrake) return env.decided('hold', 'paused');
  if (env.wall() < register.coolDownUntil && !flaws.ignoresCoolDown) return env.decided('hold', 'cool-down');
  const target = env.data.find((region) => region !== active && (flaws.anyTarget || votes(region, 'well') >= 2));
  if (!target) return env.decided('hold', 'no target');
  await act(env, stored, target, flaws);
}

async function act(env: Env, stored: { readonly item: Item; readonly revision: number }, target: string, flaws: Flaws): Promise<void> {
  const never = new AbortController().signal;
  const { clock } = env;
  if (!flaws.withoutClaim) {
    const epoch = (stored.item.epoch as number) + 1;
    const claimedFrom = clock.now();
    const answer = await env.table.put(REGISTER, { ...stored.item, epoch, intent: [target], coolDownUntil: env.wall() + env.settings.coolDownMs + 700_000 }, stored.revision, never);
    if (answer === 'refused') return env.decided('hold', 'another was first');
    if (clock.now() - claimedFrom > 1_000) return env.decided('hold', 'too late');
  }
  env.decided('move', `traffic goes to ${target}`);
  const wanted = routesWith([target], env.data);
  for (const endpoint of env.endpoints) {
    if (endpoint.region === (stored.item.intent as string[])[0]) continue;
    const read = await callOnce(clock, endpoint.region, 500, (signal) => endpoint.read(env.accessPoint, signal));
    if (!read.ok || sameRoutes(read.value, wanted) || activeRegions(read.value)[0] === target) continue;
    const answer = await callOnce(clock, endpoint.region, 3_000, (signal) => endpoint.submit(env.accessPoint, wanted, signal));
    if (answer.ok) return;
  }
}
