import { layoutOf } from '../world/layout';
import type { Seeds, Stream } from '../world/random';
import type { Episode } from './episode';
import type { Settings } from './plan';

/** Of schedules in which something goes wrong, how many go back by themselves. */
const WITH_FAILBACK = 0.08;

export interface GoesBack {
  readonly settings: Pick<Settings, 'failback'>;
  readonly begins?: string;
  readonly episodes: readonly Episode[];
}

/** A policy that goes back by itself, a reason to, and applications that are at rest now and then: else nothing is ever drained. */
export function goesBackOf(seeds: Seeds, data: readonly string[], quietFrom: number): GoesBack | undefined {
  const random = seeds.of('failback');
  if (!random.chance(WITH_FAILBACK)) return undefined;
  const settings: GoesBack['settings'] = { failback: { kind: 'when drained', forMs: random.pick([60_000, 120_000, 180_000]) } };
  const rests = Array.from({ length: 1 + random.below(2) }, (): Episode => {
    const at = random.between(0, quietFrom * 0.7);
    return { at, forMs: Math.min(random.heavy(480_000, quietFrom), quietFrom - at), kind: 'nobody writes' };
  });
  if (random.chance(0.5)) return { settings, begins: data[1], episodes: rests };
  return { settings, episodes: [...rests, ...wentAway(random, data, quietFrom)] };
}

/** Traffic leaves the preferred Region, and some time later a person says that it may be chosen again. */
function wentAway(random: Stream, data: readonly string[], quietFrom: number): Episode[] {
  const at = random.between(20_000, 120_000);
  const why = random.next();
  const away: Episode =
    why < 0.4
      ? { at, forMs: 0, kind: 'person', verb: 'failover', region: data[1] }
      : why < 0.6
        ? { at, forMs: 0, kind: 'card', target: data[1], endpoint: random.pick(layoutOf(data).endpoints) }
        : { at, forMs: random.between(60_000, 180_000), kind: 'storage', region: data[0], state: 'failing' };
  const back = Math.min(quietFrom, at + random.between(60_000, 240_000));
  return [away, ...(['include', 'lift'] as const).map((verb, index): Episode => ({ at: back + index * 5_000, forMs: 0, kind: 'person', verb, region: data[0] }))];
}
