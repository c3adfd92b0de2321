import { tally } from '../analysis/tally';
import type { StepTools } from '../engine/steps';
import { until } from '../engine/wait';
import { count, duration } from '../../../runtime/cli/page/units';
import type { World } from '../world';
import { IN_A_ROW, seenEverywhere } from './observe';
import { describeRoutes, onlyActive } from './routes';

/** `watched`: a controller looks at the Region, and may have moved traffic before this ends. */
export async function kill(world: World, tools: StepTools, watched = false): Promise<string> {
  await world.estate.kill(world.active);
  const killedAt = world.mark('killed', `${world.active} dies`, world.active);
  const since = () => world.ledger.writes.filter((write) => write.startedAt > killedAt);
  const failed = await until(
    {
      clock: world.clock, signal: tools.signal, everyMs: 100, limitMs: world.options.requestTimeoutMs + world.options.patienceMs,
      otherwise: () => `writes should have failed ${IN_A_ROW} times in a row after ${world.active} died, but they did not`,
    },
    () => {
      const last = since().slice(-IN_A_ROW);
      return last.length === IN_A_ROW && last.every((write) => write.outcome === 'failed') ? last : undefined;
    },
  );
  if (watched) return `writes fail: ${failed[0].error}; nobody gives a command`;
  const served = since().filter((write) => write.outcome === 'acknowledged');
  tools.check(served.length === 0, `no write should succeed while ${world.active} is dead and no other Region active, but ${served.length} did`);
  return `writes fail: ${failed[0].error}; by itself nothing moves, since no other Region is active`;
}

/** Kills the Region that the controller watches, and notes what was before. */
export async function killWatched(world: World, tools: StepTools): Promise<string> {
  const routesBefore = await world.routes(tools.signal);
  tools.check(onlyActive(routesBefore, world.active), `only ${world.active} should be active before it dies again, got ${describeRoutes(routesBefore)}`);
  const said = await kill(world, tools, true);
  const killed = world.marks.filter((mark) => mark.kind === 'killed').at(-1)!;
  world.recordSwitch({ kind: 'automatic', from: world.active, to: world.target, commandAt: killed.at, routesBefore, missingAtSwitch: [] });
  return said;
}

export async function heal(world: World, tools: StepTools): Promise<string> {
  await world.estate.heal();
  world.mark('healed', `${world.active} is healed`, world.active);
  await until(
    { clock: world.clock, signal: tools.signal, everyMs: 300, limitMs: world.options.patienceMs, otherwise: () => `${world.active} did not answer after it was healed` },
    async () => (await world.sightings!.look(world.active, tools.signal)) !== undefined,
  );
  const failover = world.switches.at(-1)!;
  const routes = await world.routes(tools.signal);
  tools.check(onlyActive(routes, failover.to), `healing should move no traffic, but routes are now ${describeRoutes(routes)}`);
  return `${world.active} answers again; traffic stays with ${failover.to}`;
}

export async function seeLate(world: World, tools: StepTools): Promise<string> {
  const before = world.ledger.acknowledged;
  await seenEverywhere(world, tools, before);
  world.mark('caught-up', 'replication has caught up');
  const recording = world.recording();
  const { late } = tally({ ...recording, switches: recording.switches.slice(-1) });
  if (late.length === 0) return 'none was late';
  return `${count(late.length, 'late object')} arrived in ${world.target}, the last ${duration(Math.max(...late.map((one) => one.afterHeal)) / 1000)} after the heal`;
}
