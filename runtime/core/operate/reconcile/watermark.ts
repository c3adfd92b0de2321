import * as z from 'zod';
import { RESERVED_PREFIX } from '../../routes/served';
import type { Clock } from '../../ports';
import { within } from '../../calls/side-by-side';
import type { Estate } from '../estate';
import type { Buckets, WallClock } from '../ports';

export const WATERMARK_PREFIX = `${RESERVED_PREFIX}watermark/`;
export const WATERMARK_VERSION = 1;

const CALL_MS = 5_000;

/**
 * Left in both buckets by a comparison that was complete and clean, of `reconcile` or of a switchover's drain: every version that was
 * written to one before this moment, and that replication owed the other, was there. It holds for one direction. It says nothing of
 * versions from before that were deleted by their version id after the comparison: who looks from here on does not see those.
 */
const watermarkSchema = z.object({
  schema: z.literal('cdk-s3-failover/watermark'),
  version: z.literal(WATERMARK_VERSION),
  from: z.string(),
  to: z.string(),
  /** Buckets that were compared: a bucket that was made anew under another name has no watermark. */
  fromBucket: z.string(),
  toBucket: z.string(),
  at: z.iso.datetime(),
  by: z.enum(['reconcile', 'switchover']),
  actId: z.string().regex(/^[a-z0-9]{8,40}$/),
});

export type WatermarkRecord = z.infer<typeof watermarkSchema>;

export interface WatermarkWorld {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly estate: Estate;
  readonly buckets: Buckets;
}

export type Watermark = { readonly kind: 'at'; readonly at: number } | { readonly kind: 'none'; readonly why: string };

export const watermarkKey = (from: string, to: string) => `${WATERMARK_PREFIX}${from}/${to}.json`;

/**
 * The moment before which nothing need be looked for in a direction. Anybody who may write to the buckets may write one, and a
 * wrong one hides what is missing: so both buckets must hold it, and both must say the same about these very buckets.
 */
export async function readWatermark(world: WatermarkWorld, from: string, to: string, signal: AbortSignal): Promise<Watermark> {
  const none = (why: string): Watermark => ({ kind: 'none', why });
  const key = watermarkKey(from, to);
  let texts: (string | undefined)[];
  try {
    texts = await Promise.all([from, to].map((region) => within(region, world.clock, CALL_MS, (late) => world.buckets(region).getText(key, late), signal)));
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
  const [here, there] = texts;
  if (here === undefined && there === undefined) return none('no clean comparison has left one');
  if (here === undefined || there === undefined) return none(`only ${here === undefined ? to : from} holds one`);
  if (here !== there) return none(`${from} and ${to} hold different ones`);
  const record = parse(here);
  if (!record) return none('it is not as this tool writes it');
  const { buckets } = world.estate;
  if (record.from !== from || record.to !== to || record.fromBucket !== buckets[from] || record.toBucket !== buckets[to]) return none('it is about other buckets');
  const at = world.wall.parse(record.at);
  if (at === undefined || at > world.wall.now()) return none('it lies in the future');
  return { kind: 'at', at };
}

/** Both directions of a pair: the earlier moment holds for both. */
export async function readBothWatermarks(world: WatermarkWorld, [a, b]: readonly [string, string], signal: AbortSignal): Promise<Watermark> {
  const both = await Promise.all([readWatermark(world, a, b, signal), readWatermark(world, b, a, signal)]);
  return both.reduce((one, other) => (one.kind === 'none' ? one : other.kind === 'none' || other.at < one.at ? other : one));
}

export interface LeftWatermark {
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly by: WatermarkRecord['by'];
  readonly actId: string;
}

/** Leaves a watermark in both buckets. Never rejects: what one bucket lacks is not used later. Gives why it is not in both. */
export async function leaveWatermark(world: WatermarkWorld, { from, to, at, by, actId }: LeftWatermark, signal: AbortSignal): Promise<string | undefined> {
  const { buckets } = world.estate;
  const record: WatermarkRecord = { schema: 'cdk-s3-failover/watermark', version: WATERMARK_VERSION, from, to, fromBucket: buckets[from], toBucket: buckets[to], at: world.wall.iso(at), by, actId };
  const text = JSON.stringify(record);
  try {
    await Promise.all([from, to].map((region) => within(region, world.clock, CALL_MS, (late) => world.buckets(region).putText(watermarkKey(from, to), text, late), signal)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parse(text: string): WatermarkRecord | undefined {
  try {
    return watermarkSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
