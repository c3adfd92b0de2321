import type { StepTools } from '../engine/steps';
import { count } from '../../../runtime/cli/page/units';
import type { World } from '../world';
import { describeRoutes, onlyActive } from './routes';

export async function start(world: World, tools: StepTools): Promise<string> {
  return world.estate.start(tools);
}

export async function plan(world: World, tools: StepTools): Promise<string> {
  world.plan = await world.estate.plan(tools);
  const { homeRegion, order, stacks } = world.plan;
  tools.check(order.length >= 2, `the example app needs a second Region to fail over to, got ${JSON.stringify(order)}`);
  tools.check(homeRegion !== world.active, `the home Region ${homeRegion} is also the active Region, which this rehearsal kills: a deployment can only switch while the home Region lives`);
  return `${count(stacks.length, 'stack')}: buckets in ${order.join(', ')}; home Region ${homeRegion}; ${world.active} active`;
}

export async function bootstrap(world: World, tools: StepTools): Promise<string> {
  await world.estate.bootstrap(world.plan!.stackRegions, tools);
  return world.plan!.stackRegions.join(', ');
}

export async function deploy(world: World, tools: StepTools): Promise<string> {
  await world.estate.deploy(tools);
  world.deployment = await world.estate.describe(world.target, tools.signal);
  const missing = world.regions.filter((region) => world.deployment!.buckets[region] === undefined);
  tools.check(missing.length === 0, `the deployment's manifest names no bucket in ${missing.join(', ')}`);
  const routes = await world.routes(tools.signal);
  tools.check(onlyActive(routes, world.active), `only ${world.active} should be active after the deployment, got ${describeRoutes(routes)}`);
  return `${describeRoutes(routes)}; clients use ${world.deployment.accessPointArn}`;
}
