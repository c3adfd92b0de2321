import * as z from 'zod';
import { REASONS } from '../compare/finding';
import { MOST_BOUNDARIES, rangesOf } from '../compare/range';
import type { Estate } from '../estate';

/** Changes when a reader would misread a checkpoint of another version; it is then started over. */
export const CHECKPOINT_VERSION = 1;

const region = z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/);
const count = z.int().nonnegative();
/** Milliseconds since the epoch. */
const moment = z.int().nonnegative();
const key = z.string().min(1).max(1_024);

const pairSchema = z.object({
  between: z.tuple([region, region]),
  /** Versions written before it do not matter. */
  since: z.object({ at: moment, from: z.enum(['watermark', 'given']) }).optional(),
  /** Why there is no watermark, where one was looked for. */
  noWatermark: z.string().optional(),
  /** Writes since then may have been cut off, and so superseded. */
  cutOff: moment.optional(),
  boundaries: z.array(key).max(MOST_BOUNDARIES),
  /** Versions of both sides when they were last listed. */
  expected: count.optional(),
  /** The services' own time before anything was listed; absent where one did not tell. */
  serverTime: moment.optional(),
});

/** What is compared, and for what; decided once, and kept when a run is gone on with. */
const jobSchema = z.object({
  actId: z.string().regex(/^[a-z0-9]{8,40}$/),
  startedAt: moment,
  accessPoint: z.string(),
  prefix: z.string().optional(),
  /** Active Regions when it was decided; empty where nobody asked. */
  active: z.array(region),
  /** Quarantines that end if it is clean, with the act that began each. */
  quarantines: z.array(z.object({ region, by: z.string() })),
  pairs: z.array(pairSchema).min(1),
});

const rangeSchema = z.object({
  done: z.boolean(),
  /** Listed up to this key. */
  through: key.optional(),
  /** Where its suspects end. */
  end: count,
  keys: count,
  versions: z.record(region, count),
});

const progressSchema = z.object({
  ranges: z.array(rangeSchema),
  /** Listed on both sides, every range. */
  listed: z.boolean(),
  /** The second look: range and position of the next suspect, and where the findings of the last round end. */
  looked: z.object({ range: count, from: count, end: count, done: z.boolean() }),
  /** Times that findings were looked at again because they were waited for. */
  rounds: count,
});

export const checkpointSchema = z.object({
  schema: z.literal('cdk-s3-failover/reconcile-checkpoint'),
  version: z.literal(CHECKPOINT_VERSION),
  job: jobSchema,
  pairs: z.array(progressSchema),
});

export type Job = z.infer<typeof jobSchema>;
export type PairPlan = z.infer<typeof pairSchema>;
export type RangeProgress = z.infer<typeof rangeSchema>;
export type PairProgress = z.infer<typeof progressSchema>;
export type Checkpoint = z.infer<typeof checkpointSchema>;

export type LoadedCheckpoint = { readonly checkpoint: Checkpoint } | { readonly problem: string };

/** A checkpoint from its text, or why nothing can be gone on with. */
export function parseCheckpoint(text: string, { accessPoint, regions }: Pick<Estate, 'accessPoint' | 'regions'>): LoadedCheckpoint {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const parsed = checkpointSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `'${issue.path.join('.')}' is not as this release writes it: ${issue.message}` };
  }
  const { job, pairs } = parsed.data;
  if (job.accessPoint !== accessPoint.arn) return { problem: `it is about '${job.accessPoint}', not about '${accessPoint.arn}'` };
  const foreign = job.pairs.flatMap(({ between }) => between).find((one) => !regions.includes(one));
  if (foreign !== undefined) return { problem: `it is about '${foreign}', which is no Region of the manifest` };
  if (pairs.length !== job.pairs.length) return { problem: 'it does not say how far each pair is' };
  const [problem] = pairs.flatMap((progress, index) => contradiction(job.pairs[index], progress) ?? []);
  return problem === undefined ? { checkpoint: parsed.data } : { problem };
}

/** What no run leaves behind: work would be taken for done that nobody did, and the rest for all. */
function contradiction({ boundaries }: PairPlan, { ranges, listed, looked }: PairProgress): string | undefined {
  const planned = rangesOf(boundaries).length;
  if (ranges.length !== planned) return `it has ${ranges.length} ranges of keys, and its boundaries make ${planned}`;
  if (listed && !ranges.every(({ done }) => done)) return 'it says that all is listed, and a range is not listed to its end';
  if (looked.done && (!listed || looked.range < planned)) return 'a second look ended before its end';
  if (looked.range > planned || (looked.range < planned && looked.from > ranges[looked.range].end)) return 'a second look is beyond what was found';
  return undefined;
}

/** Lines of the logs: made by this tool, and still looked at before they are believed. */
const version = z.object({
  key,
  versionId: z.string().min(1),
  current: z.boolean(),
  deleteMarker: z.boolean(),
  modifiedAt: z.number(),
  size: z.number().optional(),
  etag: z.string().optional(),
});
const current = z.record(region, version);

export const suspectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lacking'), version, in: region, lackedBy: region }),
  z.object({ kind: z.literal('differing'), key, current }),
  z.object({ kind: z.literal('overtaken'), older: version, newer: version }),
]);

const written = z.object({ version, by: region.optional() });

export const findingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing'), reason: z.enum(REASONS), version, in: region, lackedBy: region }),
  z.object({ kind: z.literal('differs'), key, current, because: z.enum([...REASONS, 'order']) }),
  z.object({ kind: z.literal('superseded'), older: written, newer: written }),
]);
