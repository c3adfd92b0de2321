import { layoutOf } from '../world/layout';
import { PHASES } from '../world/phase';
import { Seeds, type Stream } from '../world/random';
import type { Lie } from '../world/prober';
import type { Control, Storage } from '../world/regions';
import { EVERYWHERE, FOR_GOOD, type Episode, type Verb } from './episode';
import { deploymentOf } from './deployment';
import { goesBackOf } from './failback';
import type { Aimed, Plan, Replication, Settings } from './plan';
import { NO_RATES, RATE_NAMES, type Rates } from './rates';
import { vetoesOf } from './vetoes';

const DATA = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1'];
export const STORAGES: readonly Storage[] = ['failing', 'refusing', 'silent', 'slow', 'throttling', 'forbidden', 'keyless', 'keys failing'];
export const CONTROLS: readonly Control[] = ['refusing', 'silent', 'failing', 'slow', 'stale', 'garbage', 'throttling', 'forbidden'];
const LIES: readonly Lie[] = ['all down', 'all well', 'the opposite', 'anything', 'active down', 'nonsense'];
const VERBS: readonly Verb[] = ['pause', 'resume', 'exclude', 'include', 'failover'];
const ACTS: readonly Verb[] = [
  'failover',
  'forced failover',
  'switchover',
  'switchover',
  'forced switchover',
  'switchover without a fence',
  'routes set',
  'fence lift',
  'forced fence lift',
  'quarantine lift',
];

/** What each call's fault may reach at most; a seed draws below it. */
const MOST: Rates = {
  'process killed': 0.002,
  'process frozen': 0.002,
  'clock stops while frozen': 0.5,
  'frozen or killed at a submit': 0.4,
  'frozen or killed at a write': 0.01,
  'table throttles': 0.05,
  'table write made, answer lost': 0.05,
  'table replicas conflict': 0.05,
  'submit applied, answer lost': 0.3,
  'submit applied, answered 500': 0.2,
  'submit applied late': 0.3,
  'submit applied twice': 0.2,
  'submit conflicts': 0.2,
  'submit slowed down': 0.2,
  'submit failed': 0.2,
  'probe fails by chance': 0.03,
  'run skipped': 0.2,
  'run late': 0.4,
  'run doubled': 0.2,
  'frozen or killed at a look': 0.01,
};

/** At the end of each schedule everything is well again for this long, so that what should settle can. */
const QUIET_MS = 5 * 60_000;

/**
 * Draws one schedule. Which faults are on, and how often, differs from seed to seed: a seed with few kinds of faults goes deep
 * where one with all of them would never get.
 */
export function planOf(seed: number, minutes: number): Plan {
  const seeds = new Seeds(seed);
  const random = seeds.of('swarm');
  const members = DATA.slice(0, 2 + random.below(3));
  const data = rotated(members, random.below(members.length));
  const durationMs = minutes * 60_000;
  const quietFrom = Math.max(0, durationMs - QUIET_MS);
  const mode = random.next();
  const calm = mode < 0.05;
  // One Region dies and nothing else goes wrong: what is promised for that is strict.
  const onlyDeath = !calm && mode < 0.25;
  const objects = calm || onlyDeath ? undefined : objectsOf(seeds.of('objects'));
  const aims = !calm && !onlyDeath && seeds.of('aims').chance(AIMS);
  const vetoes = calm || onlyDeath ? undefined : vetoesOf(seeds, data, focusOf(seeds, quietFrom), quietFrom);
  const goesBack = calm || onlyDeath ? undefined : goesBackOf(seeds, data, quietFrom);
  const deployment = calm || onlyDeath ? undefined : deploymentOf(seeds, data, focusOf(seeds, quietFrom), quietFrom);
  const aimed = [...(vetoes?.aimed ?? []), ...(aims ? noiseAimed(seeds.of('aims.noise')) : [])];
  return {
    seed,
    durationMs,
    data,
    ...(goesBack?.begins !== undefined && { begins: goesBack.begins }),
    settings: { ...settingsOf(seeds.of('settings')), ...lossOf(seeds.of('loss')), ...(vetoes && { vetoAlarms: vetoes.vetoAlarms }), ...goesBack?.settings },
    episodes: calm ? [] : [...episodesOf(seeds, data, quietFrom, onlyDeath, aims ? SURELY_DEATH : CONCERNS), ...(objects ? episodesOf(seeds, data, quietFrom, false, OF_OBJECTS) : []), ...(vetoes?.episodes ?? []), ...(goesBack?.episodes ?? []), ...(deployment?.episodes ?? [])].sort((a, b) => a.at - b.at),
    rates: calm || onlyDeath ? NO_RATES : ratesOf(seeds.of('rates')),
    ...withAimed(aims ? aimsOf(seeds.of('aims'), data, quietFrom) : {}, aimed),
    quietFrom,
    fresh: random.chance(0.1),
    ...(objects && { objects }),
    ...(deployment && { next: deployment.next }),
    strict: seed % 32 === 0,
  };
}

/** Intervals, and of how many in a hundred schedules. Long ones are cheaper to simulate, short ones leave less time between two steps. None is longer: a run of two minutes then decides once or not at all before the next takes over. */
const INTERVALS: readonly (readonly [intervalMs: number, share: number])[] = [
  [2_000, 1],
  [5_000, 4],
  [10_000, 30],
  [20_000, 65],
];

function settingsOf(random: Stream): Settings {
  const intervalMs = intervalOf(random.between(0, 100));
  const probeTimeoutMs = Math.min(intervalMs * 0.4, 5_000);
  const unhealthyForMs = 3 * intervalMs + probeTimeoutMs + random.pick([0, 10_000, 30_000]);
  const disputedForMs = Math.max(unhealthyForMs, random.pick([90_000, 180_000]));
  return { intervalMs, probeTimeoutMs, unhealthyForMs, disputedForMs, staggerMs: Math.max(10_000, intervalMs), coolDownMs: random.pick([180_000, 300_000]) };
}

function intervalOf(draw: number): number {
  let most = 0;
  for (const [intervalMs, share] of INTERVALS) if (draw < (most += share)) return intervalMs;
  return INTERVALS[INTERVALS.length - 1][0];
}

/** A bound to what may be lost is set now and then; it must be longer than the time between two heartbeats. */
function lossOf(random: Stream): Pick<Settings, 'maxDataLossMs'> {
  return random.chance(0.2) ? { maxDataLossMs: random.pick([90_000, 180_000]) } : {};
}

/** Buckets take time to simulate, so that only a share of the schedules has them. */
const WITH_OBJECTS = 0.25;

function objectsOf(random: Stream): Replication | undefined {
  if (!random.chance(WITH_OBJECTS)) return undefined;
  return { lagMs: random.pick([100, 100, 400, 2_000]), fails: random.pick([0, 0, 0, 0.002]) };
}

function ratesOf(random: Stream): Rates {
  const rates = { ...NO_RATES };
  for (const name of RATE_NAMES) {
    const on = random.chance(0.4);
    const share = random.next() * random.next();
    if (on) rates[name] = MOST[name] * share;
  }
  return rates;
}

type Make = (random: Stream, span: { readonly at: number; readonly forMs: number }, data: readonly string[]) => Episode[];

interface Concern {
  readonly name: string;
  readonly on: number;
  readonly most: number;
  readonly make: Make;
}

/** Each concern with a stream of its own, how likely a seed has it, and how many times at most. */
const CONCERNS: readonly Concern[] = [
  {
    name: 'death',
    on: 0.5,
    most: 1,
    make: (random, span, data) => {
      const region = random.chance(0.7) ? data[0] : random.pick(data);
      const forGood = random.chance(0.6);
      const also = random.chance(0.15) ? ['us-east-1'] : [];
      return [...new Set([region, ...also])].map((name) => ({ ...span, forMs: forGood ? FOR_GOOD : span.forMs, kind: 'region dead', region: name }));
    },
  },
  { name: 'storage', on: 0.4, most: 3, make: (random, span, data) => [{ ...span, kind: 'storage', region: random.pick(data), state: random.pick(STORAGES) }] },
  {
    name: 'storage everywhere',
    on: 0.07,
    most: 1,
    make: (random, span, data) => {
      const state = random.pick(STORAGES);
      return data.map((region) => ({ ...span, kind: 'storage', region, state }));
    },
  },
  { name: 'endpoint', on: 0.4, most: 5, make: (random, span, data) => [{ ...span, kind: 'endpoint', region: random.pick(layoutOf(data).endpoints), state: random.pick(CONTROLS) }] },
  { name: 'table', on: 0.25, most: 2, make: (random, span, data) => [{ ...span, kind: 'table replica lost', region: random.pick(layoutOf(data).control) }] },
  { name: 'runs', on: 0.2, most: 2, make: (random, span, data) => [{ ...span, kind: 'no runs start', region: random.pick([...layoutOf(data).control, ...data]) }] },
  {
    name: 'cut',
    on: 0.4,
    most: 6,
    make: (random, span, data) => {
      const { control, edges, endpoints } = layoutOf(data);
      return [{ ...span, kind: 'cut', from: random.pick([...control, ...data, ...edges]), to: random.pick([...data, ...control, ...endpoints]), bothWays: random.chance(0.5) }];
    },
  },
  {
    name: 'partition',
    on: 0.2,
    most: 2,
    make: (random, span, data) => {
      const { places } = layoutOf(data);
      const side = random.chance(0.5) ? [random.pick(data)] : places.filter(() => random.chance(0.5));
      return side.length === 0 ? [] : [{ ...span, kind: 'partition', side }];
    },
  },
  { name: 'lie', on: 0.3, most: 1, make: (random, span, data) => [{ ...span, kind: 'lie', observer: observerOf(random, data), lie: random.pick(LIES) }] },
  { name: 'blind', on: 0.2, most: 3, make: (random, span, data) => [{ ...span, kind: 'blind', observer: observerOf(random, data), reason: random.pick(['expired credentials', 'clock skew', 'no name resolution']) }] },
  { name: 'noise', on: 0.3, most: 3, make: (random, span, data) => [{ ...span, kind: 'noise', of: random.chance(0.5) ? random.pick(data) : observerOf(random, data), probability: random.between(0.05, 0.9) }] },
  {
    name: 'noise everywhere',
    on: 0.08,
    most: 3,
    make: (random, span) => [{ ...span, forMs: Math.min(span.forMs, random.between(5_000, 90_000)), kind: 'noise', of: EVERYWHERE, probability: random.between(0.3, 1) }],
  },
  { name: 'version', on: 0.15, most: 3, make: (random, span, data) => [{ ...span, kind: 'other version', observer: observerOf(random, data) }] },
  { name: 'frozen', on: 0.2, most: 2, make: (random, span, data) => [{ ...span, forMs: Math.min(span.forMs, 90_000), kind: 'all frozen', region: random.pick(layoutOf(data).control) }] },
  { name: 'card', on: 0.15, most: 2, make: (random, span, data) => [{ ...span, forMs: 0, kind: 'card', target: random.pick(data), endpoint: random.pick(layoutOf(data).endpoints) }] },
  { name: 'person', on: 0.25, most: 3, make: (random, span, data) => [{ ...span, forMs: 0, kind: 'person', verb: random.pick(VERBS), region: random.pick(data) }] },
];

/** Faults and people that matter where there are buckets. */
const OF_OBJECTS: readonly Concern[] = [
  {
    name: 'operator',
    on: 0.9,
    most: 5,
    make: (random, span, data) => [{ ...span, forMs: 0, kind: 'person', verb: random.pick(ACTS), region: random.pick(data), ...(random.chance(0.1) && { interruptedAfterMs: random.between(0, 240_000) }) }],
  },
  { name: 'comparison', on: 0.5, most: 2, make: (random, span, data) => [{ ...span, forMs: 0, kind: 'person', verb: 'reconcile', region: random.pick(data) }] },
  { name: 'policies', on: 0.2, most: 3, make: (random, span, data) => [{ ...span, forMs: 0, kind: 'policy written', region: random.pick(data) }] },
  { name: 'credentials', on: 0.1, most: 1, make: (_random, span) => [{ ...span, kind: 'credentials expired' }] },
];

/** Of schedules with several kinds of faults, how many keep some for one step of an act. Chance alone seldom hits a step of 50 ms. */
const AIMS = 0.6;
/** Something to act on. */
const SURELY_DEATH = CONCERNS.map((concern) => (concern.name === 'death' ? { ...concern, on: 1 } : concern));
/** Those with many states are drawn the more often. */
const MAKES = CONCERNS.flatMap(({ name, make }) => new Array<Make>(name === 'storage' || name === 'endpoint' ? 5 : name === 'storage everywhere' || name === 'noise everywhere' ? 0 : 1).fill(make));

function aimsOf(random: Stream, data: readonly string[], quietFrom: number): Pick<Plan, 'aimed' | 'worse'> {
  const phase = random.pick(PHASES);
  const afterMs = () => (phase === 'claimed' || phase === 'sending' ? random.between(0, 60) : random.between(0, 5_000));
  const make = (): Aimed[] =>
    random.pick(MAKES)(random, { at: 0, forMs: random.heavy(30_000, quietFrom) }, data).map((episode) => ({ phase, afterMs: afterMs(), episode }));
  return {
    aimed: Array.from({ length: 1 + random.below(4) }, make).flat(),
    ...(random.chance(0.7) && { worse: { phase: random.pick(PHASES), times: random.pick([5, 30, 100]) } }),
  };
}

/** Noise that all observers meet at once, kept for one step of an act. */
function noiseAimed(random: Stream): Aimed[] {
  if (!random.chance(0.2)) return [];
  return [{ phase: random.pick(PHASES), afterMs: random.between(0, 2_000), episode: { at: 0, forMs: random.between(5_000, 60_000), kind: 'noise', of: EVERYWHERE, probability: random.between(0.3, 1) } }];
}

function withAimed(aims: Pick<Plan, 'aimed' | 'worse'>, more: readonly Aimed[]): Pick<Plan, 'aimed' | 'worse'> {
  return more.length === 0 ? aims : { ...aims, aimed: [...(aims.aimed ?? []), ...more] };
}

/** Most of what goes wrong, goes wrong at about the same time: that is when it matters. */
function focusOf(seeds: Seeds, quietFrom: number): number {
  return new Seeds(seeds.seed).of('focus').between(0, quietFrom);
}

function episodesOf(seeds: Seeds, data: readonly string[], quietFrom: number, onlyDeath: boolean, concerns: readonly Concern[]): Episode[] {
  const focus = seeds.of('focus').between(0, quietFrom);
  return concerns.flatMap(({ name, on, most, make }) => {
    const random = seeds.of(`faults.${name}`);
    if (!random.chance(onlyDeath ? (name === 'death' ? 1 : 0) : on)) return [];
    return Array.from({ length: 1 + random.below(most) }, () => {
      const near = focus + random.between(-60_000, 240_000);
      const at = name === 'death' ? focus : random.chance(0.6) ? Math.min(quietFrom, Math.max(0, near)) : random.between(0, quietFrom);
      const forMs = Math.min(random.heavy(60_000, quietFrom), quietFrom - at);
      return make(random, { at, forMs }, data);
    }).flat();
  });
}

function observerOf(random: Stream, data: readonly string[]): string {
  return random.chance(0.7) ? `voter:${random.pick(layoutOf(data).control)}` : `self:${random.pick(data)}`;
}

function rotated(list: readonly string[], by: number): string[] {
  return [...list.slice(by), ...list.slice(0, by)];
}
