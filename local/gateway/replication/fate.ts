import { createHash } from 'node:crypto';
import { fits } from '../glob';
import type { DirectionSettings } from './settings';
import type { Task } from './task';

/** The longest that a heavy tail makes anything wait. */
const LONGEST_MS = 600_000;

/** What becomes of one piece of work, as far as chance decides it. */
export interface Fate {
  readonly lagMs: number;
  /** One of S3's replication failure reasons, for what was chosen to fail. */
  readonly fails?: string;
}

export function isLeftToChance({ tail, fail }: DirectionSettings): boolean {
  return tail !== null || fail !== null;
}

/**
 * Draws what the settings leave to chance. It depends on the seed, the key and how many writes of the key there were in this
 * direction, and on nothing else: the same keys are slow in every run, in whatever order they are written.
 */
export function fateOf({ lagMs, tail, fail, seed }: DirectionSettings, { kind, key }: Pick<Task, 'kind' | 'key'>, ordinal: number): Fate {
  if (tail === null && fail === null) return { lagMs };
  const digest = createHash('sha256').update(JSON.stringify([seed, kind, key, ordinal])).digest();
  const draw = (index: number) => digest.readUInt32BE(4 * index) / 2 ** 32;
  const slow = tail && draw(0) < tail.share;
  // Pareto's distribution: of those that took t, the share that takes twice as long is always the same.
  const tailMs = slow ? tail.ms * (tail.shape === undefined ? 1 : (1 - draw(1)) ** (-1 / tail.shape)) : 0;
  const fails = fail && fits(fail.keys, key) && draw(2) < fail.rate;
  return { lagMs: Math.max(lagMs, Math.min(LONGEST_MS, Math.round(tailMs))), ...(fails && { fails: fail.code }) };
}
