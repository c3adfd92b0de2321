/** A bucket and its Region; a bucket that does not exist has none. */
export interface Place {
  readonly bucket: string;
  readonly region: string | null;
}

/** One piece of replication work, as the emulator noted it when it stored the write. */
export interface Task {
  /** Counts up over the life of the emulator. */
  readonly id: number;
  /** Milliseconds since the epoch at which the write was stored. */
  readonly at: number;
  readonly kind: 'object' | 'marker' | 'metadata';
  readonly account: string;
  readonly source: Place;
  readonly destination: Place;
  readonly key: string;
  readonly version: string;
  readonly size: number;
  /** Id of the rule that covered the write. */
  readonly rule: string;
  /** Whether that rule had metrics enabled. */
  readonly metrics: boolean;
}

/** A task as it is handed back to the emulator. */
export interface Attempt extends Task {
  /** Do not answer `later` any more: what is missing now is a failure. */
  readonly final: boolean;
  /** Let it fail with this reason. */
  readonly fails?: string;
}

/**
 * What became of an attempt: copied; nothing left to copy, since the version was deleted; the destination has not got the
 * version yet that a change is meant for; or given up, with one of S3's replication failure reasons.
 */
export type Outcome =
  | { readonly outcome: 'done' | 'gone' | 'later' }
  | { readonly outcome: 'failed'; readonly code: string; readonly reason: string };
