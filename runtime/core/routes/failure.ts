/**
 * What can go wrong at one control endpoint, by name.
 *
 * The kinds stand for what a caller must do next, not for HTTP status codes.
 */
export type FailureKind =
  /** 400: the ARN is wrong, or names no Multi-Region Access Point. */
  | 'bad request'
  /** 404 NoSuchMultiRegionAccessPoint. */
  | 'no such access point'
  /** 405: the access point has a single Region. */
  | 'single Region'
  /** 409: another change of the same routes came first. */
  | 'conflict'
  /** 503 SlowDown and other throttling. */
  | 'slow down'
  /** 301: this endpoint does not serve route calls. */
  | 'wrong Region'
  /** 403, or credentials that this endpoint does not take. */
  | 'forbidden'
  /** Any other 5xx. */
  | 'server error'
  /** No connection was made, so nothing was sent. */
  | 'unreachable'
  | 'connection lost'
  | 'timed out'
  /** Something was answered that cannot be understood. */
  | 'garbage'
  /** The caller stopped waiting. */
  | 'given up';

export interface EndpointFailure {
  readonly kind: FailureKind;
  /** Region of the control endpoint. */
  readonly endpoint: string;
  readonly detail: string;
  readonly cause?: unknown;
}

/** What an adapter knows about an error, without its SDK's types. */
export interface ErrorFacts {
  readonly status?: number;
  /** The service's error code. */
  readonly code?: string;
  /** The operating system's or the client library's error code or name. */
  readonly cause?: string;
}

/** A connection that was never made: these cannot have changed anything. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']);
const TIME_OUTS = new Set(['TimeoutError', 'ETIMEDOUT', 'RequestTimeout', 'AbortError']);
const THROTTLES = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'TooManyRequests',
]);
const REDIRECTS = new Set([301, 302, 307, 308]);
/** Answered with status 400, but about the caller: another Region's endpoint may take the same credentials. */
const CREDENTIAL_FAULTS = new Set([
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
  'AuthorizationHeaderMalformed',
  'RegionDisabledException',
]);
const LOCAL_CREDENTIAL_FAULTS = new Set(['CredentialsProviderError', 'TokenProviderError']);

export function classify({ status, code, cause }: ErrorFacts): FailureKind {
  if (status === undefined) {
    if (cause === undefined) return 'connection lost';
    if (NOT_SENT.has(cause)) return 'unreachable';
    if (TIME_OUTS.has(cause)) return 'timed out';
    if (LOCAL_CREDENTIAL_FAULTS.has(cause)) return 'forbidden';
    return 'connection lost';
  }
  if (code !== undefined && THROTTLES.has(code)) return 'slow down';
  if (code !== undefined && TIME_OUTS.has(code)) return 'timed out';
  if (code === 'PermanentRedirect' || code === 'TemporaryRedirect' || REDIRECTS.has(status)) return 'wrong Region';
  if (code !== undefined && CREDENTIAL_FAULTS.has(code)) return 'forbidden';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'no such access point';
  if (status === 405) return 'single Region';
  if (status === 409) return 'conflict';
  if (status === 429) return 'slow down';
  if (status >= 500) return 'server error';
  if (status >= 400) return 'bad request';
  return 'garbage';
}

/** The endpoint is of no use to this caller; others may be. */
export function discards(kind: FailureKind): boolean {
  return kind === 'wrong Region' || kind === 'forbidden';
}

/** Every endpoint would say the same. */
export function stops(kind: FailureKind): boolean {
  return kind === 'bad request' || kind === 'no such access point' || kind === 'single Region';
}

/** A submit that ends like this may have changed the routes, or may still do so. */
export function leavesDoubt(kind: FailureKind): boolean {
  return kind === 'server error' || kind === 'connection lost' || kind === 'timed out' || kind === 'garbage' || kind === 'given up';
}

/** One plain sentence about a failure that no other endpoint can mend. */
export function explain(failure: EndpointFailure, arn: string): string {
  switch (failure.kind) {
    case 'bad request':
      return `the endpoint in ${failure.endpoint} refused the request as wrong (400), got '${arn}' as ARN; check that it is the ARN of a Multi-Region Access Point, not its name or alias (${failure.detail})`;
    case 'no such access point':
      return `there is no Multi-Region Access Point '${arn}' (404 NoSuchMultiRegionAccessPoint, answered by ${failure.endpoint}); it was deleted, or the ARN is another account's (${failure.detail})`;
    case 'single Region':
      return `'${arn}' has a single Region, so there is nothing to switch to (405, answered by ${failure.endpoint}); routes need an access point of at least 2 Regions (${failure.detail})`;
    default:
      return `${failure.endpoint}: ${failure.kind} (${failure.detail})`;
  }
}

export function listFailures(failures: readonly EndpointFailure[]): string {
  return failures.map((failure) => `${failure.endpoint}: ${failure.kind} (${failure.detail})`).join('; ');
}
