import type { StepTools } from '../engine/steps';
import { until } from '../engine/wait';
import { duration } from '../../../runtime/cli/page/units';
import type { World } from '../world';
import { describeRoutes, onlyActive } from './routes';
import { watchAccepted } from './switching';

export async function deployController(world: World, tools: StepTools): Promise<string> {
  await world.estate.deployController(tools);
  const seen = await until(
    { clock: world.clock, signal: tools.signal, everyMs: 250, limitMs: world.options.patienceMs, otherwise: () => 'not every observer reported' },
    async () => {
      const { heard, of } = await world.estate.observers(tools.signal);
      tools.note(`${heard} of ${of} observers have reported`);
      return heard === of && of > 0 && of;
    },
  );
  const routes = await world.routes(tools.signal);
  tools.check(onlyActive(routes, world.active), `the deployment of a controller should move no traffic, but routes are now ${describeRoutes(routes)}`);
  return `${seen} observers report; ${describeRoutes(routes)}`;
}

/** Gives no command, and sees traffic move. */
export async function failsOver(world: World, tools: StepTools): Promise<string> {
  const record = world.switches.find((one) => one.kind === 'automatic')!;
  await watchAccepted(world, 'automatic', record.to, tools.signal, world.options.patienceMs);
  const routesAfter = await world.routes(tools.signal);
  world.amendSwitch('automatic', { routesAfter });
  tools.check(onlyActive(routesAfter, record.to), `only ${record.to} should be active after the controller acted, got ${describeRoutes(routesAfter)}`);
  // Whatever moved the routes: it must have been the controller, and it says so.
  const killedAt = Date.now() - (world.clock() - record.commandAt);
  const move = await until(
    { clock: world.clock, signal: tools.signal, everyMs: 250, limitMs: world.options.patienceMs, otherwise: () => 'routes moved, but no observer says that it moved them' },
    () => world.estate.automaticMove(killedAt, tools.signal),
  );
  const decision = { at: world.momentOf(move.decidedAt), by: move.by, why: move.why };
  world.markPast(decision.at, 'decided', `${move.by} decides: ${move.why}`, record.to);
  world.amendSwitch('automatic', { decision, acceptedAt: world.momentOf(move.acceptedAt) });
  return `decided ${duration((decision.at - record.commandAt) / 1000)} after the death, accepted ${duration((move.acceptedAt - move.decidedAt) / 1000)} later: ${move.why}`;
}
