import type { Fault } from './options';
import { duration } from '../../runtime/cli/page/units';
import type { World } from './world';

const DEATH: { readonly [kind in Fault]: string } = {
  blackhole: 'requests to it are accepted and never answered',
  refused: 'connections to it are reset',
  failing: 'it answers every request with 503',
};

/** What a reader must know in order not to take the figures for more than they are. */
export function notes(world: World): string[] {
  const { options, plan } = world;
  if (plan === undefined) return [];
  return [
    `Routes act ${duration(options.propagationMs / 1000)} after they are accepted, because the local AWS was told so; AWS says up to about 2 minutes (--propagation 120). Time without service grows with it.`,
    `The home Region, ${plan.homeRegion}, stayed alive: a deployment can only switch while CloudFormation in the home Region works. That is why it is not ${world.active}.`,
    `${world.active} died in one stroke: ${DEATH[options.fault]}. Real Regions also fail in part, and slowly.`,
    `Objects take ${duration(options.replicationLagMs / 1000)} to replicate here; on AWS most take seconds, some up to 15 minutes, and what has not replicated at a failover is missing until the Region is back. What is overdue then arrives at once here; AWS promises no time for it.`,
    `The failover was forced (a SwitchId that begins with force-), since nothing can be known of a dead Region; the failback was not, and looked first whether ${world.active} had caught up.`,
    'The second time nobody gave a command. The controller had its shortest settings, a look every 2 s and 7 s of failed ones; by default it looks every 10 s and waits for a minute. What it takes with other settings is in docs/tuning.md.',
    'Switching back is not fenced: while routes take effect both Regions take writes, and readers may miss an object for as long as it replicates.',
    'Arrivals are seen by listing every bucket once a second or oftener, acceptance by reading the routes four times a second.',
  ];
}
