import { readHistory } from '../../core/operate/history/read';
import { timeLeft } from '../../core/routes/endpoint';
import { ExitCode } from '../exit-code';
import { numberFrom } from '../parse/values';
import { Problem } from '../problem';
import { historyDocument, historyText } from '../render/history';
import type { Verb } from '../verb';

export const history: Verb = {
  async run(context, given) {
    const acts = Math.floor(numberFrom(given.option('--most'), '--most', { unit: 'acts', least: 1, most: 1_000 })!);
    const world = await context.view();
    const { clock, deadline, signal } = context;
    const [view] = await Promise.all([readHistory(world, { acts, mostMs: timeLeft(clock, { deadline, signal }) }), context.caller()]);
    if (view.regions.every((answer) => !answer.ok)) {
      const said = view.regions.map((answer) => `${answer.region}: ${answer.ok ? '' : answer.reason}`).join('; ');
      throw new Problem('NoHistory', `no Region told its history: ${said}`, { next: ['s3-failover status'] });
    }
    return { code: ExitCode.DONE, document: { schema: 'cdk-s3-failover/history', version: 1, ...historyDocument(view) }, text: (paint) => historyText(view, paint) };
  },
};
