import { FOR_GOOD, type Episode } from '../faults/episode';
import type { Plan } from '../faults/plan';
import { NO_RATES, type Rates } from '../faults/rates';
import { Seeds } from '../world/random';
import type { Lie } from '../world/prober';
import type { Control, Storage } from '../world/regions';

const MINUTES_MS = 60_000;
/** Two data Regions that are no control Regions: what befalls one side spares the other. */
export const APART = { data: ['eu-west-1', 'ap-northeast-1'] } as const;

type Jitter = (least: number, most: number) => number;
type More = Partial<Omit<Plan, 'rates' | 'settings'>> & { readonly rates?: Partial<Rates>; readonly settings?: Partial<Plan['settings']> };

/** A quarter of an hour with a few faults at times that differ from seed to seed. */
export function schedule(seed: number, make: (jitter: Jitter) => readonly Episode[], more: More = {}): Plan {
  const random = new Seeds(seed).of('mutants');
  const episodes = [...make((least, most) => random.between(least, most))].sort((a, b) => a.at - b.at);
  return {
    seed,
    durationMs: 15 * MINUTES_MS,
    data: ['eu-west-1', 'us-west-2', 'us-east-1'],
    episodes,
    quietFrom: 10 * MINUTES_MS,
    fresh: false,
      strict: seed % 4 === 0,
    ...more,
    settings: { intervalMs: 10_000, probeTimeoutMs: 4_000, unhealthyForMs: 40_000, disputedForMs: 180_000, staggerMs: 14_000, coolDownMs: 180_000, ...more.settings },
    rates: { ...NO_RATES, ...more.rates },
  };
}

export function dies(region: string, at: number, forMs = FOR_GOOD): Episode {
  return { at, forMs, kind: 'region dead', region };
}

export function storage(region: string, at: number, forMs: number, state: Storage = 'failing'): Episode {
  return { at, forMs, kind: 'storage', region, state };
}

export function endpoint(region: string, at: number, forMs: number, state: Control): Episode {
  return { at, forMs, kind: 'endpoint', region, state };
}

export function endpoints(regions: readonly string[], at: number, forMs: number, state: Control): Episode[] {
  return regions.map((region) => endpoint(region, at, forMs, state));
}

export function cut(from: string, to: string, at: number, forMs: number): Episode {
  return { at, forMs, kind: 'cut', from, to, bothWays: false };
}

export function noRuns(region: string, at: number, forMs: number): Episode {
  return { at, forMs, kind: 'no runs start', region };
}

export function lies(observer: string, at: number, forMs: number, lie: Lie): Episode {
  return { at, forMs, kind: 'lie', observer, lie };
}

export function blind(observer: string, at: number, forMs: number): Episode {
  return { at, forMs, kind: 'blind', observer, reason: 'expired credentials' };
}

export function card(target: string, at: number): Episode {
  return { at, forMs: 0, kind: 'card', target, endpoint: 'ap-southeast-2' };
}

export function person(verb: Extract<Episode, { kind: 'person' }>['verb'], at: number, region: string): Episode {
  return { at, forMs: 0, kind: 'person', verb, region };
}

/** A first submit without a last word; traffic is moved all the same, and then moved on by a person. */
export function lateLanding(seed: number): Plan {
  return schedule(seed, (at) => [storage('eu-west-1', at(60_000, 90_000), 540_000), person('failover', at(180_000, 240_000), 'us-east-1')], { quietFrom: 170_000, rates: { 'submit applied late': 0.6 } });
}

/** Two endpoints that lag behind, and right after an act nobody else to ask. */
export function fooledTwice(seed: number, staleMs: number): Plan {
  return schedule(
    seed,
    (at) => {
      const from = at(60_000, 120_000);
      return [dies('eu-west-1', from), ...endpoints(['us-east-1', 'us-west-2'], 0, FOR_GOOD, 'stale'), ...endpoints(['ap-southeast-2', 'ap-northeast-1'], from + at(50_000, 70_000), 400_000, 'refusing')];
    },
    { staleMs },
  );
}
