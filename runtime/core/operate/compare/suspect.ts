import type { BucketPort, Version } from '../ports';

/** One side of a comparison. */
export type ComparedBucket = Pick<BucketPort, 'region' | 'listVersions' | 'headVersion'>;

/**
 * What two listings make look like a difference. Listings are no snapshot: a version may have been on its way, and an order may
 * have changed since. Only what a second look confirms is a finding.
 */
export type Suspect = Lacking | Differing | Overtaken;

/** A version, or a delete marker, that one side has and the other was not seen to have. */
export interface Lacking {
  readonly kind: 'lacking';
  readonly version: Version;
  /** Region that has it. */
  readonly in: string;
  readonly lackedBy: string;
}

/** A key that reads differently on each side. */
export interface Differing {
  readonly kind: 'differing';
  readonly key: string;
  /** Region to its current version, delete markers included; a Region without the key is left out. */
  readonly current: { readonly [region: string]: Version };
}

/** Two writes to one key, the newer right after the older: a case of superseding if each was made in another Region. */
export interface Overtaken {
  readonly kind: 'overtaken';
  readonly older: Version;
  readonly newer: Version;
}

/** Whether two sides mean one version. What was written before versioning has the id `null` on both, whatever it holds. */
export function sameVersion(a: Version, b: Version): boolean {
  return a.versionId === b.versionId && (a.versionId !== NULL_VERSION || (a.size === b.size && a.etag === b.etag && a.deleteMarker === b.deleteMarker));
}

/** What `sameVersion` compares, as text. */
export function identity(version: Version): string {
  return version.versionId === NULL_VERSION ? `${NULL_VERSION} ${version.size} ${version.etag} ${version.deleteMarker}` : version.versionId;
}

export const NULL_VERSION = 'null';
