import type { Routes } from '../estate/estate';
import type { Audit } from '../traffic/audit';
import type { ReadAttempt, WriteAttempt } from '../traffic/ledger';
import type { BacklogSample } from '../traffic/sightings';

/** Everything that was seen during a rehearsal; all figures are worked out from it. Times are milliseconds. */
export interface Recording {
  readonly regions: readonly string[];
  readonly writes: readonly WriteAttempt[];
  readonly reads: readonly ReadAttempt[];
  /** Region to write id to the time of the first listing that held it. */
  readonly firstSeen: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly backlog: readonly BacklogSample[];
  readonly switches: readonly SwitchRecord[];
  readonly marks: readonly Mark[];
  /** Absent where the run ended before it. */
  readonly audit?: Audit;
}

/** `automatic`: a failover that nobody gave a command for. */
export type SwitchKind = 'failover' | 'failback' | 'automatic';

/** Whether a kind of switch leaves a dead Region, whose writes may be late. */
export const leavesDead = (kind: SwitchKind): boolean => kind !== 'failback';

export interface SwitchRecord {
  readonly kind: SwitchKind;
  readonly from: string;
  readonly to: string;
  /** Absent where nobody gave one. */
  readonly command?: string;
  /** When it was given or, where nobody gave one, when the Region died. */
  readonly commandAt: number;
  /** Of an automatic one. */
  readonly decision?: { readonly at: number; readonly by: string; readonly why: string };
  /** The target was first read as active from a control endpoint; absent where that was never seen. */
  readonly acceptedAt?: number;
  readonly commandEndedAt?: number;
  readonly routesBefore: Routes;
  readonly routesAfter?: Routes;
  /** Writes acknowledged by then that the target lacked when the switch was accepted. */
  readonly missingAtSwitch: readonly number[];
}

/** Something that happened at one moment. */
export interface Mark {
  readonly at: number;
  readonly kind: 'traffic' | 'killed' | 'command' | 'decided' | 'accepted' | 'served' | 'healed' | 'caught-up' | 'stopped';
  readonly region?: string;
  readonly text: string;
}
