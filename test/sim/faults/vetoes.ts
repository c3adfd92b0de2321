import type { VetoAlarm } from '../../../lib/private/controller-contract';
import { ALARM_STATES } from '../world/alarms';
import { layoutOf } from '../world/layout';
import { PHASES } from '../world/phase';
import type { Seeds, Stream } from '../world/random';
import { FOR_GOOD, type Episode } from './episode';
import type { Aimed } from './plan';

/** Of schedules in which something goes wrong, how many have alarms that may hold an act, and that are not quiet. */
const WITH_VETOES = 0.15;
const NAMES = ['orders-are-paused', 'a migration is under way'];

export interface Vetoes {
  readonly vetoAlarms: readonly VetoAlarm[];
  readonly episodes: readonly Episode[];
  readonly aimed: readonly Aimed[];
}

/** Alarms in ALARM, out of reach, deleted, or all of it in turn. Most of it where something is to be decided, since they are asked at no other time. */
export function vetoesOf(seeds: Seeds, data: readonly string[], focus: number, quietFrom: number): Vetoes | undefined {
  const random = seeds.of('vetoes');
  if (!random.chance(WITH_VETOES)) return undefined;
  const { control } = layoutOf(data);
  const vetoAlarms = NAMES.slice(0, 1 + random.below(2)).map((name) => ({ region: random.pick([data[0], ...data, ...control]), name }));
  const of = () => random.pick(vetoAlarms);
  const episodes = Array.from({ length: 1 + random.below(3) }, () => {
    const at = random.chance(0.7) ? Math.min(quietFrom, Math.max(0, focus + random.between(-60_000, 120_000))) : random.between(0, quietFrom);
    const forMs = Math.min(random.heavy(90_000, quietFrom), quietFrom - at);
    const kind = random.next();
    // Somebody forgot it: it stands to the end, and holds to the end.
    if (kind < 0.1) return [{ ...alarm(of(), at, FOR_GOOD), state: 'in alarm' as const }];
    if (kind < 0.3) return flapping(random, of(), at, forMs);
    return [{ ...alarm(of(), at, forMs), state: random.chance(0.5) ? ('in alarm' as const) : random.pick(ALARM_STATES) }];
  }).flat();
  const aimed = Array.from({ length: 1 + random.below(4) }, (): Aimed => ({
    phase: random.pick(PHASES),
    afterMs: random.between(0, 2_000),
    episode: { ...alarm(of(), 0, random.heavy(30_000, quietFrom)), state: random.pick(ALARM_STATES) },
  }));
  return { vetoAlarms, episodes, aimed };
}

/** In ALARM and quiet again, every few seconds. */
function flapping(random: Stream, of: VetoAlarm, from: number, forMs: number): Episode[] {
  const every = random.between(5_000, 40_000);
  return Array.from({ length: Math.min(8, Math.floor(forMs / every)) }, (_, index) => ({ ...alarm(of, from + index * every, every / 2), state: 'in alarm' as const }));
}

function alarm({ region, name }: VetoAlarm, at: number, forMs: number) {
  return { at, forMs, kind: 'alarm', region, name } as const;
}
