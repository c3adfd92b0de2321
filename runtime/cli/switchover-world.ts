import type { SwitchoverWorld } from '../core/operate/switchover/world';
import type { VerbContext } from './verb';

/** What a planned switch reaches beside what every act does. */
export async function switchoverWorld(context: VerbContext): Promise<SwitchoverWorld> {
  const world = await context.world();
  const { account } = world.estate.accessPoint;
  return { ...world, replication: (region, signal) => context.aws.replication(region, world.estate.buckets[region], account, signal) };
}
