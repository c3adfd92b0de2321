import { layoutOf } from '../world/layout';
import type { Seeds } from '../world/random';
import { FOR_GOOD, type Episode } from './episode';
import type { Next } from './plan';

/** Of schedules in which something goes wrong, how many have a deployment that goes from observer to observer. */
const WITH_DEPLOYMENT = 0.1;

export interface Deployment {
  readonly next: Next;
  readonly episodes: readonly Episode[];
}

/** Each observer's next runs are of the later version, one after another: to the end, rolled back, or the other way round: from the start, until it comes. */
export function deploymentOf(seeds: Seeds, data: readonly string[], focus: number, quietFrom: number): Deployment | undefined {
  const random = seeds.of('deployment');
  if (!random.chance(WITH_DEPLOYMENT)) return undefined;
  const observers = [...layoutOf(data).control.map((region) => `voter:${region}`), ...data.map((region) => `self:${region}`)];
  const from = Math.max(1_000, Math.min(quietFrom, focus + random.between(-120_000, 60_000)));
  const apart = random.between(0, 45_000);
  const way = random.pick(['to the end', 'to the end', 'rolled back', 'the other way']);
  const stays = random.between(60_000, 240_000);
  const episodes = observers.map((observer, index): Episode => {
    const at = Math.min(quietFrom, from + index * apart);
    if (way === 'the other way') return { at: 0, forMs: at, kind: 'other version', observer };
    return { at, forMs: way === 'to the end' ? FOR_GOOD : Math.min(stays, quietFrom - at), kind: 'other version', observer };
  });
  return { next: { writes: random.pick(['as now', 'more', 'more', 'version 2']) }, episodes };
}
