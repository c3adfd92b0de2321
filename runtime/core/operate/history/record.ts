import * as z from 'zod';

/** Changes when a reader of version 1 would misread a record; new members do not change it. */
export const RECORD_VERSION = 1;

/** What moves traffic, or changes who may take it. */
export const ACT_VERBS = [
  'switchover', 'failover', 'routes set', 'drill', 'reconcile', 'fence lift', 'quarantine lift',
  // Of the controller: these stand in its table, and in no bucket.
  'automatic failover', 'automatic failback', 'automatic repair', 'adopted', 'called off',
] as const;
export type ActVerb = (typeof ACT_VERBS)[number];

const region = z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/);
/** Shown on a terminal as it is, so that nothing may be in it that moves the cursor, breaks the line or turns its direction. */
const line = z.string().max(2_000).regex(/^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/);
/** In this one form times sort as texts. */
const time = z.iso.datetime({ precision: 3 });
const regions = z.array(region).max(50);

/**
 * One act, as kept in every reachable data Region. `begun` tells others who is at work; `ended` replaces it. Holds no secret and
 * no object data.
 */
export const actRecordSchema = z.object({
  schema: z.literal('cdk-s3-failover/act'),
  version: z.literal(RECORD_VERSION),
  /** The same in both phases, and in every Region. */
  id: z.string().regex(/^[a-z0-9]{8,40}$/),
  phase: z.enum(['begun', 'ended']),
  verb: z.enum(ACT_VERBS),
  /** Planned acts lose nothing; forced ones may. */
  planned: z.boolean(),
  /** When the act began; when it ended is `endedAt`. */
  at: time,
  endedAt: time.optional(),
  /** The caller's ARN. */
  who: line,
  why: line.optional(),
  /** Active Regions before and after. */
  from: regions,
  to: regions,
  /** One sentence for each direction that mattered, as known when the act was decided. */
  lag: z.array(line).max(100).default([]),
  /** Checks that spoke against the act and were overruled, each in a sentence. */
  overruled: z.array(line).max(100).optional(),
  /** Level of proof that was reached. */
  proof: z.enum(['none', 'accepted', 'read back', 'read back elsewhere', 'served']).optional(),
  outcome: z.enum(['served', 'done', 'refused', 'failed', 'unknown']).optional(),
  /** The outcome in one sentence. */
  sentence: line.optional(),
  /** True only where fence, listing and last look all say so. */
  nothingLost: z.boolean().optional(),
  /** Regions that may not be a target until they were reconciled. */
  quarantines: regions.default([]),
  /** Regions whose quarantine ends with this act. */
  lifts: regions.default([]),
  /** Seconds without writes, as measured by the act. */
  outageSeconds: z.number().nonnegative().optional(),
});

export type ActRecord = z.infer<typeof actRecordSchema>;

/** Whether an act took traffic away from a Region. */
export function leaves({ from, to }: Pick<ActRecord, 'from' | 'to'>, region: string): boolean {
  return from.includes(region) && !to.includes(region);
}
