import type { Clock } from '../../../runtime/core/ports';
import type { Doer } from './facts';
import type { Happening, Receiver, Time } from './time';

/** What a call is, for faults that choose between two of them. */
export type CallKind = 'read routes' | 'submit routes' | 'get item' | 'list items' | 'put item' | 'probe' | 'read bucket' | 'write bucket' | 'read alarms' | 'read metrics';

/** What can befall the process itself on the way through one call. */
export type Hitch =
  | { readonly kind: 'killed before' | 'killed after' }
  | { readonly kind: 'frozen before' | 'frozen after'; readonly forMs: number; readonly clockStops: boolean };

export interface Hitches {
  draw(process: Process, call: CallKind): Hitch | undefined;
}

/** Epoch that a process has truly taken: a write that the table made, whether or not its answer came back. */
export interface Held {
  readonly epoch: number;
  readonly at: number;
  readonly intent: readonly string[];
  readonly from: readonly string[];
  readonly as: string | undefined;
  readonly frozenBefore: number;
  readonly stoppedBefore: number;
}

/**
 * One run of a Lambda, or one use of a tool: code that waits for answers and for its own clock. Whatever it waits for comes
 * late while it is frozen and never once it is dead, so that it can stop between any two of its requests.
 */
export class Process implements Clock, Doer, Receiver {
  held: Held | undefined;
  /** Milliseconds that it stood still so far, the freeze under way included. */
  frozenMs = 0;
  /** Milliseconds that it stood still with the last request in its hand: nothing in it can notice that before the request leaves. */
  inHandMs = 0;
  readonly startedAt: number;
  private dead = false;
  private frozenUntil = 0;
  /** Of its code and policy: two are about at once during a deployment. */
  version: 'now' | 'next' = 'now';
  /** Milliseconds that its clock stood still as well. */
  stoppedMs = 0;

  constructor(
    private readonly time: Time,
    private readonly hitches: Hitches,
    readonly kind: Doer['kind'],
    readonly name: string,
    readonly region: string,
    /** Its monotonic clock starts anywhere, and runs a little fast or slow. */
    private readonly clock: { readonly offset: number; readonly rate: number },
  ) {
    this.startedAt = time.now;
  }

  get alive(): boolean {
    return !this.dead;
  }

  now(): number {
    return (this.time.now - this.stoppedMs) * this.clock.rate + this.clock.offset;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = this.timer(milliseconds, resolve);
      signal?.addEventListener('abort', () => {
        timer.cancel();
        resolve();
      });
    });
  }

  timer(milliseconds: number, ring: () => void): Happening {
    return this.deliver(this.time.now + Math.max(0, milliseconds) / this.clock.rate, ring);
  }

  kill(): void {
    this.dead = true;
  }

  freeze(milliseconds: number, clockStops = false): void {
    const until = this.time.now + milliseconds;
    if (until <= this.frozenUntil) return;
    const more = until - Math.max(this.time.now, this.frozenUntil);
    this.frozenUntil = until;
    this.frozenMs += more;
    if (clockStops) this.stoppedMs += more;
  }

  /** Something reaches the process at a moment, or when it thaws, or never. */
  deliver(moment: number, receive: () => void): Happening {
    return this.time.at(moment, receive, this);
  }

  reachableAt(now: number): number {
    if (this.dead) return Infinity;
    return this.frozenUntil > now ? this.frozenUntil : now;
  }

  /** What befalls this process on the way through its next call. */
  hitch(call: CallKind): Hitch | undefined {
    const hitch = this.hitches.draw(this, call);
    this.inHandMs = hitch?.kind === 'frozen before' ? hitch.forMs : 0;
    return hitch;
  }

  /** Sends a request, unless the process dies first; it may freeze with the request in hand, and send it when it thaws. */
  leave(hitch: Hitch, send: () => void): void {
    switch (hitch.kind) {
      case 'killed before':
        return this.kill();
      case 'killed after':
        send();
        return this.kill();
      case 'frozen before':
        this.freeze(hitch.forMs, hitch.clockStops);
        this.deliver(this.frozenUntil, send);
        return;
      case 'frozen after':
        send();
        this.freeze(hitch.forMs, hitch.clockStops);
    }
  }
}
