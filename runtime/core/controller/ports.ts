import type { CallError } from '../calls/call-error';

/** What one look at one Region's bucket found. Only `down` speaks for a failover. */
export type ProbeResult =
  | { readonly kind: 'ok'; readonly ms: number }
  /** Answered well, but later than a client would wait. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'throttled' }
  /** 403, 404, a key that cannot be used: somebody's mistake, and no failover mends it. */
  | { readonly kind: 'misconfigured'; readonly reason: string }
  /** The observer's own credentials, clock or name resolution: it cannot see. */
  | { readonly kind: 'blind'; readonly reason: string }
  /** Connection failure, time-out, or a 5xx other than SlowDown. */
  | { readonly kind: 'down'; readonly reason: string };

/** Writes to a Region's probe bucket and reads in its data bucket. Never rejects: whatever goes wrong is a result. */
export interface Prober {
  probe(region: string, signal: AbortSignal): Promise<ProbeResult>;
}

/** An item's content: what JSON can hold. Readers validate it; another version of this code may have written it. */
export type Item = { readonly [name: string]: unknown };

export interface Stored {
  readonly item: Item;
  /** Moves with each write of the item. */
  readonly revision: number;
}

/**
 * A strongly consistent table: a read sees every write that was acknowledged before, in whatever Region, or fails. It has
 * conditional writes of one item and no transactions (multi-Region strong consistency of DynamoDB offers none).
 * Each call may reject with a `CallError`; a rejected write may have been made all the same.
 */
export interface Table {
  get(key: string, signal: AbortSignal): Promise<Stored | undefined>;
  /** All items whose key starts so, each as of some moment of the call. */
  list(prefix: string, signal: AbortSignal): Promise<ReadonlyMap<string, Stored>>;
  /** Writes only where the stored revision is this one; undefined: only where there is no such item. */
  put(key: string, item: Item, ifRevision: number | undefined, signal: AbortSignal): Promise<'written' | 'refused'>;
}

/** For readers of `Table`: what it rejects with. */
export type TableError = CallError;
