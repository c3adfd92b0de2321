import { findOutages, lengthOf } from '../analysis/outages';
import type { SwitchKind, SwitchRecord } from '../analysis/recording';
import type { StepTools } from '../engine/steps';
import { limited, until } from '../engine/wait';
import { duration } from '../../../runtime/cli/page/units';
import type { World } from '../world';
import { IN_A_ROW, allServedBy, lastError, steady } from './observe';
import { describeRoutes, onlyActive } from './routes';

/** How exactly the moment of acceptance is known. */
const ROUTES_EVERY_MS = 250;

/** The command has a limit of its own, which is shorter. */
const ACCEPT_LIMIT_MS = 300_000;

/** Gives the command that a person would give, and watches the routes meanwhile. */
export async function switchTo(world: World, tools: StepTools, kind: SwitchKind): Promise<string> {
  const [from, to] = kind === 'failover' ? [world.active, world.target] : [world.target, world.active];
  const { estate } = world;
  // Of a dead Region nothing can be known, and a deployment refuses to leave data behind unless it is forced.
  const how = kind === 'failover' ? 'forced' : 'planned';
  const routesBefore = await world.routes(tools.signal);
  tools.check(onlyActive(routesBefore, from), `only ${from} should be active before the switch, got ${describeRoutes(routesBefore)}`);

  const commandAt = world.mark('command', `command given: switch to ${to}`, to);
  world.recordSwitch({ kind, from, to, command: estate.switchCommand(to, how), commandAt, routesBefore, missingAtSwitch: [] });

  const watching = new AbortController();
  const accepted = limited([tools.signal, watching.signal], ACCEPT_LIMIT_MS, (signal) => watchAccepted(world, kind, to, signal));
  // When the command itself fails, its error is the one to tell.
  accepted.catch(() => undefined);
  try {
    await estate.switchTo(to, how, tools);
    world.amendSwitch(kind, { commandEndedAt: world.clock() });
    const routesAfter = await world.routes(tools.signal);
    world.amendSwitch(kind, { routesAfter });
    tools.check(onlyActive(routesAfter, to), `only ${to} should be active after the command, got ${describeRoutes(routesAfter)}`);
    await accepted;
    return describeRoutes(routesAfter);
  } finally {
    watching.abort();
  }
}

/** Reads the routes until they show the target active, then at once what the target still lacks. */
export async function watchAccepted(world: World, kind: SwitchKind, to: string, signal: AbortSignal, limitMs = ACCEPT_LIMIT_MS): Promise<void> {
  await until(
    { clock: world.clock, signal, everyMs: ROUTES_EVERY_MS, limitMs, otherwise: () => `no control endpoint showed ${to} active` },
    async () => onlyActive(await world.routes(signal), to),
  );
  const acceptedAt = world.mark('accepted', `routes accepted: ${to} active`, to);
  world.amendSwitch(kind, { acceptedAt, missingAtSwitch: (await world.sightings!.look(to, signal)) ?? [] });
}

/** Waits until clients are served by the Region that was switched to, and goes on for a while. */
export async function served(world: World, tools: StepTools, kind: SwitchKind): Promise<string> {
  const record: SwitchRecord = world.switches.find((one) => one.kind === kind)!;
  const known = new Map<number, boolean>();
  await until(
    {
      clock: world.clock, signal: tools.signal, everyMs: 300, limitMs: world.options.propagationMs + world.options.patienceMs,
      otherwise: () => `${record.to} did not serve ${IN_A_ROW} writes in a row`,
      because: () => lastError(world),
    },
    async () => {
      const recent = world.ledger.acknowledged.filter((write) => write.startedAt > record.commandAt).slice(-IN_A_ROW);
      return recent.length === IN_A_ROW && allServedBy(world, recent, record.to, tools.signal, known);
    },
  );
  world.mark('served', `${record.to} serves`, record.to);
  await steady(world, tools);
  const outage = findOutages(world.ledger.writes, world.ledger.reads).find((one) => (one.to ?? Infinity) >= record.commandAt);
  return outage === undefined ? 'no write failed' : `${duration(lengthOf(outage, world.clock()) / 1000)} without service in all`;
}
