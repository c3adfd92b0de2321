import { resolve } from 'node:path';
import { list } from '../../core/routes/routes';
import type { OperateWorld } from '../../core/operate/act/world';
import { historyOf } from '../../core/operate/history/store';
import { adviceOn } from '../../core/operate/reconcile/advice';
import { parseCheckpoint, type Checkpoint } from '../../core/operate/reconcile/job';
import { planReconcile, type ReconcileRequest } from '../../core/operate/reconcile/plan';
import type { ReconcileReport } from '../../core/operate/reconcile/report';
import { reconcile as run } from '../../core/operate/reconcile/run';
import type { OutputFiles } from '../../core/operate/reconcile/outputs';
import type { OutputFile, ReconcileStore } from '../../core/operate/reconcile/store';
import { STATE_FOLDER } from '../commands/reconcile';
import type { Given } from '../command';
import { ExitCode } from '../exit-code';
import { numberFrom, regionFrom, regionListFrom } from '../parse/values';
import { misuse, Problem } from '../problem';
import { fileOfRegion, mustBeWritable, outputFile } from '../reconcile/output-file';
import { folderStore, type FolderStore } from '../reconcile/folder-store';
import { reconcileDocument, reconcileText } from '../render/reconcile';
import type { Verb, VerbContext } from '../verb';

/** What decides what is compared: a comparison that is gone on with has decided it already. */
const DECIDING = ['--between', '--all-pairs', '--since', '--full', '--prefix', '--cut-off'];
const MOST_PARALLEL = 32;

/** The machine's files; a test hands in its own. */
export interface ReconcileFiles {
  store(folder: string): Promise<FolderStore>;
  output(path: string): Promise<OutputFile>;
  mustBeWritable(path: string, option: string): Promise<void>;
}

export const reconcile: Verb = reconcileWith({ store: folderStore, output: outputFile, mustBeWritable });

export function reconcileWith(files: ReconcileFiles): Verb {
  return {
    async run(context, given) {
      const request = requestOf(context, given);
      const parallel = numberFrom(given.option('--parallel'), '--parallel', { unit: 'ranges', least: 1, most: MOST_PARALLEL })!;
      const outputs = outputsOf(files, given);
      await outputs.check();
      const world = await context.world();
      const foreign = [...(request.between ?? []), ...(request.region === undefined ? [] : [request.region])].find((region) => !world.estate.regions.includes(region));
      if (foreign !== undefined) throw misuse(`'${request.region === foreign ? 'region' : '--between'}' must be of ${list(world.estate.regions)}, got '${foreign}'`);

      const store = await files.store(given.option('--state')!);
      try {
        const { job, from } = await jobOf(context, given, world, request, store);
        const report = await run(
          {
            world,
            history: historyOf(world),
            store,
            teller: context.teller,
            signal: context.signal,
            wait: given.has('--wait'),
            dryRun: context.globals.dryRun,
            parallel: Math.round(parallel),
            outputs,
          },
          job,
          from,
        );
        const advice = adviceOn(report, world.estate, { resume: resumeLine(given), batchManifests: outputs.manifests });
        return {
          code: codeOf(report),
          document: { schema: 'cdk-s3-failover/reconcile', version: 1, ...reconcileDocument(report, advice, world.wall) },
          text: (paint) => reconcileText(report, advice, world.wall, paint),
        };
      } finally {
        await store.close();
      }
    },
  };
}

function outputsOf(files: ReconcileFiles, given: Given): OutputFiles & { readonly manifests: { readonly [region: string]: string }; check(): Promise<void> } {
  const [csv, manifest] = [given.option('--csv'), given.option('--batch-manifest')];
  const manifests: { [region: string]: string } = {};
  return {
    manifests,
    async check() {
      if (csv !== undefined) await files.mustBeWritable(csv, '--csv');
      if (manifest !== undefined) await files.mustBeWritable(manifest, '--batch-manifest');
    },
    ...(csv !== undefined && { csv: () => files.output(csv) }),
    ...(manifest !== undefined && { batchManifest: (region: string) => files.output((manifests[region] = fileOfRegion(manifest, region))) }),
  };
}

/** Differences are a safety check's no: the Region may not be a target yet. */
function codeOf({ outcome }: ReconcileReport): ExitCode {
  return outcome === 'clean' ? ExitCode.DONE : outcome === 'differences' ? ExitCode.REFUSED : ExitCode.ERROR;
}

function requestOf({ wall }: VerbContext, given: Given): ReconcileRequest {
  const typed = DECIDING.filter((flag) => given.has(flag));
  if (given.has('--resume') && typed.length > 0) throw misuse(`'--resume' goes on with what was decided when the comparison began; leave out '${typed[0]}', or '--resume'`);
  if (given.has('--full') && given.has('--since')) throw misuse("'--full' and '--since' exclude each other");
  if (given.has('--all-pairs') && given.has('--between')) throw misuse("'--all-pairs' and '--between' exclude each other");
  const region = regionFrom(given.argument('region'), 'region');
  if (region !== undefined && (given.has('--all-pairs') || given.has('--between') || given.has('--resume'))) throw misuse("a Region excludes '--between', '--all-pairs' and '--resume'");
  const between = regionListFrom(given.option('--between'), '--between');
  if (between && between.length !== 2) throw misuse(`'--between' must name two different Regions, such as 'us-east-1,us-west-2', got '${given.option('--between')}'`);
  const moment = (flag: string) => {
    const text = given.option(flag);
    if (text === undefined) return undefined;
    const at = wall.parse(text);
    if (at === undefined) throw misuse(`'${flag}' must be a time such as '2026-11-24T03:00:00Z', got '${text}'`);
    if (at > wall.now()) throw misuse(`'${flag}' must lie in the past, got '${text}'`);
    return at;
  };
  return { region, between: between && [between[0], between[1]], all: given.has('--all-pairs'), since: moment('--since'), full: given.has('--full'), prefix: given.option('--prefix'), cutOff: moment('--cut-off') };
}

async function jobOf(context: VerbContext, given: Given, world: OperateWorld, request: ReconcileRequest, store: ReconcileStore): Promise<{ job: Checkpoint['job']; from?: Checkpoint }> {
  const { teller, signal } = context;
  const folder = resolve(given.option('--state')!);
  const saved = await store.load();
  if (given.has('--resume')) {
    if (saved === undefined) throw new Problem('NothingToResume', `there is no interrupted comparison in '${folder}'`, { next: ['s3-failover reconcile'] });
    const loaded = parseCheckpoint(saved, world.estate);
    if ('problem' in loaded) throw new Problem('CheckpointUnusable', `the comparison in '${folder}' cannot be gone on with: ${loaded.problem}`, { next: ['s3-failover reconcile'] });
    const { checkpoint } = loaded;
    teller.say(`Going on with the comparison that began ${world.wall.iso(checkpoint.job.startedAt)}.`);
    return { job: checkpoint.job, from: checkpoint };
  }
  const planned = await planReconcile({ world, history: historyOf(world), signal, request });
  const [silent] = planned.silent;
  if (silent) {
    throw new Problem('RegionSilent', `${silent.region} cannot be compared, as it does not answer (${silent.why}); what it holds is not known, and a quarantine of it stays`, { next: ['s3-failover status', 's3-failover reconcile'] });
  }
  for (const remark of planned.remarks) teller.say(remark);
  if (saved !== undefined) teller.say(`An interrupted comparison in '${folder}' is dropped; '--resume' would have gone on with it.`);
  await store.clear();
  return { job: planned.job };
}

function resumeLine(given: Given): string {
  const state = given.option('--state')!;
  return `s3-failover reconcile --resume${state === STATE_FOLDER ? '' : ` --state ${state}`}`;
}
