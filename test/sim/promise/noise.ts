import { Stream } from '../world/random';

/**
 * What goes wrong on ordinary days. There is no published record of any of it: every rate and length here is assumed, and meant to be
 * worse than what people see. Where something public bounds it, it stands beside it. A level multiplies how often, never how long.
 */
export const NOISE = {
  /**
   * Share of probes that fail by themselves, each alone. The S3 service level agreement pays below 99.9 % of requests without an
   * internal error in a month (aws.amazon.com/s3/sla): this is as bad as that, every day.
   */
  single: 0.001,
  /** A Region's storage fails for a share of all requests: every observer sees it, its own too, and so do clients. */
  burst: { perDay: 1, leastMs: 2_000, mostMs: 60_000, leastShare: 0.05, mostShare: 0.5 },
  /** A Region's storage fails for nearly all requests: a real outage, one a month, mostly shorter than a minute. */
  brownOut: { perDay: 1 / 30, leastMs: 5_000, mostMs: 180_000, leastShare: 0.8, mostShare: 1 },
  /** A Region asks to slow down. */
  throttling: { perDay: 0.5, leastMs: 5_000, mostMs: 300_000, leastShare: 0.1, mostShare: 0.8 },
  /** A Region answers late: `factor` times slower, usually little, now and then much. */
  slow: { perDay: 0.2, leastMs: 5_000, mostMs: 300_000, leastFactor: 2, tail: 1.2, mostFactor: 60 },
  /** The way between one control Region and one data Region loses requests. */
  path: { perDay: 0.2, leastMs: 5_000, mostMs: 300_000, leastShare: 0.2, mostShare: 1 },
  /** The way between all control Regions, which share a continent, and one data Region loses requests; the Region and its clients are well. */
  link: { perDay: 0.02, leastMs: 5_000, mostMs: 300_000, leastShare: 0.5, mostShare: 1 },
  /** One observer's own network loses requests to wherever. */
  observer: { perDay: 0.1, leastMs: 5_000, mostMs: 300_000, leastShare: 0.2, mostShare: 1 },
  /** Everybody loses requests to everywhere: a shared backbone, or names. */
  everywhere: { perDay: 0.02, leastMs: 5_000, mostMs: 60_000, leastShare: 0.1, mostShare: 0.5 },
  /** Share of the runs of an observer that never start. */
  skippedRuns: 0.001,
} as const;

export const DAY_MS = 86_400_000;

/** What a probe finds, and how long it takes. Silence takes for ever. */
export type Found = { readonly kind: 'ok' | 'throttled' | 'down'; readonly ms: number } | { readonly kind: 'silence' };

export interface Spell {
  readonly kind: 'burst' | 'brownOut' | 'throttling' | 'slow' | 'path' | 'link' | 'observer' | 'everywhere';
  readonly at: number;
  readonly until: number;
  /** Undefined: every one. */
  readonly region?: string;
  readonly observers: 'all' | 'voters' | string;
  /** Of requests that it hits; of a slow one, the factor. */
  readonly much: number;
  /** For the chance of each request in it. */
  readonly salt: number;
}

/** One day of one estate: what each observer would find in each Region at each moment. One seed decides all. */
export class NoisyDay {
  readonly spells: readonly Spell[];
  private readonly blips = new Map<string, readonly number[]>();

  constructor(
    readonly seed: number,
    readonly regions: readonly string[],
    readonly voters: readonly string[],
    readonly level: number,
    readonly intervalMs: number,
    readonly lengthMs = DAY_MS,
  ) {
    this.spells = spellsOf(seed, regions, voters, level, lengthMs);
  }

  /** Role and Region, as in a report's key. */
  get observers(): string[] {
    return [...this.voters.map((region) => `voter/${region}`), ...this.regions.map((region) => `self/${region}`)];
  }

  seenBy(observer: string): readonly string[] {
    return observer.startsWith('self/') ? [observer.slice('self/'.length)] : this.regions;
  }

  /** Moments after which the next look of an observer at a Region fails by itself. */
  blipsOf(observer: string, region: string): readonly number[] {
    const name = `${observer} ${region}`;
    let blips = this.blips.get(name);
    if (!blips) this.blips.set(name, (blips = blipsOf(new Stream(this.seed, `blips ${name}`), Math.min(0.5, NOISE.single * this.level) / this.intervalMs, this.lengthMs)));
    return blips;
  }

  /** What a probe finds that begins at a moment. Depends on nothing else, so that two programs that look at the same moments see the same. */
  probe(observer: string, region: string, at: number): Found {
    const moment = Math.floor(at);
    let factor = 1;
    let throttled = false;
    if (hasWithin(this.blipsOf(observer, region), moment - this.intervalMs, moment)) return this.failure(moment, 7);
    for (const spell of this.spells) {
      if (moment < spell.at || moment >= spell.until || !hits(spell, observer, region)) continue;
      if (spell.kind === 'slow') factor = Math.max(factor, spell.much);
      else if (drawn(spell.salt, observer, region, moment) < spell.much) {
        if (spell.kind !== 'throttling') return spell.kind === 'burst' || spell.kind === 'brownOut' ? this.failure(moment, spell.salt) : { kind: 'silence' };
        throttled = true;
      }
    }
    if (throttled) return { kind: 'throttled', ms: 40 };
    const draw = drawn(this.seed, observer, region, moment);
    return { kind: 'ok', ms: Math.round(factor === 1 ? 20 + 60 * draw : lateness(factor, draw)) };
  }

  /** Share of the requests of clients that fail at a Region at a moment, where a client waits so long for an answer. */
  clientsFailing(region: string, moment: number, patienceMs: number): number {
    let served = 1 - Math.min(0.5, NOISE.single * this.level);
    for (const spell of this.spells) {
      if (moment < spell.at || moment >= spell.until || (spell.region !== undefined && spell.region !== region) || spell.observers !== 'all') continue;
      if (spell.kind === 'slow') served *= 1 - Math.min(1, (SLOW_MS * spell.much / patienceMs) ** 2);
      else if (spell.kind !== 'throttling') served *= 1 - spell.much;
    }
    return 1 - served;
  }

  /** Half of what fails answers at once, the other half never. */
  private failure(moment: number, salt: number): Found {
    return drawn(this.seed, 'failure', String(salt), moment) < 0.5 ? { kind: 'down', ms: 40 } : { kind: 'silence' };
  }
}

/** An answer's usual time, of which a slow spell makes many, with a tail of which the share beyond x falls as 1 / x². */
const SLOW_MS = 40;

function lateness(factor: number, draw: number): number {
  return Math.min(60_000, (SLOW_MS * factor) / Math.sqrt(1 - draw));
}

export function hits(spell: Spell, observer: string, region: string): boolean {
  if (spell.region !== undefined && spell.region !== region) return false;
  return spell.observers === 'all' || spell.observers === observer || (spell.observers === 'voters' && observer.startsWith('voter/'));
}

function spellsOf(seed: number, regions: readonly string[], voters: readonly string[], level: number, lengthMs: number): Spell[] {
  const spells: Spell[] = [];
  const add = (kind: Spell['kind'], observers: Spell['observers'], region: string | undefined) => {
    const random = new Stream(seed, `${kind} ${observers} ${region ?? 'everywhere'}`);
    const { perDay, leastMs, mostMs } = NOISE[kind];
    // Gaps of a Poisson process: more of the same at a higher level.
    for (let at = gap(random, (perDay * level) / DAY_MS); at < lengthMs; at += gap(random, (perDay * level) / DAY_MS)) {
      const forMs = leastMs * (mostMs / leastMs) ** random.next();
      const much = kind === 'slow' ? Math.min(NOISE.slow.mostFactor, NOISE.slow.leastFactor * (1 - random.next()) ** (-1 / NOISE.slow.tail)) : random.between(NOISE[kind].leastShare, NOISE[kind].mostShare);
      spells.push({ kind, at: Math.round(at), until: Math.round(at + forMs), ...(region !== undefined && { region }), observers, much, salt: random.below(2 ** 31) });
    }
  };
  for (const region of regions) {
    for (const kind of ['burst', 'brownOut', 'throttling', 'slow'] as const) add(kind, 'all', region);
    add('link', 'voters', region);
    for (const voter of voters) if (voter !== region) add('path', `voter/${voter}`, region);
    add('observer', `self/${region}`, undefined);
  }
  for (const voter of voters) add('observer', `voter/${voter}`, undefined);
  add('everywhere', 'all', undefined);
  return spells.sort((a, b) => a.at - b.at);
}

function blipsOf(random: Stream, perMs: number, lengthMs: number): number[] {
  const moments: number[] = [];
  for (let at = gap(random, perMs); at < lengthMs; at += gap(random, perMs)) moments.push(at);
  return moments;
}

function gap(random: Stream, perMs: number): number {
  return -Math.log(1 - random.next()) / perMs;
}

/** Whether one of the rising moments lies after `from`, and not after `to`. */
function hasWithin(moments: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle] > from) high = middle;
    else low = middle + 1;
  }
  return low < moments.length && moments[low] <= to;
}

/** Chance without memory: a number in [0, 1) that hangs on its arguments alone. */
function drawn(salt: number, observer: string, region: string, moment: number): number {
  let hash = (salt ^ 0x811c9dc5) | 0;
  for (let i = 0; i < observer.length; i++) hash = Math.imul(hash ^ observer.charCodeAt(i), 0x01000193);
  for (let i = 0; i < region.length; i++) hash = Math.imul(hash ^ region.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (moment & 0xffff), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (moment >>> 16), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}
