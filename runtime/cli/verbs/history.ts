import { historyOf } from '../../core/operate/history/store';
import { MOST_ACTS } from '../../core/operate/history/read';
import { timeLeft } from '../../core/routes/endpoint';
import { ExitCode } from '../exit-code';
import { numberFrom } from '../parse/values';
import { Problem } from '../problem';
import { historyDocument, historyText } from '../render/history';
import type { Verb } from '../verb';

export const history: Verb = {
  async run(context, given) {
    const acts = Math.floor(numberFrom(given.option('--limit'), '--limit', { unit: 'acts', least: 1, most: MOST_ACTS })!);
    const world = await context.view();
    const { clock, deadline, signal } = context;
    const [seen] = await Promise.all([historyOf(world).read({ acts, mostMs: timeLeft(clock, { deadline, signal }) }), context.caller()]);
    if (seen.regions.every(({ ok }) => !ok)) {
      const reasons = seen.regions.map((one) => (one.ok ? one.region : `${one.region}: ${one.reason}`));
      throw new Problem('NoHistory', `no Region told its records: ${reasons.join('; ')}`, { next: ['s3-failover status'] });
    }
    const shown = { ...seen, records: seen.records.slice(0, acts), more: seen.more || seen.records.length > acts };
    return {
      code: ExitCode.DONE,
      document: historyDocument(shown, context.wall),
      text: (paint, columns) => historyText(shown, context.wall, paint, columns, given.has('--long')),
    };
  },
};
