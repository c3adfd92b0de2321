import type { Instant } from '../../ports';
import type { WriteProbe } from '../../routes/served';

/** A client of the access point, as an application is one. */
export interface DrillClient extends WriteProbe {
  /** Reads an object through the access point, over a connection of its own. Rejects where no Region answers. */
  read(key: string, signal: AbortSignal): Promise<'found' | 'missing'>;
}

export interface DrillWrite {
  readonly key: string;
  readonly at: Instant;
  readonly endedAt: Instant;
  readonly outcome: 'acknowledged' | 'failed';
  readonly versionId?: string;
  /** Region whose bucket took it; absent where that is not known, or not yet. */
  readonly by?: string;
  /** Why no bucket showed it, in a few words, where that is so. */
  readonly unseen?: string;
  /** Why it failed, in a few words. */
  readonly error?: string;
}

export interface DrillRead {
  readonly key: string;
  readonly at: Instant;
  readonly endedAt: Instant;
  /** `missing`: the Region that answered does not have an object whose write was acknowledged. */
  readonly outcome: 'found' | 'missing' | 'failed';
  /** Why it failed, in a few words. */
  readonly error?: string;
}

/** How many acknowledged writes a Region lacked; undefined where it did not answer. */
export interface BacklogSample {
  readonly at: Instant;
  readonly region: string;
  readonly missing: number | undefined;
}

export type MarkKind = 'command' | 'step' | 'accepted' | 'served' | 'surprise' | 'stopped';

export interface Mark {
  readonly at: Instant;
  readonly kind: MarkKind;
  readonly text: string;
  readonly region?: string;
}

/** One of the two switches of a drill. */
export interface DrillSwitch {
  readonly from: string;
  readonly to: string;
  readonly commandAt: Instant;
  /** When an endpoint first showed the target as the only active Region. */
  readonly acceptedAt?: Instant;
  readonly endedAt?: Instant;
  /** Keys of acknowledged writes that the target lacked when the routes were accepted. */
  readonly missingAtAcceptance?: readonly string[];
  readonly outcome?: string;
  readonly sentence?: string;
  /** How far the target was behind when the switch began, as S3's metrics told, or why they did not. */
  readonly lag?: readonly string[];
}

/** Everything that was seen, on the clock's scale. */
export interface Recording {
  readonly regions: readonly string[];
  readonly beganAt: Instant;
  readonly endedAt: Instant;
  readonly writes: readonly DrillWrite[];
  readonly reads: readonly DrillRead[];
  readonly backlog: readonly BacklogSample[];
  readonly marks: readonly Mark[];
  readonly switches: readonly DrillSwitch[];
}
