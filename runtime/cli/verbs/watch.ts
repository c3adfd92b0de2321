import type { LagReport } from '../../core/lag/report';
import type { Instant } from '../../core/ports';
import { ControllerWatch } from '../../core/operate/status/controller';
import { changesBetween } from '../../core/operate/status/changes';
import type { Status } from '../../core/operate/status/model';
import { remarksOn } from '../../core/operate/status/remarks';
import { ExitCode } from '../exit-code';
import { numberFrom } from '../parse/values';
import { statusDocument, statusText } from '../render/status';
import { Redraw } from '../terminal/redraw';
import type { Verb, VerbContext } from '../verb';
import { look } from './status';

/** S3 publishes once a minute; each figure that is asked for costs a little. */
const LAG_EVERY_MS = 60_000;
const SCHEMA = { schema: 'cdk-s3-failover/watch', version: 1 } as const;

export const watch: Verb = {
  async run(context, given) {
    const everyMs = numberFrom(given.option('--every'), '--every', { unit: 'seconds', least: 2, most: 3_600 })! * 1_000;
    const show = shower(context);
    let lag: { readonly at: Instant; readonly directions: readonly LagReport[] } | undefined;
    let before: Status | undefined;
    let looks = 0;
    const { controller } = await context.view();
    const watching = controller && new ControllerWatch({ clock: context.clock, wall: context.wall, controller });
    while (!over(context)) {
      const began = context.clock.now();
      const young = lag && began - lag.at < LAG_EVERY_MS ? lag : undefined;
      const now = await look(context, { directions: young?.directions, ...(watching && { watch: watching }) });
      // What was cut short by the end says nothing.
      if (over(context)) break;
      looks++;
      // Other directions matter once traffic has moved.
      const moved = before !== undefined && before.active?.join() !== now.active?.join();
      lag = moved ? undefined : (young ?? { at: began, directions: now.directions });
      await show(now, changesBetween(before, now));
      before = now;
      await context.clock.sleep(Math.max(0, everyMs - (context.clock.now() - began)), context.signal);
    }
    const at = context.wall.iso(context.wall.now());
    return { code: ExitCode.DONE, document: { ...SCHEMA, at, event: 'ended', looks }, text: () => '' };
  },
};

function over({ clock, deadline, signal }: VerbContext): boolean {
  return signal.aborted || clock.now() >= deadline;
}

/** Shows one look: as a document, drawn over the last one, or as a line for each change. */
function shower({ globals, terminal, wall }: VerbContext): (status: Status, changes: readonly string[]) => Promise<void> {
  const stamp = (status: Status) => wall.iso(status.at).replace(/\.\d+Z$/, 'Z');
  if (globals.json) {
    return async (status, changes) => {
      if (changes.length === 0) return;
      await terminal.out(`${JSON.stringify({ ...SCHEMA, event: 'changed', changes, ...statusDocument(status, remarksOn(status, wall), wall) })}\n`);
    };
  }
  if (terminal.screen) {
    const { screen, paint } = terminal;
    const redraw = new Redraw(screen);
    return (status) => terminal.out(redraw.over(`${paint.faint(stamp(status))}\n${statusText(status, remarksOn(status, wall), wall, paint, screen().columns)}`));
  }
  return async (status, changes) => {
    if (changes.length > 0) await terminal.out(changes.map((change) => `${stamp(status)}  ${change}\n`).join(''));
  };
}
