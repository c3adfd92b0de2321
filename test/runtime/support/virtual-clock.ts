import type { Clock, Instant } from '../../../runtime/core/ports';

interface Timer {
  readonly at: Instant;
  readonly order: number;
  wake(): void;
}

/** Far more than any test needs: a loop without a bound shows as a failure, not as a test that hangs. */
const MOST_STEPS = 100_000;
const WAIT_MS = 5;
const MOST_WAITS = 400;

/** Time that passes only when everybody waits. The same script gives the same run, whatever the machine does. */
export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  private readonly timers = new Set<Timer>();

  now(): Instant {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        this.timers.delete(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer: Timer = { at: this.time + Math.max(0, milliseconds), order: this.order++, wake };
      this.timers.add(timer);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Timers that nobody has ended: a leak, once the work is done. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Runs work to its end, letting time pass whenever it waits. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let done = false;
    const result = work().finally(() => (done = true));
    result.catch(() => undefined);
    for (let step = 0; step < MOST_STEPS; step++) {
      await quiet();
      if (done) return result;
      if (this.advance()) continue;
      if (!(await this.comesBack(() => done || this.timers.size > 0))) throw new Error('everybody waits, and no timer would wake anybody');
    }
    throw new Error(`not done after ${MOST_STEPS} steps`);
  }

  /** Lets this much time pass for whatever still runs in the background. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    for (let step = 0; step < MOST_STEPS; step++) {
      await quiet();
      const next = this.next();
      if (!next || next.at > until) break;
      this.advance();
    }
    this.time = until;
  }

  /** A real file may be on its way, and takes longer on a busy machine: only after a while is it sure that nobody goes on. */
  private async comesBack(goesOn: () => boolean): Promise<boolean> {
    for (let wait = 0; wait < MOST_WAITS && !goesOn(); wait++) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    return goesOn();
  }

  private next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    return first;
  }

  private advance(): boolean {
    const timer = this.next();
    if (!timer) return false;
    this.time = Math.max(this.time, timer.at);
    timer.wake();
    return true;
  }
}

/** Waits until no promise is left that can go on by itself. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
