import { CallError } from '../../calls/call-error';
import { within } from '../../calls/side-by-side';
import type { Clock } from '../../ports';
import type { BucketHealth } from '../ports';

/** What a signed request to a Region's bucket showed, as seen from here. */
export type Health =
  | { readonly state: 'well'; readonly latencyMs: number }
  /** It does not do its work. */
  | { readonly state: 'ill'; readonly reason: string }
  /** Nothing was learned about the Region: this caller was turned away, it asked to be called less, or there was no time. */
  | { readonly state: 'unsure'; readonly reason: string };

/** A lost packet is no dead Region. */
const TRIES = 2;
export const PROBE_MS = 2_000;

/** Never rejects, and takes no longer than two calls. */
export async function healthOf(clock: Clock, region: string, bucket: BucketHealth, callMs = PROBE_MS): Promise<Health> {
  const began = clock.now();
  for (let tried = 1; ; tried++) {
    try {
      await within(region, clock, callMs, (signal) => bucket.probe(signal));
      return { state: 'well', latencyMs: clock.now() - began };
    } catch (error) {
      const health = unhealthy(error);
      if (health.state === 'unsure' || tried >= TRIES) return health;
    }
  }
}

function unhealthy(error: unknown): Health {
  const reason = error instanceof Error ? error.message : String(error);
  // A Region that considers its answer is alive, and its answer says nothing of whether others may use it.
  if (!(error instanceof CallError) || error.denied || error.code === 'SlowDown' || error.status === 429) return { state: 'unsure', reason };
  return { state: 'ill', reason };
}
