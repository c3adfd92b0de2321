import { inThousands } from '../../../lag/words';
import { RESERVED_PREFIX } from '../../../routes/served';
import type { ReplicationStatus, Version, VersionCursor } from '../../ports';
import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked, type Seen } from '../seen';

/** Of 1000 versions each. */
const MOST_PAGES = 5;
/** Versions whose status is asked for, each a request. */
const SAMPLED = 100;
const AT_ONCE = 8;
const NAMED = 3;

/** A look at objects themselves: metrics forget what failed long ago, and know nothing of what failed before they were on. */
export const failedSamples: Check = {
  name: 'failed-samples',
  about: 'objects that failed to replicate, in a sample of each bucket',
  well: 'no object that was looked at failed to replicate',
  run: (facts) => eachRegion(facts.regions, (region) => one(facts, region)),
};

async function one(facts: Facts, region: string): Promise<Said[]> {
  const listed = await newest(facts, region);
  if (listed.kind !== 'seen') return [notChecked('a sample of objects', region, listed)];
  const { sample, of, whole } = listed.value;
  const statuses = await inTurns(sample, async (version) => ({ version, seen: await statusOf(facts, region, version) }));
  const failed = statuses.flatMap(({ version, seen }) => (seen.kind === 'seen' && seen.value === 'FAILED' ? [version] : []));
  const unseen = statuses.find(({ seen }) => seen.kind !== 'seen');
  const extent = `of the ${whole ? '' : 'first '}${inThousands(of)} versions in ${facts.bucket(region)} the newest ${statuses.length}`;
  const found: Said[] = [];
  if (failed.length > 0) {
    found.push({
      severity: 'fails',
      code: 'sample-failed',
      where: region,
      sentence: `${failed.length} of ${statuses.length} objects looked at in ${region} failed to replicate: they are missing elsewhere, and S3 does not try them again`,
      evidence: `${extent}: ${failed.slice(0, NAMED).map(({ key }) => `'${key}'`).join(', ')}${failed.length > NAMED ? ', ...' : ''}`,
      fix: 'write them again, or copy all FAILED objects by S3 Batch Replication',
    });
  }
  if (unseen && unseen.seen.kind !== 'seen') found.push(notChecked('the status of sampled objects', region, unseen.seen));
  return found.length > 0 ? found : [good(`no object that was looked at in ${region} failed to replicate`, { where: region, evidence: extent })];
}

interface Sample {
  readonly sample: readonly Version[];
  /** Versions that were listed. */
  readonly of: number;
  readonly whole: boolean;
}

/** S3 lists by key and not by time: of a large bucket this is its beginning only, and the finding says so. */
async function newest(facts: Facts, region: string): Promise<Seen<Sample>> {
  const versions: Version[] = [];
  let of = 0;
  let after: VersionCursor | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const cursor = after;
    const seen = await facts.ask(`sample page ${page}`, region, (signal) => facts.world.buckets(region).listVersions(signal, { after: cursor }));
    if (seen.kind !== 'seen') return seen;
    of += seen.value.versions.length;
    versions.push(...seen.value.versions.filter(({ key, deleteMarker }) => !deleteMarker && !key.startsWith(RESERVED_PREFIX)));
    after = seen.value.next;
    if (!after) break;
  }
  const sample = versions.sort((a, b) => b.modifiedAt - a.modifiedAt).slice(0, SAMPLED);
  return { kind: 'seen', value: { sample, of, whole: after === undefined } };
}

async function statusOf(facts: Facts, region: string, { key, versionId }: Version): Promise<Seen<ReplicationStatus | undefined>> {
  return facts.ask(`status of ${versionId} of ${key}`, region, async (signal) => (await facts.world.buckets(region).headVersion(key, versionId, signal))?.replicationStatus);
}

async function inTurns<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await act(items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
