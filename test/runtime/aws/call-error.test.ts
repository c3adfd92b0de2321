import { callError, calling } from '../../../runtime/aws/call-error';

test.each([
  ['an answer', { name: 'SlowDown', message: 'slow down', $metadata: { httpStatusCode: 503 } }, 503, 'SlowDown', true],
  ['a considered no', { name: 'AccessDenied', message: 'no', $metadata: { httpStatusCode: 403 } }, 403, 'AccessDenied', false],
  ['an answer that could not be read', { name: 'SyntaxError', message: 'garbage', $metadata: {}, $response: { statusCode: 502 } }, 502, 'SyntaxError', true],
  ['a refused connection', { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED', $metadata: {} }, undefined, 'ECONNREFUSED', true],
  ['a time-out', { name: 'TimeoutError', message: 'took too long', $metadata: { attempts: 2 } }, undefined, 'TimeoutError', true],
  ['several addresses that refuse', { name: 'AggregateError', code: 'ECONNREFUSED', message: '', errors: [{ message: 'connect ECONNREFUSED ::1' }] }, undefined, 'ECONNREFUSED', true],
])('%s keeps its status and code', (_, error, status, code, unreachable) => {
  expect(callError('ssm GetParameter', 'us-east-1', error)).toMatchObject({ status, code, unreachable });
});

test.each(['TypeError', 'CredentialsProviderError'])('a %s is no word of the Region, and stays what it is', (name) => {
  const error = Object.assign(new Error('x is not a function'), { name, $metadata: { attempts: 1 } });

  expect(callError('ssm GetParameter', 'us-east-1', error)).toBe(error);
});

test('an error without a message still says something', () => {
  expect(callError('ssm GetParameter', 'us-east-1', { errors: [{ message: 'connect ECONNREFUSED ::1' }], message: '', code: 'ECONNREFUSED' })).toMatchObject({
    message: 'ssm GetParameter in us-east-1 got no answer (ECONNREFUSED: connect ECONNREFUSED ::1)',
  });
});

test('what succeeds passes through', async () => {
  await expect(calling('ssm GetParameter', 'us-east-1', async () => 7)).resolves.toBe(7);
});
