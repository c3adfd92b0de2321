import { compareKeys } from '../key-order';

/** Keys after one and up to another; open where a bound is absent. */
export interface KeyRange {
  readonly after?: string;
  readonly through?: string;
}

export const EVERY_KEY: KeyRange = {};

/** More ranges than this help nobody: they are listed a few at a time. */
export const MOST_BOUNDARIES = 63;

/** Ranges that together hold every key once, in order. Boundaries come from outside: what is no ascending list of keys is not used. */
export function rangesOf(boundaries: readonly string[]): readonly KeyRange[] {
  const ascending = boundaries.length <= MOST_BOUNDARIES && boundaries.every((key, index) => key !== '' && (index === 0 || compareKeys(boundaries[index - 1], key) < 0));
  if (!ascending || boundaries.length === 0) return [EVERY_KEY];
  return [
    { through: boundaries[0] },
    ...boundaries.slice(1).map((through, index) => ({ after: boundaries[index], through })),
    { after: boundaries[boundaries.length - 1] },
  ];
}

/** Part of a range that lies after a key. */
export function restOf(range: KeyRange, done: string | undefined): KeyRange {
  return done === undefined ? range : { ...range, after: done };
}

/** Picks keys that cut what passes by into parts of about equal size, however much it is, and keeps a bounded number of them. */
export class Boundaries {
  private kept: { readonly key: string; readonly at: number }[] = [];
  private stride: number;
  private versions = 0;
  private last = 0;

  constructor(private readonly most = MOST_BOUNDARIES, firstStride = 1_000) {
    this.stride = firstStride;
  }

  /** Some versions passed, and with them every key up to this one. */
  pass(key: string, versions: number): void {
    this.versions += versions;
    if (this.versions - this.last < this.stride) return;
    this.last = this.versions;
    this.kept.push({ key, at: this.versions });
    if (this.kept.length <= this.most) return;
    this.stride *= 2;
    this.kept = this.kept.filter((_, index) => index % 2 === 1);
  }

  get keys(): readonly string[] {
    return Boundaries.together([this]);
  }

  /** Boundaries over several ranges in their order, each of which had its own. */
  static together(ranges: readonly Boundaries[]): readonly string[] {
    const starts = ranges.reduce<number[]>((sums, { versions }) => [...sums, sums[sums.length - 1] + versions], [0]);
    const total = starts[ranges.length];
    const all = ranges.flatMap(({ kept }, index) => kept.map(({ key, at }) => ({ key, at: starts[index] + at })));
    const part = total / (MOST_BOUNDARIES + 1);
    const chosen: string[] = [];
    // One at most of each part, and none that cuts off nothing.
    for (const { key, at } of all) if (at < total && at >= (chosen.length + 1) * part && chosen[chosen.length - 1] !== key) chosen.push(key);
    return chosen;
  }
}
