import type { Failback, VetoAlarm } from '../../../lib/private/controller-contract';
import type { Episode } from './episode';
import type { Phase } from '../world/phase';
import type { Rates } from './rates';

/** How the controller is set in one schedule, in milliseconds. */
export interface Settings {
  readonly intervalMs: number;
  readonly probeTimeoutMs: number;
  readonly unhealthyForMs: number;
  readonly disputedForMs: number;
  /** The next voter in order acts so much later, where the first does not. */
  readonly staggerMs: number;
  readonly coolDownMs: number;
  /** How far a target may have been behind; absent: any. */
  readonly maxDataLossMs?: number;
  /** Absent: a person goes back. */
  readonly failback?: Failback;
  /** Alarms that may hold an act; absent: one that is quiet. */
  readonly vetoAlarms?: readonly VetoAlarm[];
  readonly quorum?: { readonly k: number; readonly n: number };
}

/** How replication between buckets behaves in one schedule: half of all copies take longer than the lag, and some far longer. */
export interface Replication {
  readonly lagMs: number;
  /** Probability that one copy FAILED for good. */
  readonly fails: number;
}

/** What a deployment brings besides other settings: reports and a register as a later version would write them. */
export interface Next {
  /** `more`: members that nobody knows yet. `version 2`: reports that only the later version understands; it reads both. */
  readonly writes: 'as now' | 'more' | 'version 2';
}

export interface Aimed {
  readonly phase: Phase;
  readonly afterMs: number;
  readonly episode: Episode;
}

/** All that one schedule is made of, besides its seed's chance: plain data, so that it can be printed and shrunk. */
export interface Plan {
  readonly seed: number;
  readonly durationMs: number;
  /** Data Regions in failover order. The first is active at the start. */
  readonly data: readonly string[];
  /** Another one that is active at the start: an estate after an older failover, with nothing barred any more. */
  readonly begins?: string;
  readonly settings: Settings;
  readonly episodes: readonly Episode[];
  readonly rates: Rates;
  /** Kept for the moment at which an act comes so far; `at` means nothing until then. */
  readonly aimed?: readonly Aimed[];
  /** While an act stands there, calls are disturbed so much more often. */
  readonly worse?: { readonly phase: Phase; readonly times: number };
  /** From here on no call is disturbed any more; episodes end by then, but for those that are for good. */
  readonly quietFrom: number;
  /** Of observers that are of another version; absent: a little more patient, and nothing else. */
  readonly next?: Next;
  /** Nobody has written the register yet, as right after a first deployment. */
  readonly fresh: boolean;
  /** Buckets hold versions and policies, and people act through the whole command. Slower: only some schedules have it. */
  readonly objects?: Replication;
  /** Items go into the table as JSON and are frozen there, so that sharing or losing fields shows. Slower. */
  readonly strict: boolean;
  /** How far behind a stale endpoint is; drawn by the seed if left out. */
  readonly staleMs?: number;
}
