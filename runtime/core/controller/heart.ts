import { HEARTBEAT_EVERY_MS } from '../../../lib/private/controller-contract';
import { within } from '../calls/side-by-side';
import type { Instant } from '../ports';
import type { ControllerWorld } from './world';

const BEAT_MS = 2_000;

/** Writes this Region's heartbeat when it is due. What the process before wrote counts, so that a change of processes adds none. */
export class Heart {
  private dueAt?: Instant;

  constructor(
    private readonly world: Pick<ControllerWorld, 'clock' | 'heartbeats'>,
    private readonly region: string,
  ) {}

  /** Rejects when the bucket does not take it. Then the next tick tries again. */
  async beat(signal: AbortSignal): Promise<void> {
    const { clock, heartbeats } = this.world;
    if (this.dueAt !== undefined && clock.now() < this.dueAt) return;
    const ageMs = await within(this.region, clock, BEAT_MS, (abort) => heartbeats.beat(this.region, HEARTBEAT_EVERY_MS, abort), signal);
    this.dueAt = clock.now() + HEARTBEAT_EVERY_MS - ageMs;
  }
}
