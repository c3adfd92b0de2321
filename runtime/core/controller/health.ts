import type { Instant } from '../ports';
import { freshForMs, type Policy } from './policy';
import type { ProbeResult } from './ports';

interface Memory {
  /** Whether each of the last probes failed, the newest last. */
  failed: readonly boolean[];
  downSince?: Instant | undefined;
  /** Since when each look has failed. */
  failingSince?: Instant | undefined;
  /** Whether any look that is remembered did not fail. */
  answered: boolean;
  lastAt: Instant;
}

/** What an observer says of a Region that it calls down. */
interface Outage {
  readonly downForMs: number;
  /** Absent: no look succeeded since. */
  readonly unbrokenForMs?: number;
}

/**
 * What one process remembers of each Region. A gap in its looking ends what it knows: who was stopped for minutes cannot say
 * what a Region was like meanwhile.
 */
export class HealthMemory {
  private readonly regions = new Map<string, Memory>();

  constructor(private readonly policy: Policy) {}

  /** `at`: when the probe began. */
  note(region: string, result: ProbeResult, at: Instant): void {
    const failed = isFailed(result, this.policy);
    if (failed === undefined) return;
    const before = this.regions.get(region);
    const known = before && at - before.lastAt <= freshForMs(this.policy) ? before : undefined;
    const window = [...(known?.failed ?? []), failed].slice(-this.policy.quorum.n);
    const downSince = failed ? (known?.downSince ?? at) : countFailed(window) >= this.policy.quorum.k ? known?.downSince : undefined;
    const failingSince = failed ? (known?.failingSince ?? at) : undefined;
    const answered = !failed || (known?.answered ?? false);
    this.regions.set(region, { failed: window, answered, lastAt: at, downSince, failingSince });
  }

  /** For how long a Region has been down, where the last probe failed and enough before it. */
  downFor(region: string, now: Instant): number | undefined {
    const memory = this.regions.get(region);
    if (memory?.downSince === undefined || memory.failed.at(-1) !== true || countFailed(memory.failed) < this.policy.quorum.k) return undefined;
    return Math.max(0, now - memory.downSince);
  }

  /** For how long each look at it has failed: shorter than it is down where one did not, meanwhile. */
  unbrokenFor(region: string, now: Instant): number | undefined {
    const failingSince = this.regions.get(region)?.failingSince;
    return failingSince === undefined ? undefined : Math.max(0, now - failingSince);
  }

  /**
   * Takes over what the process before saw until now, where this one agrees with its own eyes. Its word is `ageMs` old: that time
   * counts as far as this process saw the Region down meanwhile, or each change of processes would cost it.
   */
  inherit(region: string, { downForMs, unbrokenForMs = downForMs }: Outage, ageMs: number, now: Instant): void {
    const memory = this.regions.get(region);
    if (memory?.failed.at(-1) !== true) return;
    const since = (own: Instant, forMs: number) => Math.min(own, now - forMs - Math.min(ageMs, now - own));
    const failing = memory.failingSince ?? now;
    this.regions.set(region, {
      ...memory,
      failed: new Array<boolean>(this.policy.quorum.n).fill(true),
      downSince: since(memory.downSince ?? now, downForMs),
      failingSince: memory.answered ? failing : since(failing, unbrokenForMs),
    });
  }
}

/** Nothing is said by who is blind. */
function isFailed(result: ProbeResult, { actOnSlow }: Policy): boolean | undefined {
  switch (result.kind) {
    case 'down':
      return true;
    case 'slow':
      return actOnSlow;
    case 'blind':
      return undefined;
    default:
      return false;
  }
}

/** Whether a Region gave an answer of its own, well or not. */
export function answered({ kind }: ProbeResult): boolean {
  return kind !== 'down' && kind !== 'blind';
}

function countFailed(window: readonly boolean[]): number {
  let failed = 0;
  for (const one of window) if (one) failed++;
  return failed;
}
