import { CallError } from '../../calls/call-error';
import { atOnce } from './at-once';
import { Stopped, type Attempts } from './attempt';
import { compare } from './compare';
import type { Finding, Missing } from './finding';
import { LookAgain } from './look-again';
import { Boundaries, rangesOf } from './range';
import type { ComparedBucket, Lacking } from './suspect';

/** Second looks at once. */
export const PARALLEL_LOOKS = 16;

export interface MissingOptions {
  readonly source: ComparedBucket;
  readonly target: ComparedBucket;
  /** Data Regions that are not compared. */
  readonly others: readonly ComparedBucket[];
  readonly prefix?: string;
  /** Versions written before this moment do not matter, in milliseconds since the epoch. */
  readonly since?: number;
  /** Of a former look, to list ranges side by side. @default - one after the other */
  readonly boundaries?: readonly string[];
  /** Missing versions that are kept in memory; with more the look is incomplete. @default 100000 */
  readonly most?: number;
  readonly attempts: Attempts;
  readonly progress?: (seen: { readonly keys: number; readonly versions: number; readonly suspects: number }) => void;
}

export type MissingLook =
  | {
      readonly complete: true;
      /** What the target lacks of the source, after a second look. Reasons differ: not each is owed. */
      readonly missing: readonly Missing[];
      readonly keys: number;
      /** Versions of the source that were listed. */
      readonly versions: number;
      /** But for what is missing, the listings of both sides told the same: the source lacks nothing either, and every key reads alike. */
      readonly otherwiseAlike: boolean;
      /** For the next look. */
      readonly boundaries: readonly string[];
    }
  | { readonly complete: false; readonly why: string };

/** Versions, delete markers included, that are in one bucket and not in another: one direction, kept in memory. */
export async function findMissing(options: MissingOptions): Promise<MissingLook> {
  const { source, target, most = 100_000, attempts } = options;
  const tooMany = new AbortController();
  const onAbort = () => tooMany.abort();
  attempts.signal.addEventListener('abort', onAbort, { once: true });
  if (attempts.signal.aborted) tooMany.abort();
  const ranges = rangesOf(options.boundaries ?? []);
  const boundaries = new Boundaries();
  const suspects: Lacking[] = [];
  const differing = new Set<string>();
  let alike = true;
  let overflow = false;
  let keys = 0;
  let versions = 0;
  try {
    const compared = await compare({
      left: source,
      right: target,
      prefix: options.prefix,
      since: options.since,
      ranges,
      attempts: { ...attempts, signal: tooMany.signal },
      take: async (stretch) => {
        keys += stretch.keys;
        versions += stretch.versions[source.region];
        for (const suspect of stretch.suspects) {
          if (suspect.kind === 'lacking' && suspect.in === source.region) suspects.push(suspect);
          else if (suspect.kind === 'differing' && differing.size < most) differing.add(suspect.key);
          else alike = false;
        }
        if (ranges.length === 1 && stretch.through !== undefined) boundaries.pass(stretch.through, stretch.versions[source.region]);
        options.progress?.({ keys, versions, suspects: suspects.length });
        overflow ||= suspects.length > most;
        if (overflow) tooMany.abort();
      },
    });
    if (overflow) return { complete: false, why: `${target.region} lacks more than ${most} versions that ${source.region} has` };
    if (!compared.complete) return compared;
  } finally {
    attempts.signal.removeEventListener('abort', onAbort);
  }
  // A key reads differently for as long as a version of it is missing.
  for (const { version } of suspects) differing.delete(version.key);
  const otherwiseAlike = alike && differing.size === 0;
  const again = await lookAgainAt(suspects, options);
  return again.complete ? { ...again, keys, versions, otherwiseAlike, boundaries: ranges.length === 1 ? boundaries.keys : options.boundaries! } : again;
}

export type StillMissing = { readonly complete: true; readonly missing: readonly Missing[] } | { readonly complete: false; readonly why: string };

/** What of that is still missing now, and why now. */
export async function stillMissing(missing: readonly Missing[], options: Pick<MissingOptions, 'source' | 'target' | 'others' | 'attempts'>): Promise<StillMissing> {
  return lookAgainAt(missing.map(({ version, in: region, lackedBy }) => ({ kind: 'lacking', version, in: region, lackedBy })), options);
}

async function lookAgainAt(suspects: readonly Lacking[], { source, target, others, attempts }: Pick<MissingOptions, 'source' | 'target' | 'others' | 'attempts'>): Promise<StillMissing> {
  const look = new LookAgain({ buckets: [source, target], others, attempts });
  try {
    const found = await atOnce(suspects, PARALLEL_LOOKS, (suspect) => look.at(suspect));
    return { complete: true, missing: found.filter((finding): finding is Finding & Missing => finding?.kind === 'missing') };
  } catch (error) {
    if (error instanceof CallError || error instanceof Stopped) return { complete: false, why: error.message };
    throw error;
  }
}
