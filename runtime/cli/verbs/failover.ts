import { failover as failOver } from '../../core/operate/failover/failover';
import type { Verb } from '../verb';
import { actResult, memberFrom, wishesOf } from './acting';

export const failover: Verb = {
  async run(context, given) {
    const world = await context.world();
    const to = memberFrom(given, world.estate);
    const asks = context.terminal.ask !== undefined && !context.globals.yes;
    return actResult(await failOver(world, context.teller, { to, asks, ...wishesOf(context, given) }));
  },
};
