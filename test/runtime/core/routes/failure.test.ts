import { classify, type ErrorFacts, type FailureKind } from '../../../../runtime/core/routes/failure';

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
])('%j is %s', (facts, kind) => {
  expect(classify(facts)).toBe(kind);
});
