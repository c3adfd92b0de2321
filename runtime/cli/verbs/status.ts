import type { Status } from '../../core/operate/status/model';
import { observeStatus, type StatusOptions } from '../../core/operate/status/observe';
import { remarksOn } from '../../core/operate/status/remarks';
import { ExitCode } from '../exit-code';
import { statusDocument, statusText } from '../render/status';
import type { Verb, VerbContext } from '../verb';

export const status: Verb = {
  async run(context) {
    const { accessPoint } = (await context.view()).estate;
    const { from } = await context.manifest();
    const seen = await look(context);
    const remarks = remarksOn(seen, context.wall);
    return {
      code: codeOf(seen),
      document: { schema: 'cdk-s3-failover/status', version: 1, accessPoint: accessPoint.arn, manifest: from, ...statusDocument(seen, remarks, context.wall) },
      text: (paint) => statusText(seen, remarks, context.wall, paint),
    };
  },
};

/** Looks at everything, and beside it at who the caller is: reading does no harm, but a foreign manifest's state is not shown. */
export async function look(context: VerbContext, options?: StatusOptions): Promise<Status> {
  const { deadline, signal } = context;
  const world = await context.view();
  const [seen] = await Promise.all([observeStatus(world, { deadline, signal }, options), context.caller()]);
  return seen;
}

/** That a Region is dead is a result. Routes that nobody tells, or that nobody can be sure of, are none. */
function codeOf({ survey }: Status): ExitCode {
  if (survey.good.length === 0) return ExitCode.ERROR;
  return survey.views.length === 1 ? ExitCode.DONE : ExitCode.UNKNOWN;
}
