import { within } from '../calls/side-by-side';
import type { Clock, Instant } from '../ports';
import type { AccessPoint } from './access-point';
import type { EndpointFailure } from './failure';
import type { Routes } from './routes';

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: EndpointFailure };

/** One of the five Regions that take route calls. Tries once; never retries by itself. */
export interface ControlEndpoint {
  readonly region: string;
  read(accessPoint: AccessPoint, signal: AbortSignal): Promise<Answer<Routes>>;
  submit(accessPoint: AccessPoint, routes: Routes, signal: AbortSignal): Promise<Answer<void>>;
}

/** What bounds a whole act. */
export interface Limits {
  readonly deadline: Instant;
  /** Aborted when the caller gives up. */
  readonly signal?: AbortSignal;
}

export function timeLeft(clock: Clock, limits: Limits): number {
  return limits.signal?.aborted ? 0 : Math.max(0, limits.deadline - clock.now());
}

/**
 * Waits for one call, at most `milliseconds`, and then aborts it.
 *
 * An answer that comes later is dropped. Whatever happens, no timer is left running.
 */
export async function callOnce<T>(
  clock: Clock,
  endpoint: string,
  milliseconds: number,
  call: (signal: AbortSignal) => Promise<Answer<T>>,
  outer?: AbortSignal,
): Promise<Answer<T>> {
  const failed = (kind: EndpointFailure['kind'], detail: string, cause?: unknown): Answer<T> => ({
    ok: false,
    failure: { kind, endpoint, detail, cause },
  });
  if (outer?.aborted || milliseconds <= 0) return failed('given up', 'not asked, no time left');
  try {
    return await within(endpoint, clock, milliseconds, (signal) => settle(call, signal, failed), outer);
  } catch {
    // The call itself never rejects: it was given up, or its time was up.
    return outer?.aborted ? failed('given up', 'no longer waited for') : failed('timed out', `no answer within ${Math.round(milliseconds)} ms`);
  }
}

/** An adapter answers with data; one that throws all the same may have sent its request. */
async function settle<T>(
  call: (signal: AbortSignal) => Promise<Answer<T>>,
  signal: AbortSignal,
  failed: (kind: EndpointFailure['kind'], detail: string, cause?: unknown) => Answer<T>,
): Promise<Answer<T>> {
  try {
    return await call(signal);
  } catch (error) {
    return failed('connection lost', error instanceof Error ? error.message : String(error), error);
  }
}
