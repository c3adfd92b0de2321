import type { Duration } from 'aws-cdk-lib';
import type { Failback as Setting } from './private/controller-contract';

/** When the controller goes back by itself. */
export interface AutomaticFailbackOptions {
  /**
   * How long the preferred Region must have been well, with nothing on its way to it from the active one by S3's metrics.
   *
   * A copy that S3 gave up (`FAILED`) holds the way back for this time and ten minutes more, and then no longer: it is missing there until
   * it is replicated again.
   *
   * Short times go back to a Region that fails again.
   */
  readonly drainedFor: Duration;
}

/**
 * What happens when the Region that traffic left is well again.
 */
export class Failback {
  /**
   * A person goes back, with `s3-failover switchover`, when it suits.
   *
   * Traffic stays where it is, and nothing moves twice because of one outage.
   */
  public static manual(): Failback {
    return new Failback();
  }

  /**
   * The controller goes back to the first Region of the order, once that one is well and has been replicated to for a time.
   *
   * It is no planned switch: nobody is fenced off, so two writes to one key while routes take effect may supersede each other. A Region that
   * was left by a forced failover stays quarantined, and is no target, until `s3-failover reconcile` has passed or a person has lifted it.
   */
  public static automatic(options: AutomaticFailbackOptions): Failback {
    return new Failback(options.drainedFor);
  }

  private constructor(private readonly drainedFor?: Duration) {}

  /** @internal */
  public _setting(milliseconds: (property: string, duration: Duration) => number): Setting {
    return this.drainedFor === undefined ? { kind: 'manual' } : { kind: 'when drained', forMs: milliseconds('failback', this.drainedFor) };
  }
}
