import type { ReplicationConfiguration } from '../../replication/model';
import type { Limits } from '../../routes/endpoint';
import type { ServedResult } from '../../routes/served';
import type { ActOutcome } from '../act/outcome';
import type { OperateWorld } from '../act/world';
import type { Missing } from '../compare/finding';

export interface SwitchoverWorld extends OperateWorld {
  /** Replication configuration of a Region's bucket; undefined without one. Rejects with a CallError. */
  readonly replication: (region: string, signal: AbortSignal) => Promise<ReplicationConfiguration | undefined>;
}

/** How it is known that the target has what the source has: by comparing all versions, or by what S3's metrics say. */
export type DrainLevel = 'listing' | 'metrics';

export interface SwitchoverRequest {
  readonly target: string;
  readonly drain: DrainLevel;
  readonly fence: boolean;
  /** Whether a listing drain that saw both sides equal says so in both buckets; a rehearsal leaves no more than its records. @default true */
  readonly watermark?: boolean;
  /** Goes ahead although checks are bad; each is said. */
  readonly force: boolean;
  /** Goes on where the controller's register cannot be read or claimed. */
  readonly withoutRegister?: boolean;
  readonly dryRun?: boolean;
  /** How long the drain may take once writes are refused. @default - a minute for `listing`, eight for `metrics` */
  readonly waitMs?: number;
  readonly why?: string;
  readonly limits: Limits;
}

/** A fence of the act, as it ended. */
export interface FenceReport {
  readonly region: string;
  /** `lapses`: it was left to lapse by itself. `replaced`: another act's stands in its place. */
  readonly state: 'lifted' | 'lapses' | 'replaced';
  /** When it lapses by itself, where it was left. */
  readonly lapses?: string;
  /** Whether it was up all the time, from the moment writes were seen refused. */
  readonly held: boolean;
  readonly gaps: readonly string[];
}

export interface LookReport {
  readonly clean: boolean;
  readonly sentence: string;
  /** Some of what the target lacks. */
  readonly missing: readonly Missing[];
}

export interface SwitchoverOutcome extends ActOutcome {
  /** As in the records; absent where nothing was begun. */
  readonly actId?: string;
  readonly target: string;
  readonly level: DrainLevel;
  readonly fences: readonly FenceReport[];
  /** How the drain ended, a sentence for each Region that was left. */
  readonly drained: readonly string[];
  readonly lastLook?: LookReport;
  readonly served?: ServedResult;
}
