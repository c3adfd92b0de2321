import { fencesIn } from '../../core/operate/fence/everywhere';
import { isInUse, liftFences } from '../../core/operate/fence/lift';
import { lineOf } from '../../core/operate/history/line';
import { ExitCode } from '../exit-code';
import { regionFrom } from '../parse/values';
import { misuse, Problem } from '../problem';
import { fencesText, unreadText, whoseText } from '../render/fence';
import type { Verb, VerbContext, VerbResult } from '../verb';

export const fenceLift: Verb = {
  async run(context, given) {
    const { deadline, signal, terminal, globals, wall } = context;
    const limits = { deadline, signal };
    const world = await context.world();
    const region = regionFrom(given.argument('region'), 'region')!;
    if (!world.estate.regions.includes(region)) throw misuse(`'region' must be one of the data Regions (${world.estate.regions.join(', ')}), got '${region}'`);
    const { sights, unread } = await fencesIn(world, [region], limits);
    const [sight] = sights;
    if (unread !== undefined) terminal.err(unreadText(unread, terminal.talkPaint));
    if (!sight.ok) throw new Problem('NotSeen', `whether a fence stands in ${region} could not be seen: ${sight.reason}`, { next: ['s3-failover fence show'] });
    if (sight.fences.length === 0) return result('none', ExitCode.DONE, `no fence stands in ${region}; nothing was changed`, region);

    terminal.err(fencesText([sight], wall, terminal.talkPaint));
    if (!given.has('--force')) {
      const waiting = (_: unknown, forMs: number) => terminal.err(`Waiting up to ${Math.ceil(forMs / 1_000)} s to see whether it is still in use ...\n`);
      const foreign = await isInUse(world, sight, limits, waiting);
      if (signal.aborted) return result('failed', ExitCode.ERROR, 'nothing was changed: it was interrupted, or the time was up', region);
      if (foreign.kind === 'in use') {
        const fence = sight.fences.find(({ actId }) => actId === foreign.fence.actId);
        const who = fence ? whoseText(fence) : `act ${foreign.fence.actId}`;
        return result('refused', ExitCode.REFUSED, `nothing was changed: the fence in ${region} is in use by ${who}; it is lifted, or lapses, when that ends, and '--force' lifts it now`, region);
      }
    }
    if (globals.dryRun) return result('planned', ExitCode.DONE, `the fence in ${region} would be lifted; nothing was done (--dry-run)`, region);
    if (!(await agreed(context))) return result('declined', ExitCode.DECLINED, 'nothing was done: declined', region);
    const why = given.option('--why');
    const { taken, kept } = await liftFences(world, sight, limits, why === undefined ? undefined : lineOf(why));
    if (!taken.ok) throw new Problem('NotLifted', `the fence in ${region} could not be lifted: ${taken.reason}`, { next: ['s3-failover fence show', `s3-failover fence lift ${region}`] });
    const unrecorded = kept && kept.regions.length > 0 ? '' : '; no Region took the record of it';
    return result('lifted', ExitCode.DONE, `the fence in ${region} is lifted: clients may write there again, within moments${unrecorded}`, region);
  },
};

async function agreed({ globals, terminal, signal }: VerbContext): Promise<boolean> {
  if (globals.yes) return true;
  return /^y(es)?$/i.test(((await terminal.ask?.('Lift it? [y/N] ', signal)) ?? '').trim());
}

function result(outcome: 'none' | 'planned' | 'declined' | 'lifted' | 'refused' | 'failed', code: ExitCode, sentence: string, region: string): VerbResult {
  return { code, document: { schema: 'cdk-s3-failover/fence-lift', version: 1, outcome, region, sentence }, text: () => `${sentence}\n` };
}
