import { findOutages } from '../analysis/outages';
import type { SwitchKind, SwitchRecord } from '../analysis/recording';
import type { StepTools } from '../engine/steps';
import { until } from '../engine/wait';
import { duration } from '../report/units';
import type { World } from '../world';
import { IN_A_ROW, allServedBy, lastError, quiet } from './observe';
import { describeRoutes, onlyActive } from './routes';

const ROUTES_EVERY_MS = 250;

/** A command that takes longer is a failure of its own, with its own limit. */
const ACCEPT_LIMIT_MS = 240_000;

export async function switchTo(world: World, tools: StepTools, kind: SwitchKind): Promise<string> {
  const [from, to] = kind === 'failover' ? [world.active, world.target] : [world.target, world.active];
  const { estate, clock } = world;
  const routesBefore = await estate.routes(from, tools.signal);
  tools.check(onlyActive(routesBefore, from), `only ${from} should be active before the switch, got ${describeRoutes(routesBefore)}`);

  const command = estate.switchCommand(to);
  const commandAt = world.mark('command', `switch to ${to}: command given`, to);
  const record = (more: Partial<SwitchRecord>) => {
    const known = world.switches.find((one) => one.kind === kind);
    const next: SwitchRecord = { kind, from, to, command, commandAt, routesBefore, missingAtSwitch: [], ...known, ...more };
    world.switches.splice(known === undefined ? world.switches.length : world.switches.indexOf(known), 1, next);
    return next;
  };
  record({});

  const watching = new AbortController();
  const signal = AbortSignal.any([tools.signal, watching.signal]);
  const accepted = watchAccepted(world, from, to, signal).then(async (acceptedAt) => {
    record({ acceptedAt, missingAtSwitch: (await world.sightings!.look(to, tools.signal)) ?? [] });
  });
  // The command's own failure is the one to tell; this one is awaited below.
  accepted.catch(() => undefined);
  try {
    await estate.switchTo(to, tools);
    record({ commandEndedAt: clock() });
    const routesAfter = await estate.routes(from, tools.signal);
    record({ routesAfter });
    tools.check(onlyActive(routesAfter, to), `only ${to} should be active after the command, got ${describeRoutes(routesAfter)}`);
    await accepted;
  } finally {
    watching.abort();
  }
  return describeRoutes(routesAfterOf(world, kind));
}

/** Reads the routes until they show the target active, from a Region that lives. */
async function watchAccepted(world: World, from: string, to: string, signal: AbortSignal): Promise<number> {
  await until(
    { clock: world.clock, signal, everyMs: ROUTES_EVERY_MS, limitMs: 4 * MINUTE, otherwise: () => `no control endpoint showed ${to} active` },
    async () => onlyActive(await world.estate.routes(from, signal), to),
  );
  return world.mark('accepted', `routes accepted: ${to} active`, to);
}

export async function served(world: World, tools: StepTools, kind: SwitchKind): Promise<string> {
  const record = world.switches.find((one) => one.kind === kind)!;
  const known = new Map<number, boolean>();
  await until(
    {
      clock: world.clock, signal: tools.signal, everyMs: 300, limitMs: world.options.propagationMs + 2 * MINUTE,
      otherwise: () => `${record.to} did not serve ${IN_A_ROW} writes in a row${lastError(world)}`,
    },
    async () => {
      const recent = world.ledger.acknowledged.filter((write) => write.startedAt > record.commandAt).slice(-IN_A_ROW);
      return recent.length === IN_A_ROW && allServedBy(world, recent, record.to, tools.signal, known);
    },
  );
  world.mark('served', `${record.to} serves`, record.to);
  const outage = findOutages(world.ledger.writes, world.ledger.reads).find((one) => (one.to ?? Infinity) >= record.commandAt);
  await quiet(world, tools);
  return outage?.to === undefined ? 'no write failed' : `${((outage.to - outage.from) / 1000).toFixed(1)} s without service in all`;
}
