import { fencesIn } from '../../core/operate/fence/everywhere';
import { ExitCode } from '../exit-code';
import { fencesDocument, fencesText, FENCES_SCHEMA } from '../render/fence';
import type { Verb } from '../verb';

export const fenceShow: Verb = {
  async run(context) {
    const { deadline, signal, wall } = context;
    const [world] = await Promise.all([context.view(), context.caller()]);
    const sights = await fencesIn(world, world.estate.regions, { deadline, signal });
    return {
      code: sights.some(({ ok }) => ok) ? ExitCode.DONE : ExitCode.ERROR,
      document: { ...FENCES_SCHEMA, regions: fencesDocument(sights, wall) },
      text: (paint) => fencesText(sights, wall, paint),
    };
  },
};
