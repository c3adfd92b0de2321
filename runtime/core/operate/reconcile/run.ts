import { reasonOf } from '../../calls/reason';
import { inThousands } from '../../lag/words';
import type { OperateWorld, Teller } from '../act/world';
import type { History } from '../history/store';
import { ATTEMPT_TIMES, type Attempts, type AttemptTimes } from '../compare/attempt';
import type { Finding } from '../compare/finding';
import { LookAgain } from '../compare/look-again';
import { leaveHint } from './hint';
import type { Checkpoint, Job, PairPlan, PairProgress } from './job';
import { lineOf } from '../history/line';
import type { ActRecord } from '../history/record';
import { whatLifts, type Verdicts } from './lift';
import { beginPair, listPair } from './list';
import { findingsOf, lookAtFindings, lookAtSuspects, mustHoldAll } from './look';
import { Outputs, type OutputFiles } from './outputs';
import { Pace } from './pace';
import type { PairReport, ReconcileReport } from './report';
import { Saver } from './saver';
import { sentenceOf } from './sentence';
import type { ReconcileStore } from './store';
import { tallyOf } from './tally';
import { openUploads } from './uploads';
import { leaveWatermark } from './watermark';

export interface ReconcileOptions {
  readonly world: OperateWorld;
  readonly history: History;
  readonly store: ReconcileStore;
  readonly teller: Teller;
  readonly signal: AbortSignal;
  readonly outputs?: OutputFiles;
  /** Looks again at what is on its way until it has arrived. */
  readonly wait?: boolean;
  /** Leaves nothing behind: no record, no watermark, no lifted quarantine. */
  readonly dryRun?: boolean;
  /** Ranges that are listed at once. */
  readonly parallel?: number;
  readonly times?: AttemptTimes;
}

/** Between two looks at what is waited for: soon at first, and then less often. */
const WAIT_MS = { firstMs: 5_000, mostMs: 30_000 };
/** S3 does not say that a delete marker is on its way: a young one may be, an older one hardly. */
const MARKER_MS = 15 * 60_000;

/** Compares as decided, from the beginning or from where it was left. Never calls what it has not seen clean. */
export async function reconcile(options: ReconcileOptions, job: Job, from?: Checkpoint): Promise<ReconcileReport> {
  const { world, history, store, signal } = options;
  const began = world.clock.now();
  const saver = new Saver(store, world.clock, job, from?.pairs.map((pair) => ({ ...pair })) ?? job.pairs.map(beginPair));
  await saver.now();
  const record = actRecord(world, job);
  const records = !options.dryRun && job.quarantines.length > 0;
  const begun = records ? history.begin(record) : undefined;

  const run = new Run(options, job, saver);
  const pairs: PairReport[] = [];
  for (const index of job.pairs.keys()) pairs.push(await run.pair(index));
  const complete = pairs.every((pair) => pair.complete);
  // Who has stopped it does not ask for more.
  const uploads = signal.aborted ? [] : await Promise.all([...new Set(job.pairs.flatMap(({ between }) => between))].map((region) => openUploads(world.buckets(region), run.attempts)));

  const verdicts: Verdicts = await whatLifts(world, history, job, pairs, signal);
  const lifted = options.dryRun ? [] : verdicts.lifts;
  const held = [...verdicts.held, ...(options.dryRun ? verdicts.lifts.map((region) => ({ region, why: 'this was a dry run' })) : [])];
  if (!options.dryRun) for (const pair of pairs) run.remarks.push(...(await leaveBehind(options, job, pair)));
  const files = complete ? await run.outputs.commit() : await run.outputs.discard();

  const spent = (world.clock.now() - began) / 1_000;
  const report = {
    outcome: !complete ? 'incomplete' : pairs.some((pair) => pair.complete && pair.tally.owed > 0) ? 'differences' : 'clean',
    job,
    pairs,
    uploads,
    lifted,
    held,
    files,
    remarks: run.remarks,
    resumed: from !== undefined,
    seconds: spent,
    versionsPerSecond: run.listedSeconds > 0 ? run.listedVersions / run.listedSeconds : 0,
  } satisfies Omit<ReconcileReport, 'sentence'>;
  const sentence = sentenceOf(report);
  if (records) {
    await begun;
    const ended = world.wall.iso(world.wall.now());
    const kept = await history.end({ ...record, phase: 'ended', endedAt: ended, outcome: complete ? 'done' : 'failed', sentence: lineOf(sentence), lifts: [...lifted] });
    if (kept.regions.length === 0 && lifted.length > 0) {
      const unlifted = { ...report, lifted: [], held: [...held, ...lifted.map((region) => ({ region, why: 'no Region took the record that lifts it' }))] };
      return { ...unlifted, sentence: sentenceOf(unlifted) };
    }
  }
  const told = await tellController(options, lifted);
  if (complete) await store.clear();
  return { ...report, remarks: [...report.remarks, ...told], sentence };
}

/** The controller keeps quarantines of its own, and chooses no Region that it does not know to be released. */
async function tellController({ world, signal }: ReconcileOptions, lifted: readonly string[]): Promise<string[]> {
  const answers = lifted.map(async (region) => {
    try {
      await world.register.liftQuarantine(region, signal);
      return [];
    } catch (error) {
      return [`the controller still keeps ${region} from being chosen (${reasonOf(error)}): s3-failover quarantine lift ${region}`];
    }
  });
  return (await Promise.all(answers)).flat();
}

class Run {
  readonly attempts: Attempts;
  listedVersions = 0;
  listedSeconds = 0;
  readonly remarks: string[] = [];
  readonly outputs: Outputs;

  constructor(private readonly options: ReconcileOptions, private readonly job: Job, private readonly saver: Saver) {
    const { clock, random } = options.world;
    this.attempts = { clock, random, signal: options.signal, times: options.times ?? ATTEMPT_TIMES };
    this.outputs = new Outputs(options.outputs ?? {}, options.world);
  }

  async pair(index: number): Promise<PairReport> {
    const plan = this.job.pairs[index];
    const progress = this.saver.pairs[index];
    await mustHoldAll(this.saver, index, progress);
    const counted = () => ({ plan, keys: total(progress.ranges.map(({ keys }) => keys)), versions: versionsOf(progress) });
    const listed = progress.listed ? { complete: true as const } : await this.list(index, plan, progress);
    if (!listed.complete) return { ...counted(), ...listed };
    const looked = await this.look(index, plan, progress);
    if (!looked.complete) return { ...counted(), ...looked };
    const stillWaiting = this.options.wait ? await this.wait(index, plan, progress) : false;
    const tally = await tallyOf(findingsOf(this.saver, index, progress), (finding) => this.outputs.add(finding));
    return { ...counted(), complete: true, tally, stillWaiting };
  }

  private async list(index: number, plan: PairPlan, progress: PairProgress) {
    const [left, right] = plan.between;
    const { teller, world } = this.options;
    teller.step(`list every version in ${left} and ${right}`);
    const pace = new Pace(world.clock, total(Object.values(versionsOf(progress))), plan.expected);
    const { compared, boundaries } = await listPair({
      left: world.buckets(left),
      right: world.buckets(right),
      attempts: this.attempts,
      prefix: this.job.prefix,
      parallel: this.options.parallel,
      plan,
      pair: index,
      progress,
      saver: this.saver,
      passed: (versions) => {
        pace.pass(versions);
        const keys = total(progress.ranges.map((range) => range.keys));
        teller.progress(pace.done, pace.of, pace.note(`${inThousands(keys)} keys`, 'versions'));
      },
    });
    this.listedVersions += pace.passed;
    this.listedSeconds += pace.seconds;
    const versions = total(Object.values(versionsOf(progress)));
    if (compared.complete && !this.options.dryRun && this.job.prefix === undefined && boundaries.length > 0) await leaveHint(world, plan.between, { boundaries: [...boundaries], versions }, this.options.signal);
    return compared;
  }

  private async look(index: number, plan: PairPlan, progress: PairProgress) {
    if (progress.looked.done) return { complete: true as const };
    this.options.teller.step(`look again at what ${plan.between.join(' and ')} seem to lack`);
    const pace = new Pace(this.options.world.clock);
    const looked = (suspects: number) => {
      pace.pass(suspects);
      this.options.teller.progress(pace.done, undefined, pace.note(`${inThousands(pace.done)} looked at`, 'looks'));
    };
    return lookAtSuspects({ pair: index, progress, saver: this.saver, again: this.again(plan), looked });
  }

  /** Whether something that was waited for has not come. */
  private async wait(index: number, plan: PairPlan, progress: PairProgress): Promise<boolean> {
    const { world, teller, signal } = this.options;
    let step = false;
    for (let looks = 0; ; looks++) {
      const waiting = await this.count(index, progress, (finding) => this.settles(finding));
      if (waiting === 0) return false;
      if (signal.aborted) return true;
      if (!step) teller.step(`wait for what is on its way between ${plan.between.join(' and ')}`);
      step = true;
      teller.progress(0, undefined, `${inThousands(waiting)} to come`);
      await world.clock.sleep(Math.min(WAIT_MS.mostMs, WAIT_MS.firstMs * 2 ** looks), signal);
      const again = await lookAtFindings({ pair: index, progress, saver: this.saver, again: this.again(plan), looked: () => undefined }, (finding) => this.settles(finding));
      if (!again.complete) {
        this.remarks.push(`what was waited for could not be looked at to the end (${again.why})`);
        return true;
      }
    }
  }

  private settles(finding: Finding): boolean {
    if (finding.kind === 'superseded') return false;
    const [reason, versions] = finding.kind === 'missing' ? [finding.reason, [finding.version]] : [finding.because, Object.values(finding.current)];
    if (reason !== 'delete marker') return reason === 'pending';
    return versions.some(({ deleteMarker, modifiedAt }) => deleteMarker && this.options.world.wall.now() - modifiedAt < MARKER_MS);
  }

  private async count(index: number, progress: PairProgress, counts: (finding: Finding) => boolean): Promise<number> {
    let count = 0;
    for await (const finding of findingsOf(this.saver, index, progress)) if (counts(finding)) count++;
    return count;
  }

  private again(plan: PairPlan): LookAgain {
    const { buckets, estate } = this.options.world;
    const [left, right] = plan.between;
    return new LookAgain({ buckets: [buckets(left), buckets(right)], others: estate.regions.filter((region) => !plan.between.includes(region)).map(buckets), attempts: this.attempts });
  }
}

/** A watermark in both directions of a pair that is clean, if all of it was compared. */
async function leaveBehind({ world, signal }: ReconcileOptions, job: Job, pair: PairReport): Promise<string[]> {
  if (!pair.complete || pair.tally.owed > 0 || job.prefix !== undefined || pair.plan.since?.from === 'given') return [];
  const [a, b] = pair.plan.between;
  const at = pair.plan.serverTime;
  if (at === undefined) return [`no watermark was left for ${a} and ${b}: a bucket did not tell its time`];
  const failures = await Promise.all([[a, b], [b, a]].map(([from, to]) => leaveWatermark(world, { from, to, at, by: 'reconcile', actId: job.actId }, signal)));
  return failures.flatMap((why) => (why === undefined ? [] : [`no watermark was left for ${a} and ${b} (${why})`])).slice(0, 1);
}

function actRecord(world: OperateWorld, job: Job): ActRecord {
  return {
    schema: 'cdk-s3-failover/act',
    version: 1,
    id: job.actId,
    phase: 'begun',
    verb: 'reconcile',
    planned: true,
    at: world.wall.iso(job.startedAt),
    who: lineOf(world.who),
    from: [...job.active],
    to: [...job.active],
    lag: [],
    quarantines: [],
    lifts: [],
  };
}

function versionsOf(progress: PairProgress): { readonly [region: string]: number } {
  const versions: { [region: string]: number } = {};
  for (const range of progress.ranges) for (const [region, count] of Object.entries(range.versions)) versions[region] = (versions[region] ?? 0) + count;
  return versions;
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
