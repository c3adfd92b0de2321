import { CallError } from '../calls/call-error';
import type { ProbeResult } from './ports';

/** Says nothing of the Region: this observer's credentials, or its clock. */
const OWN_FAULT = /^(ExpiredToken|ExpiredTokenException|InvalidToken|InvalidAccessKeyId|SignatureDoesNotMatch|TokenRefreshRequired|RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|UnrecognizedClientException)$/;

/** Nor does a name that cannot be resolved: names of all Regions are resolved by one resolver. */
const NO_NAMES = /^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/;

/** Of the machine itself: no file or no port left, no way out. */
const NO_WAY_OUT = /^(EMFILE|ENFILE|EADDRNOTAVAIL|ENETUNREACH|ENETDOWN|ENOMEM|ENOBUFS)$/;

const THROTTLED = /^(SlowDown|Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled)$/;

/**
 * What a failed call of a probe says. Only a connection that fails, silence, and a 5xx other than SlowDown speak for a dead Region;
 * what a failover would not mend, or what may be this observer's own trouble, never does.
 */
export function resultOfFailure(error: unknown): ProbeResult {
  // Whatever never became a call is a defect or a want of credentials of our own.
  if (!(error instanceof CallError)) return { kind: 'blind', reason: error instanceof Error ? error.message : String(error) };
  const { code, status, message } = error;
  if (OWN_FAULT.test(code) || NO_NAMES.test(code) || NO_WAY_OUT.test(code)) return { kind: 'blind', reason: message };
  if (THROTTLED.test(code) || status === 429) return { kind: 'throttled' };
  // A key that is disabled, deleted or out of reach: S3 answers 400 or 403. KMS in trouble of its own is 5xx.
  if (status !== undefined && status < 500) return { kind: 'misconfigured', reason: message };
  return { kind: 'down', reason: message };
}

/** Of several calls of one probe, what they say together: the worst for a healthy Region, and never down where one of them was blind. */
export function together(results: readonly ProbeResult[]): ProbeResult {
  for (const kind of ['blind', 'misconfigured', 'down', 'throttled', 'slow'] as const) {
    const found = results.find((result) => result.kind === kind);
    if (found) return found;
  }
  return { kind: 'ok', ms: Math.max(0, ...results.flatMap((result) => (result.kind === 'ok' ? [result.ms] : []))) };
}
