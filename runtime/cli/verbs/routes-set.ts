import { setRoutes } from '../../core/operate/routes-set/routes-set';
import { typedRoutes } from '../../core/operate/routes-set/typed';
import { readRoutes } from '../../core/routes/read';
import { misuse } from '../problem';
import type { Verb, VerbContext } from '../verb';
import { actResult, wishesOf } from './acting';

export const routesSet: Verb = {
  async run(context, given) {
    const { estate } = await context.view();
    const words = given.all('routes');
    const typed = typedRoutes(words, estate.members, undefined);
    if (!typed.ok) {
      const better = typedRoutes(words, estate.members, await liveRoutes(context));
      const line = better.ok ? [] : better.words;
      throw misuse(`'routes set': ${typed.fault}`, [`s3-failover routes set ${line.join(' ')}`]);
    }
    return actResult(await setRoutes(await context.world(), context.teller, { routes: typed.routes, ...wishesOf(context, given) }));
  },
};

/** For the line to type; what cannot be read is left out of it. */
async function liveRoutes(context: VerbContext) {
  const world = await context.view();
  const read = await readRoutes(world, world.estate.accessPoint, { deadline: Math.min(context.deadline, context.clock.now() + 5_000), signal: context.signal });
  return read.kind === 'read' ? read.routes : undefined;
}
