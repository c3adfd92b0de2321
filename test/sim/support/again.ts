import type { Episode } from '../faults/episode';
import type { Plan } from '../faults/plan';
import { shipped } from '../shipped';
import type { World } from '../world/world';
import { plan, QUIET, runWorld } from './in-world';

/** A schedule that broke something once, shrunk, with the shipped controller: a quarter of an hour of it. */
export function again(seed: number, episodes: readonly Episode[], changes: Partial<Plan>, during?: (world: World) => void) {
  // A policy is kept for each settings object, and belongs to the Regions of one plan.
  const settings = { ...(changes.settings ?? QUIET.settings) };
  return runWorld(plan({ durationMs: 15 * 60_000, seed, episodes, ...changes, settings }), shipped(), during);
}
