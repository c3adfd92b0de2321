import { reasonOf } from '../engine/wait';
import type { Estate, StoredVersion } from '../estate/estate';
import { hash, type Ledger, type WriteAttempt } from './ledger';
import { PREFIX } from './load';

/** Requests at once, so that the audit of a thousand objects takes seconds and not minutes. */
const CONCURRENCY = 8;

/** One copy of one write, as fetched from its Region. */
export interface AuditedCopy {
  readonly id: number;
  readonly region: string;
  /** Same bytes as were sent. */
  readonly intact: boolean;
  readonly replica: boolean;
  readonly isLatest: boolean;
}

export interface Audit {
  readonly copies: AuditedCopy[];
  /** Keys whose current version is not the same write in every Region. */
  readonly divergentKeys: string[];
}

/** Fetches every version of every Region and compares it, byte for byte by SHA-256, with what was sent. */
export async function audit(
  estate: Estate, ledger: Ledger, regions: readonly string[], signal: AbortSignal, onProgress: (done: number, of: number) => void,
): Promise<Audit> {
  const byId = new Map(ledger.writes.map((write) => [write.id, write]));
  const byVersion = new Map(ledger.writes.map((write) => [`${write.key}\n${write.versionId}`, write]));
  const wanted: { readonly region: string; readonly version: StoredVersion; readonly write: WriteAttempt }[] = [];
  const current = new Map<string, Set<number | string>>();

  for (const region of regions) {
    const versions = await estate.list(region, PREFIX, signal);
    for (const version of versions) {
      // Content that does not match by its ETag may be a damaged copy: its version id still says whose.
      const write = byId.get(ledger.idOf(version.key, version.etag) ?? -1) ?? byVersion.get(`${version.key}\n${version.versionId}`);
      if (version.isLatest) current.set(version.key, (current.get(version.key) ?? new Set()).add(write?.id ?? `${region} ${version.versionId}`));
      if (write !== undefined) wanted.push({ region, version, write });
    }
  }

  const copies: AuditedCopy[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = wanted[next++]; item !== undefined; item = wanted[next++]) {
      if (signal.aborted) throw reasonOf(signal);
      const { region, version, write } = item;
      const copy = await estate.fetch(region, version.key, version.versionId, signal);
      copies.push({ id: write.id, region, intact: hash('sha256', copy.body) === write.sha256, replica: copy.replica, isLatest: version.isLatest });
      onProgress(copies.length, wanted.length);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return { copies, divergentKeys: [...current].filter(([, ids]) => ids.size > 1).map(([key]) => key).sort() };
}
