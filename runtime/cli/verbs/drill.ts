import { rename, writeFile } from 'node:fs/promises';
import { drill as rehearse, type DrillKind } from '../../core/operate/drill/drill';
import { activeRegions } from '../../core/routes/routes';
import { readRoutes } from '../../core/routes/read';
import type { DrainLevel } from '../../core/operate/switchover/world';
import type { OperateWorld } from '../../core/operate/act/world';
import { switchOver } from '../../core/operate/switchover/switchover';
import type { Given } from '../command';
import { drillDocument } from '../drill/document';
import { drillPage } from '../drill/page';
import { drillText } from '../drill/text';
import { ExitCode } from '../exit-code';
import { numberFrom } from '../parse/values';
import { misuse, Problem } from '../problem';
import { mustBeWritable } from '../reconcile/output-file';
import { switchoverWorld } from '../switchover-world';
import type { Verb, VerbContext } from '../verb';
import { memberFrom } from './acting';

const CODES: { readonly [kind in DrillKind]: ExitCode } = {
  passed: ExitCode.DONE,
  surprised: ExitCode.ERROR,
  refused: ExitCode.REFUSED,
  declined: ExitCode.DECLINED,
  planned: ExitCode.DONE,
};

export const drill: Verb = {
  async run(context, given) {
    const { deadline, signal, teller, wall } = context;
    const steady = seconds(given, '--steady', 5, 3_600)!;
    const mostOutage = seconds(given, '--most-outage', 30, 3_600)!;
    const waitMs = seconds(given, '--wait', 1, 86_400);
    const page = given.option('--html');
    if (page !== undefined) await mustBeWritable(page, '--html');
    const world = await switchoverWorld(context);
    const target = await targetOf(context, world, given);
    const startedAt = wall.iso(wall.now());
    const wishes = { drain: given.option('--drain') as DrainLevel, fence: true, watermark: false, force: false, dryRun: context.globals.dryRun, waitMs, why: given.option('--why') ?? 'drill' };

    const result = await rehearse(
      world,
      {
        client: context.aws.writeProbe(world.estate.accessPoint, world.estate.buckets),
        switchTo: (to, told, limits) => switchOver(world, told, { ...wishes, target: to, limits }),
      },
      { target, runId: startedAt.replace(/\D/g, ''), steadyMs: steady, mostOutageMs: mostOutage, deadline, signal, dryRun: context.globals.dryRun },
      teller,
    );
    const document = drillDocument(result, { accessPoint: world.estate.accessPoint.arn, target, startedAt });
    if (page !== undefined) {
      await writeFile(`${page}.partial`, drillPage(document));
      await rename(`${page}.partial`, page);
    }
    return { code: CODES[result.kind], document: { ...document }, text: (paint) => `${drillText(document, paint)}${page === undefined ? '' : `Page: ${page}\n`}` };
  },
};

function seconds(given: Given, flag: string, least: number, most: number): number | undefined {
  const value = numberFrom(given.option(flag), flag, { unit: 'seconds', least, most });
  return value === undefined ? undefined : value * 1_000;
}

/** The Region that was named, or the first of the order that is not active. */
async function targetOf(context: VerbContext, world: OperateWorld, given: Given): Promise<string> {
  if (given.argument('region') !== undefined) return memberFrom(given, world.estate);
  const read = await readRoutes(world, world.estate.accessPoint, { deadline: context.deadline, signal: context.signal });
  if (read.kind !== 'read') throw new Problem('NoRoutes', read.sentence, { next: ['s3-failover doctor'] });
  const active = activeRegions(read.routes);
  const target = world.estate.members.find((region) => !active.includes(region));
  if (target === undefined) throw misuse(`'region' must be named, since every Region is active (${active.join(', ')})`);
  return target;
}
