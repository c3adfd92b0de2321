import type { Lane } from './lane';
import type { Outcome, Place, Task } from './task';

/** What S3 publishes of one rule for one minute. */
export interface RuleMinute {
  readonly source: Place;
  readonly destination: Place;
  readonly rule: string;
  /** Seconds by which the destination is behind, at most. */
  readonly latency: number;
  readonly pendingOperations: number;
  readonly pendingBytes: number;
  /** Operations that came to their end, and those of them that failed. */
  readonly attempted: number;
  readonly failed: number;
}

type Tally = { -readonly [Name in keyof RuleMinute]: RuleMinute[Name] };

/** Adds up, for each rule that has metrics, what happened since the last minute ended. */
export class RuleMetrics {
  private tallies = new Map<string, Tally>();

  public settled(task: Task, outcome: Outcome, now: number): void {
    if (!task.metrics || outcome.outcome === 'later' || outcome.outcome === 'gone') return;
    const tally = this.tallyOf(task);
    tally.attempted += 1;
    if (outcome.outcome === 'failed') tally.failed += 1;
    else tally.latency = Math.max(tally.latency, (now - task.at) / 1000);
  }

  /**
   * Ends the minute. What is pending is what is pending now, not the most there was: so a rule's last minute of work ends
   * with a zero. A rule that did nothing and has nothing to do is left out, unless zeros are wanted.
   */
  public close(lanes: readonly Lane[], now: number, zeros: boolean): RuleMinute[] {
    for (const lane of lanes) for (const task of lane.pending()) if (task.metrics) this.pending(task, now);
    const minute = [...this.tallies.values()];
    this.tallies = new Map();
    // Zeros only follow work: the engine knows a rule by what it had to carry for it.
    if (zeros) for (const tally of minute) this.tallyOf(tally);
    return zeros ? minute : minute.filter(({ attempted, pendingOperations }) => attempted > 0 || pendingOperations > 0);
  }

  private pending(task: Task, now: number): void {
    const tally = this.tallyOf(task);
    tally.pendingOperations += 1;
    if (task.kind === 'object') tally.pendingBytes += task.size;
    tally.latency = Math.max(tally.latency, (now - task.at) / 1000);
  }

  private tallyOf({ source, destination, rule }: Pick<RuleMinute, 'source' | 'destination' | 'rule'>): Tally {
    const name = JSON.stringify([source.bucket, destination.bucket, rule]);
    const tally = this.tallies.get(name)
      ?? { source, destination, rule, latency: 0, pendingOperations: 0, pendingBytes: 0, attempted: 0, failed: 0 };
    this.tallies.set(name, tally);
    return tally;
  }
}
