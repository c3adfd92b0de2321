import type { Version } from '../ports';

/**
 * Why a side lacks a version, as S3 says of it where it is.
 *
 * - `pending`: on its way.
 * - `failed`: S3 has given up and does not try again.
 * - `removed`: it had been replicated, or was written on the lacking side, and is gone from there: a lifecycle rule or a person removed it.
 * - `unreplicated`: no rule ever covered it: it was written before the rule, or outside its prefix.
 * - `replica`: it came from a third Region that could not be asked whether it still sends it.
 * - `untold`: S3 does not say, as the object is encrypted with a key that its client keeps (SSE-C).
 * - `delete marker`: S3 does not say what becomes of these. Lifecycle's own are never replicated.
 */
export const REASONS = ['pending', 'failed', 'removed', 'unreplicated', 'replica', 'untold', 'delete marker'] as const;
export type Reason = (typeof REASONS)[number];

export type Finding = Missing | Differs | Superseded;

/** A side lacks this version, and still does after a second look. */
export interface Missing {
  readonly kind: 'missing';
  readonly reason: Reason;
  readonly version: Version;
  readonly in: string;
  readonly lackedBy: string;
}

/** A key reads differently on each side. */
export interface Differs {
  readonly kind: 'differs';
  readonly key: string;
  /** Region to its current version; a Region without the key is left out. */
  readonly current: { readonly [region: string]: Version };
  /** Why the side with the older one lacks the newest; `order` where both have both and rank them differently. */
  readonly because: Reason | 'order';
}

/** An acknowledged write of one Region that one of another Region has overtaken. It is a noncurrent version, not lost. */
export interface Superseded {
  readonly kind: 'superseded';
  readonly older: Written;
  readonly newer: Written;
}

export interface Written {
  readonly version: Version;
  /** Region that took the write; absent where S3 does not tell, as of delete markers that are everywhere. */
  readonly by?: string;
}

/**
 * Whether both sides would hold and read the same if replication did all it promises: such a difference keeps a Region in
 * quarantine. What was removed, or never covered, is nobody's debt, nor is a delete marker below a newer version: nobody reads it,
 * and lifecycle rules remove it on each side in their own time.
 */
export function owed(finding: Finding): boolean {
  if (finding.kind !== 'missing') return finding.kind === 'differs';
  switch (finding.reason) {
    case 'pending':
    case 'failed':
    case 'replica':
    case 'untold':
      return true;
    case 'delete marker':
      return finding.version.current;
    case 'removed':
    case 'unreplicated':
      return false;
  }
}
