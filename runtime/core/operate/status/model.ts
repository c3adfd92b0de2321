import type { LagReport } from '../../lag/report';
import type { Survey } from '../../routes/read';
import type { ControllerSight } from './controller';
import type { AtWork } from '../history/at-work';
import type { ActRecord } from '../history/record';
import type { RegisterView } from '../register';

/** How everything stands, as seen from one place at one time. */
export interface Status {
  /** When it was begun to be looked at, milliseconds since the epoch. */
  readonly at: number;
  readonly regions: readonly RegionStatus[];
  /** How far each direction that matters is behind: between Regions that take traffic and all others. */
  readonly directions: readonly LagReport[];
  /** What the control endpoints say, and how fast. */
  readonly survey: Survey;
  /** What every endpoint that answered agrees on. */
  readonly active?: readonly string[];
  /** The service's time less this machine's; absent when no bucket told its time. */
  readonly clockAheadMs?: number;
  readonly controller: ControllerStatus;
  readonly history: HistoryStatus;
}

/** `disputed`: the endpoints disagree about this Region; `unknown`: none of them told. */
export type RouteState = 'active' | 'passive' | 'disputed' | 'unknown' | 'no member';

export interface RegionStatus {
  readonly region: string;
  readonly bucket: string;
  readonly route: RouteState;
  readonly health: Health;
  readonly fence: FenceStatus;
  /** Left in a hurry, and not reconciled since. */
  readonly quarantinedSince?: string;
  /** Not to be chosen automatically. */
  readonly excludedBecause?: string;
  /** When an act that is known last gave it the route that it has. */
  readonly since?: string;
}

/** Seen from here: another place may see it otherwise. */
export type Health =
  | { readonly kind: 'healthy'; readonly latencyMs: number }
  /** It answered, and said no: to this caller, or about this bucket. The Region works. */
  | { readonly kind: 'refused'; readonly latencyMs: number; readonly code: string; readonly reason: string }
  /** It answered that it cannot do its work. */
  | { readonly kind: 'failing'; readonly latencyMs: number; readonly code: string; readonly reason: string }
  | { readonly kind: 'no answer'; readonly latencyMs: number; readonly code: string; readonly reason: string };

export type FenceStatus =
  | { readonly kind: 'none' }
  /** `until` is absent where a fence says no time that can be read: it never lapses. */
  | { readonly kind: 'up' | 'lapsed'; readonly actId: string; readonly until?: number }
  | { readonly kind: 'unknown'; readonly reason: string };

export type ControllerStatus =
  | { readonly kind: 'none' }
  | { readonly kind: 'there'; readonly view: RegisterView; readonly sight?: ControllerSight }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface HistoryStatus {
  /** Acts that have begun and may still be under way. */
  readonly atWork: readonly AtWork[];
  readonly last?: ActRecord;
  /** Regions that did not tell what they hold: a quarantine may be missing. */
  readonly silent: readonly { readonly region: string; readonly reason: string }[];
  /** Records that are there and could not be read, and why: the same. */
  readonly unread: readonly { readonly key: string; readonly reason: string }[];
}
