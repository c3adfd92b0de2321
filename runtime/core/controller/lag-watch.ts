import { reasonOf } from '../calls/reason';
import { within } from '../calls/side-by-side';
import type { Instant } from '../ports';
import { TABLE_MS } from './observer';
import type { Policy } from './policy';
import type { LagSight, View } from './view';
import { tally, unbrokenForMs } from './votes';
import type { ControllerWorld } from './world';

export type Lags = { readonly [region: string]: LagSight | undefined };

const EVERY_MS = 60_000;

/** How far each Region is behind the active one: looked at once a minute to tell of it, and at each tick where something is decided from it. */
export class LagWatch {
  private lookedAt?: Instant;
  private last: Lags = {};

  constructor(
    private readonly world: Pick<ControllerWorld, 'clock' | 'lag' | 'log'>,
    private readonly policy: Policy,
  ) {}

  async look(view: View, signal: AbortSignal): Promise<Lags> {
    const { register } = view;
    if (register.kind !== 'read' || register.state.intent.length !== 1) return (this.last = {});
    const [from] = register.state.intent;
    const { votes } = tally(view, this.policy, from);
    const now = this.world.clock.now();
    if (votes === 0 && !this.mayFailBack(from) && this.lookedAt !== undefined && now - this.lookedAt < EVERY_MS) return this.last;
    this.lookedAt = now;
    const atAgeMs = unbrokenForMs(view, this.policy, from);
    const entries = await Promise.all(this.policy.order.filter((region) => region !== from).map(async (region) => [region, await this.read(from, region, atAgeMs, signal)] as const));
    return (this.last = Object.fromEntries(entries));
  }

  private mayFailBack(active: string): boolean {
    return this.policy.failback.kind !== 'manual' && active !== this.policy.order[0];
  }

  private async read(from: string, to: string, olderThanMs: number, signal: AbortSignal): Promise<LagSight | undefined> {
    const { clock, lag, log } = this.world;
    try {
      return await within(to, clock, TABLE_MS, (abort) => lag.read(from, to, olderThanMs, abort), signal);
    } catch (error) {
      log.warn('the lag is not known', { from, to, reason: reasonOf(error) });
      return undefined;
    }
  }
}
