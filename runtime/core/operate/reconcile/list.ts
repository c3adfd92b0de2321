import { compareKeys } from '../key-order';
import { compare, type CompareOptions, type Compared } from '../compare/compare';
import { Boundaries, rangesOf, restOf } from '../compare/range';
import type { Suspect } from '../compare/suspect';
import type { Stretch } from '../compare/merge';
import type { PairPlan, PairProgress, RangeProgress } from './job';
import type { Saver } from './saver';

export interface ListOptions extends Pick<CompareOptions, 'left' | 'right' | 'attempts' | 'prefix' | 'parallel'> {
  readonly plan: PairPlan;
  readonly pair: number;
  readonly progress: PairProgress;
  readonly saver: Saver;
  /** Called for each stretch, with how many versions of both sides it walked past. */
  readonly passed: (versions: number) => void;
}

export function beginPair(plan: PairPlan): PairProgress {
  return {
    ranges: rangesOf(plan.boundaries).map((): RangeProgress => ({ done: false, end: 0, keys: 0, versions: {} })),
    listed: false,
    looked: { range: 0, from: 0, end: 0, done: false },
    rounds: 0,
  };
}

export const suspectsName = (pair: number, range: number) => `suspects-${pair}-${range}`;

/** Lists what is not listed yet of two buckets, and keeps the suspects, each range's in its own log and in the order of the keys. */
export async function listPair(options: ListOptions): Promise<{ readonly compared: Compared; readonly boundaries: readonly string[] }> {
  const { plan, pair, progress, saver } = options;
  const ranges = rangesOf(plan.boundaries);
  const open = progress.ranges.flatMap((range, index) => (range.done ? [] : [index]));
  const logs = new Map(await Promise.all(open.map(async (index) => [index, await saver.log(suspectsName(pair, index))] as const)));
  const cuts = open.map(() => new Boundaries());

  const take = async (stretch: Stretch, nth: number) => {
    const range = progress.ranges[open[nth]];
    const log = logs.get(open[nth])!;
    const { through } = stretch;
    // Suspects of a key that has not ended are kept, and counted on only when it has.
    const ended = through === undefined ? 0 : endedBy(stretch.suspects, through);
    const end = await saver.append(log, stretch.suspects.slice(0, ended).map(lineOf));
    if (through !== undefined) {
      range.through = through;
      range.end = end;
      range.keys += stretch.keys;
      for (const [region, versions] of Object.entries(stretch.versions)) range.versions[region] = (range.versions[region] ?? 0) + versions;
      cuts[nth].pass(through, sum(Object.values(stretch.versions)));
    }
    if (ended < stretch.suspects.length) await saver.append(log, stretch.suspects.slice(ended).map(lineOf));
    options.passed(stretch.passed);
    await saver.soon();
  };

  const compared = await compare({
    left: options.left,
    right: options.right,
    prefix: options.prefix,
    parallel: options.parallel,
    attempts: options.attempts,
    since: plan.since?.at,
    overtakenSince: plan.cutOff,
    ranges: open.map((index) => restOf(ranges[index], progress.ranges[index].through)),
    take,
    ended: (nth) => void (progress.ranges[open[nth]].done = true),
  });
  progress.listed = compared.complete;
  await saver.now();
  return { compared, boundaries: Boundaries.together(cuts) };
}

function endedBy(suspects: readonly Suspect[], through: string): number {
  const first = suspects.findIndex((suspect) => compareKeys(keyOf(suspect), through) > 0);
  return first < 0 ? suspects.length : first;
}

function keyOf(suspect: Suspect): string {
  return suspect.kind === 'lacking' ? suspect.version.key : suspect.kind === 'differing' ? suspect.key : suspect.newer.key;
}

const lineOf = (suspect: Suspect) => JSON.stringify(suspect);

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
