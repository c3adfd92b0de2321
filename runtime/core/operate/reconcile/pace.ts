import { duration, inThousands } from '../../lag/words';
import type { Clock, Instant } from '../../ports';

/** How far something is, how fast it goes, and how long it may still take. */
export class Pace {
  /** With what former runs did. */
  done: number;
  /** About how much there is; absent where nobody knows, or it was more. */
  of: number | undefined;
  private readonly before: number;
  private readonly began: Instant;

  constructor(private readonly clock: Clock, done = 0, of?: number) {
    this.done = this.before = done;
    this.of = of;
    this.began = clock.now();
  }

  pass(some: number): void {
    this.done += some;
    if (this.of !== undefined && this.done > this.of) this.of = undefined;
  }

  /** What this run did. */
  get passed(): number {
    return this.done - this.before;
  }

  get seconds(): number {
    return (this.clock.now() - this.began) / 1_000;
  }

  note(what: string, each: string): string {
    const rate = this.seconds > 0 ? this.passed / this.seconds : 0;
    if (rate === 0) return what;
    const left = this.of === undefined ? '' : `, about ${duration(((this.of - this.done) / rate) * 1_000)} left`;
    return `${what}, ${inThousands(rate)} ${each}/s${left}`;
  }
}
