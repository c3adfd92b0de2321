import { CallError } from '../calls/call-error';
import { retry, type RetryDeps } from '../calls/retry';
import { within } from '../calls/side-by-side';

/** Systems Manager Parameter Store of one Region. */
export interface ParameterStore {
  /** Undefined when there is no such parameter. */
  get(name: string, signal: AbortSignal): Promise<string | undefined>;
  put(name: string, value: string, description: string, signal: AbortSignal): Promise<void>;
  /** Removes what exists of these. */
  remove(names: readonly string[], signal: AbortSignal): Promise<void>;
}

export type ParameterStores = (region: string) => ParameterStore;

/** Milliseconds for one call, the adapter's own retries included: a dead Region must not stall a deployment. */
const ANSWER = 12_000;

/**
 * Milliseconds that a refusal for want of permission is not believed: the handler's own statements may be seconds old, and IAM
 * is eventually consistent (IAM user guide, "Changes that I make are not always immediately visible").
 */
const PERMISSION_SPREADS = 60_000;

/** Milliseconds for a parameter that others write at the same time. */
const OTHER_WRITER = 20_000;

/** One call, for as long as it is worth it. */
export async function patiently<T>(deps: RetryDeps, region: string, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return retry(deps, patience, () => within(region, deps.clock, Math.min(ANSWER, deps.deadline - deps.clock.now()), call));
}

function patience(error: unknown): number | undefined {
  if (!(error instanceof CallError)) return undefined;
  if (error.denied) return PERMISSION_SPREADS;
  if (error.code === 'TooManyUpdates') return OTHER_WRITER;
  return undefined;
}
