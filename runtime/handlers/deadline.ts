import { Environment } from '../../lib/private/contract';
import type { Clock, Instant } from '../core/ports';

/** Kept back to write the answer and to survive a slow last log line: the framework turns our silence into a time-out. */
const MARGIN_SECONDS = 15;

/** Of a function whose time is short, at least this share is used for work. */
const SMALLEST_SHARE = 0.5;

/** When a handler must have answered: the earlier of what Lambda has left and what the template allows, less a margin. */
export function deadlineFrom(
  context: { getRemainingTimeInMillis(): number },
  clock: Clock,
  environment: { readonly [name: string]: string | undefined },
): Instant {
  const remaining = context.getRemainingTimeInMillis();
  const allowed = timeoutSeconds(environment[Environment.TIMEOUT_SECONDS]) * 1000;
  const budget = Math.min(remaining, allowed);
  return clock.now() + Math.max(budget - MARGIN_SECONDS * 1000, budget * SMALLEST_SHARE);
}

function timeoutSeconds(text: string | undefined): number {
  if (text === undefined || text === '') return Infinity;
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) {
    throw new Error(`'${Environment.TIMEOUT_SECONDS}' must be a number of seconds above 0, got '${text}'; deploy the handler as this library makes it`);
  }
  return seconds;
}
