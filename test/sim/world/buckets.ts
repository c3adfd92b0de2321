import type { Stream } from './random';
import type { Time } from './time';

/** One write that a client was told is safe. */
export interface Acknowledged {
  readonly number: number;
  readonly key: number;
  readonly at: number;
  readonly region: string;
  /** When it reaches each other bucket; never, where its replication FAILED. */
  readonly arrives: number[];
}

/** A few keys, so that writes in two Regions supersede each other. */
const KEYS = 40;
const LAG = { medianMs: 4_000, mostMs: 30 * 60_000 };
const FAILS = 0.002;

/** Buckets and what S3 owes between them: replication keeps no order, and a few objects take very long or never come. */
export class Buckets {
  readonly acknowledged: Acknowledged[] = [];
  private readonly downUntil: number[];

  constructor(
    private readonly time: Time,
    private readonly regions: readonly string[],
    private readonly random: Stream,
  ) {
    this.downUntil = regions.map(() => 0);
  }

  acknowledge(region: string): void {
    const { now } = this.time;
    const arrives = this.regions.map((other, i) => {
      if (other === region) return now;
      const at = now + this.random.heavy(LAG.medianMs, LAG.mostMs);
      if (this.random.chance(FAILS)) return Infinity;
      return at < this.downUntil[i] ? this.afterwards(this.downUntil[i]) : at;
    });
    this.acknowledged.push({ number: this.acknowledged.length, key: this.random.below(KEYS), at: now, region, arrives });
  }

  /** Nothing reaches or leaves a Region that does not serve: what is on its way then comes after it is back. */
  outage(region: string, until: number): void {
    const index = this.regions.indexOf(region);
    if (index < 0) return;
    this.downUntil[index] = Math.max(this.downUntil[index], until);
    for (const write of this.acknowledged)
      write.arrives.forEach((at, i) => {
        if (at > this.time.now && at < until && (i === index || write.region === region)) write.arrives[i] = this.afterwards(until);
      });
  }

  private afterwards(until: number): number {
    return until + this.random.heavy(LAG.medianMs, LAG.mostMs);
  }

  has(region: string, write: Acknowledged): boolean {
    return write.arrives[this.regions.indexOf(region)] <= this.time.now;
  }

  /** Acknowledged writes that a Region does not have now. */
  missing(region: string): readonly Acknowledged[] {
    return this.acknowledged.filter((write) => !this.has(region, write));
  }

  /** Acknowledged writes that a later write to the same key, made in another Region before they arrived there, replaced. */
  superseded(): readonly Acknowledged[] {
    const last = new Map<number, Acknowledged>();
    for (const write of this.acknowledged) last.set(write.key, write);
    return this.acknowledged.filter((write) => {
      const winner = last.get(write.key)!;
      return winner !== write && winner.region !== write.region && write.arrives[this.regions.indexOf(winner.region)] > winner.at;
    });
  }
}
