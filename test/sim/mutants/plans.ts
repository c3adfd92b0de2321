import { FOR_GOOD, type Episode } from '../faults/episode';
import type { Plan } from '../faults/plan';
import { NO_RATES, type Rates } from '../faults/rates';
import { Seeds } from '../world/random';

const MINUTES_MS = 60_000;

/** A quarter of an hour with a few faults at times that differ from seed to seed. */
export function schedule(seed: number, make: (jitter: (least: number, most: number) => number) => readonly Episode[], more: Partial<Plan> & { readonly rates?: Rates } = {}): Plan {
  const random = new Seeds(seed).of('mutants');
  return {
    seed,
    durationMs: 15 * MINUTES_MS,
    data: ['eu-west-1', 'us-west-2', 'us-east-1'],
    settings: { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 40_000, disputedForMs: 180_000, staggerMs: 14_000, coolDownMs: 180_000 },
    episodes: make((least, most) => random.between(least, most)),
    rates: NO_RATES,
    quietFrom: 10 * MINUTES_MS,
    fresh: false,
      strict: seed % 4 === 0,
    ...more,
  };
}

export function dies(region: string, at: number, forMs = FOR_GOOD): Episode {
  return { at, forMs, kind: 'region dead', region };
}

export function person(verb: Extract<Episode, { kind: 'person' }>['verb'], at: number, region: string): Episode {
  return { at, forMs: 0, kind: 'person', verb, region };
}
