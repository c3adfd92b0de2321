import { reasonOf } from '../../core/calls/reason';
import { TABLE } from '../../core/operate/history/automatic';
import { lineOf } from '../../core/operate/history/line';
import { liftQuarantine, seeQuarantine } from '../../core/operate/quarantine/lift';
import { ExitCode } from '../exit-code';
import { misuse, Problem } from '../problem';
import type { Verb, VerbContext, VerbResult } from '../verb';
import { memberFrom } from './acting';

export const quarantineLift: Verb = {
  async run(context, given) {
    const why = given.option('--why')?.trim();
    if (!why) throw misuse("'quarantine lift' wants a reason, for the history", ["s3-failover quarantine lift <region> --why 'what was compared'"]);
    const world = await context.world();
    const region = memberFrom(given, world.estate);
    const { quarantine, history } = await seeQuarantine(world, region);
    const inRegister = await world.register.read(context.signal).then((view) => view?.quarantined.includes(region) === true);
    const silent = history.regions.flatMap((one) => (one.ok ? [] : [one.region]));
    if (!quarantine && !inRegister) {
      if (silent.length === history.regions.length) throw new Problem('NoHistory', `no Region told its records, so that it is not known whether ${region} is quarantined`, { next: ['s3-failover status'] });
      // A record that cannot be read may be the very one.
      const [lost] = history.unread.filter(({ key }) => key.endsWith('-q.json') || key === TABLE);
      if (lost) throw new Problem('RecordsUnread', `records about quarantines could not be read, so that it is not known whether ${region} is quarantined: ${lost.reason}`, { next: ['s3-failover history'] });
      const doubt = silent.length > 0 ? `; ${silent.join(', ')} did not answer` : '';
      return result('none', ExitCode.DONE, `${region} is not quarantined, says every record that could be read${doubt}; nothing was changed`, region);
    }
    context.terminal.err(
      `${region} is quarantined ${quarantine ? `since ${quarantine.since}: ${quarantine.by.who} left it with '${quarantine.by.verb}'` : `by the controller's register`}.\n` +
        `It may hold versions that no other Region has, and lack some that were written since. Lifting compares nothing; 's3-failover reconcile' does.\n`,
    );
    if (context.globals.dryRun) return result('planned', ExitCode.DONE, `the quarantine of ${region} would be lifted; nothing was done (--dry-run)`, region);
    if (!(await agreed(context))) return result('declined', ExitCode.DECLINED, 'nothing was done: declined', region);
    const kept = await liftQuarantine(world, quarantine ?? { region, since: context.wall.iso(context.wall.now()) }, lineOf(why));
    if (kept.regions.length === 0) throw new Problem('NotKept', `no Region took the record, so that ${region} stays quarantined: ${kept.failed.map(({ reason }) => reason).join('; ')}`, { next: ['s3-failover status'] });
    const { kind } = await world.register.liftQuarantine(region, context.signal).catch((error: unknown) => {
      const reason = `the record that ends the quarantine of ${region} is in ${kept.regions.join(', ')}, and the controller still keeps ${region} from being chosen: ${reasonOf(error)}`;
      throw new Problem('RegisterNotWritten', reason, { next: [`s3-failover quarantine lift ${region} --why ...`] });
    });
    return result('lifted', ExitCode.DONE, `${region} may be a target again; the record is in ${kept.regions.join(', ')}`, region, { regions: kept.regions, controller: kind === 'done' });
  },
};

async function agreed({ globals, terminal, signal }: VerbContext): Promise<boolean> {
  if (globals.yes) return true;
  return /^y(es)?$/i.test(((await terminal.ask?.('Lift it? [y/N] ', signal)) ?? '').trim());
}

function result(outcome: 'none' | 'planned' | 'declined' | 'lifted', code: ExitCode, sentence: string, region: string, more: object = {}): VerbResult {
  return { code, document: { schema: 'cdk-s3-failover/quarantine-lift', version: 1, outcome, region, sentence, ...more }, text: () => `${sentence}\n` };
}
