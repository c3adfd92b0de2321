import { policyOf } from '../../../runtime/core/controller/policy';
import { CONTROL } from '../world/layout';
import { judgeDay, type Moved, type Verdict } from './judge';
import type { Setting } from './settings';

/** Three data Regions, of which one is a control Region and the active one is not: six observers. */
export const ESTATE = ['eu-west-1', 'us-west-2', 'ap-southeast-2'] as const;

export const LEVELS = [1, 2, 5, 10] as const;

export interface Days {
  readonly days: number;
  readonly moved: { readonly [V in Verdict]: number };
  /** The first few that were false, so that each can be lived again. */
  readonly falseSeeds: readonly number[];
}

/** What `docs/promise/noise.json` holds: setting, then level. */
export interface NoiseRecord {
  readonly measured: string;
  /** Of the code that was measured. */
  readonly commit: string;
  readonly settings: { readonly [setting: string]: { readonly [level: string]: Days } };
}

export function liveDays(setting: Setting, level: number, days: number, each: (moved: Moved) => void = () => undefined): Days {
  const policy = policyOf({ ...setting.given, order: ESTATE, voters: CONTROL });
  const moved = { outage: 0, slowness: 0, false: 0 };
  const falseSeeds: number[] = [];
  for (let seed = 1; seed <= days; seed++) {
    const one = judgeDay(seed, policy, level);
    if (!one) continue;
    moved[one.verdict]++;
    if (one.verdict === 'false' && falseSeeds.length < 5) falseSeeds.push(seed);
    each(one);
  }
  return { days, moved, falseSeeds };
}

/** With none in so many days, at 95 %: fewer than this a day (the rule of three). With some, the upper end of the same interval, by Poisson. */
export function boundPerDay(count: number, days: number): number {
  return (count === 0 ? 3 : upperPoisson(count)) / days;
}

/** Where the rate lies, at 95 % on each side. */
export function boundsPerDay(count: number, days: number): { readonly least: number; readonly most: number } {
  return { least: (count === 0 ? 0 : lowerPoisson(count)) / days, most: boundPerDay(count, days) };
}

/** The mean at which so many or more are seen once in twenty times. */
function lowerPoisson(count: number): number {
  return meanAt((mean) => 1 - atMost(count - 1, mean) < 0.05, count);
}

/** The mean at which so few or fewer are seen once in twenty times. */
function upperPoisson(count: number): number {
  return meanAt((mean) => atMost(count, mean) > 0.05, count);
}

/** The least mean that is not too low. */
function meanAt(isTooLow: (mean: number) => boolean, count: number): number {
  let low = 0;
  let high = 10 * count + 10;
  for (let step = 0; step < 60; step++) {
    const mean = (low + high) / 2;
    if (isTooLow(mean)) low = mean;
    else high = mean;
  }
  return high;
}

function atMost(count: number, mean: number): number {
  let logTerm = -mean;
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(mean / (i + 1));
  }
  return sum;
}

/** What is asked for, added to what is known; `save` is told after each setting. */
export function measureNoise(known: NoiseRecord['settings'], of: readonly Setting[], levels: readonly number[], days: number, say: (text: string) => void, save: (record: Omit<NoiseRecord, 'measured' | 'commit'>) => void): void {
  const settings: { [name: string]: { [level: string]: Days } } = Object.fromEntries(Object.entries(known).map(([name, lived]) => [name, { ...lived }]));
  for (const level of levels)
    for (const setting of of) {
      const lived = liveDays(setting, level, days);
      (settings[setting.name] ??= {})[`x${level}`] = lived;
      say(`${setting.name}, noise x${level}: ${JSON.stringify(lived)}`);
      save({ settings });
    }
}
