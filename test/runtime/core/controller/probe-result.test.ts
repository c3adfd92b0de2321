import { CallError } from '../../../../runtime/core/calls/call-error';
import { resultOfFailure, together } from '../../../../runtime/core/controller/probe-result';

const failure = (code: string, status?: number) => new CallError({ call: 's3 PutObject', region: 'us-east-1', code, status, reason: 'no' });

test.each([
  ['a connection that is refused', failure('ECONNREFUSED')],
  ['a connection that breaks', failure('ECONNRESET')],
  ['silence', failure('TimeoutError')],
  ['a call that was given up', failure('AbortError')],
  ['a Region that nothing leads to', failure('EHOSTUNREACH')],
  ['an internal error', failure('InternalError', 500)],
  ['a service that is not there', failure('ServiceUnavailable', 503)],
  ['a key service that is not there', failure('KMS.KMSInternalException', 500)],
])('%s says down', (_, error) => {
  expect(resultOfFailure(error)).toEqual({ kind: 'down', reason: error.message });
});

test.each([
  ['SlowDown', failure('SlowDown', 503)],
  ['Throttling', failure('Throttling', 400)],
  ['429', failure('Unknown', 429)],
])('%s says throttled, which is no failure of a Region', (_, error) => {
  expect(resultOfFailure(error)).toEqual({ kind: 'throttled' });
});

test.each([
  ['a policy that denies', failure('AccessDenied', 403)],
  ['a bucket that is gone', failure('NoSuchBucket', 404)],
  ['a key that is disabled', failure('KMS.DisabledException', 400)],
  ['a key that is being deleted', failure('KMS.KMSInvalidStateException', 400)],
  ['a bucket of another Region', failure('PermanentRedirect', 301)],
])('%s says misconfigured: no failover mends it', (_, error) => {
  expect(resultOfFailure(error)).toMatchObject({ kind: 'misconfigured', reason: error.message });
});

test.each([
  ['credentials that have expired', failure('ExpiredToken', 400)],
  ['a key that is unknown', failure('InvalidAccessKeyId', 403)],
  ['a clock that is wrong', failure('RequestTimeTooSkewed', 403)],
  ['a name that is not found', failure('ENOTFOUND')],
  ['a resolver that does not answer', failure('EAI_AGAIN')],
  ['no way out of the machine', failure('ENETUNREACH')],
  ['no file handle left', failure('EMFILE')],
  ['no credentials', new Error('Could not load credentials from any providers')],
])('%s says blind: nothing of the Region', (_, error) => {
  expect(resultOfFailure(error)).toEqual({ kind: 'blind', reason: error.message });
});

test.each(['ExpiredToken', 'ENOTFOUND', 'ENETUNREACH', 'SlowDown'])('only all of %s is that code', (code) => {
  for (const other of [`Not${code}`, `${code}Not`]) expect(resultOfFailure(failure(other, 400))).toMatchObject({ kind: 'misconfigured' });
});

test('of two calls the worse counts, and who was blind or wrongly set up in one of them says no down', () => {
  const down = { kind: 'down', reason: 'x' } as const;
  expect(together([{ kind: 'ok', ms: 3 }, { kind: 'ok', ms: 9 }])).toEqual({ kind: 'ok', ms: 9 });
  expect(together([{ kind: 'ok', ms: 3 }, { kind: 'slow', ms: 900 }])).toEqual({ kind: 'slow', ms: 900 });
  expect(together([{ kind: 'throttled' }, down])).toEqual(down);
  expect(together([down, { kind: 'misconfigured', reason: 'y' }])).toMatchObject({ kind: 'misconfigured' });
  expect(together([down, { kind: 'blind', reason: 'z' }])).toMatchObject({ kind: 'blind' });
});
