import { classify, discards, explain, leavesDoubt, listFailures, stops, type ErrorFacts, type FailureKind } from '../../../../runtime/core/routes/failure';

/** The five documented errors of route calls, and what else the network and the service can do. */
test.each<[facts: ErrorFacts, kind: FailureKind]>([
  [{ status: 400, code: 'InvalidRequest' }, 'bad request'],
  [{ status: 400 }, 'bad request'],
  [{ status: 404, code: 'NoSuchMultiRegionAccessPoint' }, 'no such access point'],
  [{ status: 405, code: 'MethodNotAllowed' }, 'single Region'],
  [{ status: 409, code: 'Conflict' }, 'conflict'],
  [{ status: 409, code: 'OperationAborted' }, 'conflict'],
  [{ status: 503, code: 'SlowDown' }, 'slow down'],
  [{ status: 429 }, 'slow down'],
  [{ status: 400, code: 'ThrottlingException' }, 'slow down'],
  [{ status: 503, code: 'ServiceUnavailable' }, 'server error'],
  [{ status: 503 }, 'server error'],
  [{ status: 500, code: 'InternalError' }, 'server error'],
  [{ status: 301, code: 'PermanentRedirect' }, 'wrong Region'],
  [{ status: 307 }, 'wrong Region'],
  [{ status: 403, code: 'AccessDenied' }, 'forbidden'],
  [{ status: 401 }, 'forbidden'],
  [{ status: 400, code: 'ExpiredToken' }, 'forbidden'],
  [{ status: 400, code: 'InvalidToken' }, 'forbidden'],
  [{ status: 400, code: 'RequestTimeout' }, 'timed out'],
  [{ status: 200 }, 'garbage'],
  [{ cause: 'ECONNREFUSED' }, 'unreachable'],
  [{ cause: 'ENOTFOUND' }, 'unreachable'],
  [{ cause: 'ECONNRESET' }, 'connection lost'],
  [{ cause: 'TimeoutError' }, 'timed out'],
  [{ cause: 'CredentialsProviderError' }, 'forbidden'],
  [{}, 'connection lost'],
  ...(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'].map((cause) => [{ cause }, 'unreachable']) as [ErrorFacts, FailureKind][]),
  ...(['TimeoutError', 'ETIMEDOUT', 'RequestTimeout', 'AbortError'].flatMap((name) => [[{ cause: name }, 'timed out'], [{ status: 400, code: name }, 'timed out']]) as [ErrorFacts, FailureKind][]),
  ...(['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded', 'TooManyRequests'].map((code) => [{ status: 400, code }, 'slow down']) as [ErrorFacts, FailureKind][]),
  ...([301, 302, 307, 308].map((status) => [{ status }, 'wrong Region']) as [ErrorFacts, FailureKind][]),
  ...(['PermanentRedirect', 'TemporaryRedirect'].map((code) => [{ status: 400, code }, 'wrong Region']) as [ErrorFacts, FailureKind][]),
  ...(['ExpiredToken', 'InvalidToken', 'TokenRefreshRequired', 'AuthorizationHeaderMalformed', 'RegionDisabledException'].map((code) => [{ status: 400, code }, 'forbidden']) as [ErrorFacts, FailureKind][]),
  [{ cause: 'TokenProviderError' }, 'forbidden'],
  [{ status: 303 }, 'garbage'],
  [{ status: 399 }, 'garbage'],
  [{ status: 499 }, 'bad request'],
  [{ status: 404 }, 'no such access point'],
  [{ status: 405 }, 'single Region'],
  [{ status: 409 }, 'conflict'],
  [{ status: 403 }, 'forbidden'],
  [{ status: 200, code: 'Odd' }, 'garbage'],
])('%j is %s', (facts, kind) => {
  expect(classify(facts)).toBe(kind);
});

test.each<[FailureKind, what: string]>([
  ['bad request', 'stops'],
  ['no such access point', 'stops'],
  ['single Region', 'stops'],
  ['conflict', ''],
  ['slow down', ''],
  ['wrong Region', 'discards'],
  ['forbidden', 'discards'],
  ['server error', 'leaves doubt'],
  ['unreachable', ''],
  ['connection lost', 'leaves doubt'],
  ['timed out', 'leaves doubt'],
  ['garbage', 'leaves doubt'],
  ['given up', 'leaves doubt'],
])('%s means: %s', (kind, what) => {
  expect([stops(kind) && 'stops', discards(kind) && 'discards', leavesDoubt(kind) && 'leaves doubt'].filter(Boolean).join()).toBe(what);
});

test('a failure is told in one sentence, with the endpoint and what it said', () => {
  const failure = (kind: FailureKind) => ({ kind, endpoint: 'us-west-2', detail: 'why not' });
  expect(explain(failure('bad request'), 'arn:x')).toBe("the endpoint in us-west-2 refused the request as wrong (400), got 'arn:x' as ARN; check that it is the ARN of a Multi-Region Access Point, not its name or alias (why not)");
  expect(explain(failure('no such access point'), 'arn:x')).toBe("there is no Multi-Region Access Point 'arn:x' (404 NoSuchMultiRegionAccessPoint, answered by us-west-2); it was deleted, or the ARN is another account's (why not)");
  expect(explain(failure('single Region'), 'arn:x')).toBe("'arn:x' has a single Region, so there is nothing to switch to (405, answered by us-west-2); routes need an access point of at least 2 Regions (why not)");
  expect(explain(failure('conflict'), 'arn:x')).toBe('us-west-2: conflict (why not)');
  expect(listFailures([failure('conflict'), failure('garbage')])).toBe('us-west-2: conflict (why not); us-west-2: garbage (why not)');
});
