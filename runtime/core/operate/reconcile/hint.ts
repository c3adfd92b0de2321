import * as z from 'zod';
import { within } from '../../calls/side-by-side';
import { RESERVED_PREFIX } from '../../routes/served';
import { MOST_BOUNDARIES } from '../compare/range';
import type { WatermarkWorld } from './watermark';

const CALL_MS = 5_000;

/** What the last listing of a pair learned, for the next to go faster. It decides nothing: any ascending keys make right ranges. */
const hintSchema = z.object({
  schema: z.literal('cdk-s3-failover/listing'),
  version: z.literal(1),
  boundaries: z.array(z.string().min(1).max(1_024)).max(MOST_BOUNDARIES),
  /** Versions of both sides. */
  versions: z.int().nonnegative(),
});

export type Hint = Pick<z.infer<typeof hintSchema>, 'boundaries' | 'versions'>;

export const HINT_PREFIX = `${RESERVED_PREFIX}listing/`;

const hintKey = (pair: readonly string[]) => `${HINT_PREFIX}${[...pair].sort().join('/')}.json`;

/** Either bucket's will do. */
export async function readHint(world: WatermarkWorld, pair: readonly string[], signal: AbortSignal): Promise<Hint | undefined> {
  for (const region of pair) {
    try {
      const text = await within(region, world.clock, CALL_MS, (late) => world.buckets(region).getText(hintKey(pair), late), signal);
      if (text !== undefined) return hintSchema.safeParse(JSON.parse(text)).data;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Never rejects, and nobody need know when it fails. */
export async function leaveHint(world: WatermarkWorld, pair: readonly string[], hint: Hint, signal: AbortSignal): Promise<void> {
  const text = JSON.stringify({ schema: 'cdk-s3-failover/listing', version: 1, ...hint });
  const put = (region: string) => within(region, world.clock, CALL_MS, (late) => world.buckets(region).putText(hintKey(pair), text, late), signal);
  await Promise.all(pair.map((region) => put(region).catch(() => undefined)));
}
