import { CallError } from '../../../runtime/core/calls/call-error';
import { Explained } from '../../../runtime/core/calls/explained';
import { failure } from '../../../runtime/handlers/reason';

test('the reason is what was explained, without a stack trace', () => {
  const answer = failure(new Explained("'Bucket' must be a bucket name"));

  expect(answer.message).toBe("'Bucket' must be a bucket name");
  expect(answer.stack).toBe('');
});

test.each([
  ['a call that failed', new CallError({ call: 'ssm GetParameter', region: 'us-east-1', code: 'X', status: 400, reason: 'no' }), 'ssm GetParameter in us-east-1 was answered 400 X: no; deploy again when that is cured'],
  ['an error without a message', Object.assign(new Error(''), { name: 'Odd' }), 'an error without a message (Odd); see the log'],
  ['something that is no error', 'text', 'text'],
  ['several lines', new Error('one\n  two'), 'one two'],
])('%s has a reason in one line', (_, error, reason) => {
  expect(failure(error).message).toBe(reason);
});

test.each(['x', 'ü', '漢', '"'])("a reason of many '%s' leaves room for the rest of CloudFormation's 4096 bytes", (letter) => {
  const { message } = failure(new Error(letter.repeat(5_000)));

  expect(Buffer.byteLength(message)).toBeLessThan(2_700);
  expect(message).toMatch(/\.\.\.$/);
  expect(message).not.toContain('\uFFFD');
});
