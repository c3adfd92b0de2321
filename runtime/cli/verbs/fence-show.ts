import { fencesIn } from '../../core/operate/fence/everywhere';
import { ExitCode } from '../exit-code';
import { fencesDocument, fencesText, FENCES_SCHEMA, unreadText } from '../render/fence';
import type { Verb } from '../verb';

export const fenceShow: Verb = {
  async run(context) {
    const { deadline, signal, wall } = context;
    const [world] = await Promise.all([context.view(), context.caller()]);
    const { sights, unread } = await fencesIn(world, world.estate.regions, { deadline, signal });
    if (unread !== undefined) context.terminal.err(unreadText(unread, context.terminal.talkPaint));
    return {
      code: sights.some(({ ok }) => ok) ? ExitCode.DONE : ExitCode.ERROR,
      document: { ...FENCES_SCHEMA, regions: fencesDocument(sights, wall), unread: unread ?? null },
      text: (paint) => fencesText(sights, wall, paint),
    };
  },
};
