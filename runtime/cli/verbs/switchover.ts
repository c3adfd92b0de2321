import { switchOver } from '../../core/operate/switchover/switchover';
import type { DrainLevel } from '../../core/operate/switchover/world';
import { switchoverWorld } from '../switchover-world';
import { durationFrom } from '../parse/values';
import { switchoverResult } from '../render/switchover';
import type { Verb } from '../verb';
import { memberFrom } from './acting';

export const switchover: Verb = {
  async run(context, given) {
    const waitMs = durationFrom(given.option('--wait'), '--wait');
    const world = await switchoverWorld(context);
    const { globals, deadline, signal } = context;
    const outcome = await switchOver(world, context.teller, {
      target: memberFrom(given, world.estate),
      drain: given.option('--drain') as DrainLevel,
      fence: !given.has('--no-fence'),
      force: given.has('--force'),
      withoutRegister: given.has('--without-register'),
      why: given.option('--why'),
      dryRun: globals.dryRun,
      waitMs,
      limits: { deadline, signal },
    });
    return switchoverResult(outcome);
  },
};
