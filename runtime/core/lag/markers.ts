import { MARKER_PREFIX } from '../../../lib/private/contract';
import type { BucketPort, Version } from '../operate/ports';

/** What markers need of a bucket. */
export type MarkerBucket = Pick<BucketPort, 'region' | 'name' | 'putText' | 'listVersions' | 'removeVersion'>;

/** A small object that was written into the source, to be seen in the destination. */
export interface Marker {
  readonly key: string;
  readonly versionId: string;
}

/** Read by whoever finds one. */
const TEXT = 'written to see when it is replicated; it may be deleted';

/** Pages of versions that a cleaning looks at, in each bucket: far more than were ever left behind. */
const MOST_PAGES = 5;

/** Under the prefix that the rule covers, so that the rule replicates it; then under the prefix that is ours. */
export function markerPrefix(rulePrefix: string, sourceRegion: string): string {
  return `${rulePrefix}${MARKER_PREFIX}${sourceRegion}/`;
}

export async function writeMarker(source: MarkerBucket, key: string, signal: AbortSignal): Promise<Marker> {
  const { versionId } = await source.putText(key, TEXT, signal);
  if (!versionId || versionId === 'null') throw new Error(`the bucket '${source.name}' in ${source.region} keeps no versions, so that nothing is replicated from it`);
  return { key, versionId };
}

/** The marker as a bucket holds it, with the time of its write by the clock of AWS. A listing tells absence from refusal. */
export async function findMarker(bucket: MarkerBucket, { key, versionId }: Marker, signal: AbortSignal): Promise<Version | undefined> {
  const { versions } = await bucket.listVersions(signal, { prefix: key, most: 10 });
  return versions.find((version) => version.key === key && version.versionId === versionId);
}

export interface Cleaning {
  readonly source: MarkerBucket;
  /** Every other bucket that may hold copies. */
  readonly others: readonly MarkerBucket[];
  /** All markers of the source under one rule. */
  readonly prefix: string;
  /** Markers of this run. Those of others are left to them, unless they are older than `before`. */
  readonly ownPrefix: string;
  /** By the clock of AWS. */
  readonly before: number;
}

/**
 * Removes markers that no replication waits for: those that are in every bucket, and those that have gone from their source.
 * A version that is deleted while it is pending counts as a failed operation, so the rest stays for a later cleaning.
 */
export async function removeMarkers({ source, others, prefix, ownPrefix, before }: Cleaning, signal: AbortSignal): Promise<{ readonly removed: number; readonly left: number }> {
  const copies = await Promise.all(others.map((bucket) => listAll(bucket, prefix, signal)));
  // Last: a marker that a copy was seen of, and that is not here then, has gone.
  const originals = await listAll(source, prefix, signal);
  const held = [originals, ...copies].map((versions) => new Set(versions.map(idOf)));
  const ours = ({ key, modifiedAt }: Version) => key.startsWith(ownPrefix) || modifiedAt < before;
  const waits = (version: Version) => held[0].has(idOf(version)) && !held.every((ids) => ids.has(idOf(version)));
  let removed = 0;
  // The source first: what is cut short leaves copies that the next cleaning takes for what they are.
  for (const [bucket, versions] of [[source, originals] as const, ...others.map((other, index) => [other, copies[index]] as const)]) {
    for (const version of versions.filter((one) => ours(one) && !waits(one))) {
      await bucket.removeVersion(version.key, version.versionId, signal);
      removed++;
    }
  }
  return { removed, left: new Set([originals, ...copies].flat().filter((version) => ours(version) && waits(version)).map(idOf)).size };
}

function idOf({ key, versionId }: Version): string {
  return JSON.stringify([key, versionId]);
}

async function listAll(bucket: MarkerBucket, prefix: string, signal: AbortSignal): Promise<Version[]> {
  const versions: Version[] = [];
  let page = await bucket.listVersions(signal, { prefix });
  versions.push(...page.versions);
  for (let more = 1; page.next && more < MOST_PAGES; more++) {
    page = await bucket.listVersions(signal, { prefix, after: page.next });
    versions.push(...page.versions);
  }
  return versions;
}
