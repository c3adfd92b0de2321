/**
 * What an operator's act reaches: buckets, one Region each, and the time of day. Calls reject with a CallError, try once or
 * nearly so, and end with their signal; the callers decide what a silent Region means.
 */

/** The time of day, for what others must read: expiries, records, ages. Intervals are measured on the `Clock`. */
export interface WallClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** As `2026-11-24T06:08:00.000Z`. */
  iso(at: number): string;
  /** Undefined for text that is no time. */
  parse(text: string): number | undefined;
}

/** A bucket's own Region, called directly and not through the access point. */
export interface BucketPort extends BucketHealth, TextObjects, BucketPolicyStore, VersionLister {
  readonly region: string;
  readonly name: string;
}

export interface BucketHealth {
  /** A signed request that reads nothing. */
  probe(signal: AbortSignal): Promise<BucketProbe>;
}

export interface BucketProbe {
  /** The service's own time of day, milliseconds since the epoch; absent where its answer carried none. */
  readonly serverTime?: number;
}

export interface PutTextOptions {
  /** Rejects with code `PreconditionFailed` when the key is taken. */
  readonly ifAbsent?: boolean;
  /** Over a connection of its own, for which S3 looks at the bucket's policy anew. */
  readonly fresh?: boolean;
}

/** Small texts of ours, under the reserved prefix. */
export interface TextObjects {
  putText(key: string, text: string, signal: AbortSignal, options?: PutTextOptions): Promise<{ readonly versionId?: string }>;
  /** Undefined when there is no such object. */
  getText(key: string, signal: AbortSignal): Promise<string | undefined>;
  /** Keys under a prefix in their order, at most a page, beginning after a key. */
  listKeys(prefix: string, signal: AbortSignal, after?: string): Promise<{ readonly keys: readonly string[]; readonly more: boolean }>;
  /** Removes one version for good. */
  removeVersion(key: string, versionId: string, signal: AbortSignal): Promise<void>;
}

export interface BucketPolicyStore {
  /** The policy's text; undefined without one. */
  readPolicy(signal: AbortSignal): Promise<string | undefined>;
  /** S3 knows no condition here: read again after each put. */
  putPolicy(text: string, signal: AbortSignal): Promise<void>;
  removePolicy(signal: AbortSignal): Promise<void>;
}

/** One version of a key, or one delete marker. */
export interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly current: boolean;
  readonly deleteMarker: boolean;
  /** Milliseconds since the epoch; replicas keep the time of the write. */
  readonly modifiedAt: number;
  /** Absent for a delete marker. */
  readonly size?: number;
  readonly etag?: string;
}

/** Where a listing goes on. */
export interface VersionCursor {
  readonly key: string;
  /** Without one, after every version of the key. */
  readonly versionId?: string;
}

export interface VersionPage {
  /** By key in UTF-8 order, newest first within a key, as S3 lists them. */
  readonly versions: readonly Version[];
  readonly next?: VersionCursor;
}

/** `FAILED` is final; `COMPLETED` means every destination has it; absent where no rule covers the object. */
export type ReplicationStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

export interface VersionLister {
  listVersions(signal: AbortSignal, options?: { readonly prefix?: string; readonly after?: VersionCursor; readonly most?: number }): Promise<VersionPage>;
  /** What S3 says of one version; undefined when the bucket does not hold it. */
  headVersion(key: string, versionId: string, signal: AbortSignal): Promise<{ readonly replicationStatus?: ReplicationStatus; readonly deleteMarker: boolean } | undefined>;
  /** Multipart uploads that are begun and not ended, at most a page. */
  listUploads(signal: AbortSignal): Promise<{ readonly uploads: readonly OpenUpload[]; readonly more: boolean }>;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: number;
}

/** Buckets by Region. Asking for a Region that the estate does not have throws. */
export type Buckets = (region: string) => BucketPort;
