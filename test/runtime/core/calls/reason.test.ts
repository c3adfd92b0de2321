import { reasonOf } from '../../../../runtime/core/calls/reason';

test('what was thrown is told by its message, or as text where it is no error', () => {
  expect([reasonOf(new Error('no answer')), reasonOf('no answer'), reasonOf(undefined)]).toEqual(['no answer', 'no answer', 'undefined']);
});
