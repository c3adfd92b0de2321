import { CallError } from '../../../../runtime/core/calls/call-error';
import { Explained } from '../../../../runtime/core/calls/explained';

const failure = (code: string, status?: number) => new CallError({ call: 's3 PutObject', region: 'us-east-1', code, status, reason: 'why not' });

test('says whether there was an answer, and which', () => {
  expect(failure('TimeoutError').message).toBe('s3 PutObject in us-east-1 got no answer (TimeoutError: why not)');
  expect(failure('SlowDown', 503).message).toBe('s3 PutObject in us-east-1 was answered 503 SlowDown: why not');
});

test.each<[string, number | undefined, boolean, boolean]>([
  ['TimeoutError', undefined, true, false],
  ['InternalError', 500, true, false],
  ['SlowDown', 503, true, false],
  ['NoSuchBucket', 404, false, false],
  ['Unknown', 403, false, true],
  ['AccessDenied', 400, false, true],
  ['AccessDeniedException', 400, false, true],
  ['UnauthorizedOperation', undefined, true, true],
  ['NotAccessDenied', 400, false, false],
  ['AccessDeniedNot', 400, false, false],
])('%s with status %s: the Region did not do its work %s, it said no %s', (code, status, unreachable, denied) => {
  expect(failure(code, status)).toMatchObject({ unreachable, denied });
});

test('errors are told apart by name, also where classes are not shared', () => {
  expect([failure('x').name, new Explained('x').name]).toEqual(['CallError', 'Explained']);
});
