import type { Instant } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { Fence, type Put } from '../fence/fence';
import { FenceKeeper } from '../fence/keeper';
import type { FenceTerms } from '../fence/statement';
import type { SwitchoverTimes } from './times';
import type { FenceReport, SwitchoverWorld } from './world';

export interface HoldOrder {
  readonly region: string;
  readonly actId: string;
  readonly aheadMs: number;
  /** Acts whose fences were left behind there. */
  readonly replaces: readonly string[];
  /** Beginnings of keys that stay writable, besides those that always do. */
  readonly exempt: readonly string[];
}

export type Raised =
  | { readonly kind: 'up' }
  | { readonly kind: 'taken'; readonly region: string; readonly by: FenceTerms }
  | { readonly kind: 'refused' | 'failed'; readonly sentence: string; readonly fix?: string };

/** The fences of one act: raised, kept and lifted together. */
export class Hold {
  /** When a write was first seen refused. */
  firstRefusedAt?: Instant;
  private readonly fences: readonly Fence[];
  private readonly keeper: FenceKeeper;
  private mark = 0;

  constructor(
    private readonly world: SwitchoverWorld,
    private readonly orders: readonly HoldOrder[],
    limits: Limits,
    private readonly times: SwitchoverTimes,
  ) {
    const { partition } = world.estate.accessPoint;
    this.fences = orders.map((order) => new Fence(world, { ...order, bucket: world.buckets(order.region), partition }, times.fence));
    this.keeper = new FenceKeeper(world.clock, this.fences, limits, times.fence);
  }

  get regions(): readonly string[] {
    return this.orders.map(({ region }) => region);
  }

  /** Why the fences cannot be raised, as far as that is known without raising them. */
  async tryOut(limits: Limits): Promise<Exclude<Raised, { kind: 'up' }> | undefined> {
    const found = await Promise.all(this.fences.map((fence) => fence.tryOut(limits)));
    return this.worst(found);
  }

  /** Sees that a write of our own is accepted as long as there is no fence: else a refusal would show nothing. */
  async calibrate(limits: Limits): Promise<Exclude<Raised, { kind: 'up' }> | undefined> {
    for (const [index, fence] of this.fences.entries()) {
      // Behind a fence that was left behind, a write of our own is refused as it should be.
      if (this.orders[index].replaces.length > 0) continue;
      const tried = await fence.check.tryWrite(limits.signal, 2);
      if (tried.kind === 'accepted') continue;
      const found = await this.tryOut(limits);
      if (found?.kind === 'taken') return found;
      const sentence = `a write of our own to ${fence.region} was not accepted, so that no fence could be seen there: ${tried.reason}`;
      return { kind: tried.kind === 'refused' ? 'refused' : 'failed', sentence, fix: `allow s3:PutObject on '.s3-failover/*' of the bucket in ${fence.region}, or go without a fence by --no-fence` };
    }
    return undefined;
  }

  async put(limits: Limits): Promise<Raised> {
    const puts = await Promise.all(this.fences.map((fence) => fence.put(limits)));
    return this.worst(puts.map((put) => (put.kind === 'up' ? undefined : put))) ?? { kind: 'up' };
  }

  async seeRefused(limits: Limits): Promise<Raised> {
    const seen = await Promise.all(this.fences.map((fence) => fence.seeRefused(limits)));
    for (const [index, one] of seen.entries()) {
      if (one.kind === 'refused') this.firstRefusedAt = Math.min(this.firstRefusedAt ?? Infinity, one.firstAt);
      else return { kind: 'failed', sentence: `writes to ${this.regions[index]} were not seen refused: ${one.reason}` };
    }
    return { kind: 'up' };
  }

  /** From now on, time without a fence counts. */
  begin(): void {
    this.keeper.start();
    this.mark = this.keeper.gaps.length;
  }

  /** Looks at every fence now, and sees to it that each has enough time left. */
  async look(leastLeftMs: number): Promise<void> {
    await this.keeper.look(leastLeftMs);
  }

  /** Time without a fence, since the beginning. */
  get gaps(): readonly string[] {
    return this.keeper.gaps.slice(this.mark).map(({ region, reason }) => `${region}: ${reason}`);
  }

  get rival(): { readonly region: string; readonly fence: FenceTerms } | undefined {
    return this.keeper.rival;
  }

  /** Milliseconds that are left of the fence that lapses first. */
  get left(): number {
    return Math.min(...this.fences.map((fence) => fence.left));
  }

  /** Lifts every fence, in a time of its own: what ended the act must not keep this from being done. */
  async lift(): Promise<readonly FenceReport[]> {
    await this.keeper.stop();
    const limits = { deadline: this.world.clock.now() + this.times.undoMs };
    return Promise.all(
      this.fences.map(async (fence) => {
        const lifted = await fence.lift(limits);
        if (lifted.kind === 'not lifted') this.world.log.warn('could not lift the fence', { region: fence.region, reason: lifted.reason });
        return lifted.kind === 'lifted' ? this.report(fence, fence.rival ? 'replaced' : 'lifted') : this.report(fence, 'lapses');
      }),
    );
  }

  /** Leaves the fences to lapse by themselves. */
  async leave(): Promise<readonly FenceReport[]> {
    await this.keeper.stop();
    return this.fences.map((fence) => this.report(fence, fence.lapses === undefined ? 'lifted' : 'lapses'));
  }

  /** Removes what was written to see the fences, as soon as the buckets let it be removed. Gives what could not be. */
  async clean(): Promise<readonly string[]> {
    const buckets = this.world.estate.regions.map(this.world.buckets);
    const until = this.world.clock.now() + this.times.undoMs;
    const left = await Promise.all(
      this.fences.map(async ({ check }) => {
        for (;;) {
          const reasons = await check.remove(buckets, this.times.claimMs);
          if (reasons.length === 0 || timeLeft(this.world.clock, { deadline: until }) === 0) return reasons;
          await this.world.clock.sleep(this.times.pollMs);
        }
      }),
    );
    return left.flat();
  }

  private report(fence: Fence, state: FenceReport['state']): FenceReport {
    const own = `${fence.region}: `;
    const gaps = this.gaps.filter((gap) => gap.startsWith(own)).map((gap) => gap.slice(own.length));
    return { region: fence.region, state, ...(state === 'lapses' ? { lapses: fence.lapses } : {}), held: gaps.length === 0 && state !== 'replaced', gaps };
  }

  private worst(puts: readonly (Exclude<Put, { kind: 'up' }> | undefined)[]): Exclude<Raised, { kind: 'up' }> | undefined {
    for (const [index, put] of puts.entries()) {
      const region = this.regions[index];
      if (put?.kind === 'taken') return { kind: 'taken', region, by: put.by };
    }
    for (const [index, put] of puts.entries()) {
      if (put === undefined || put.kind === 'taken') continue;
      const sentence = `no fence could be raised in ${this.regions[index]}: ${put.reason}`;
      return put.kind === 'refused' ? { kind: 'refused', sentence, fix: put.fix } : { kind: 'failed', sentence };
    }
    return undefined;
  }
}
