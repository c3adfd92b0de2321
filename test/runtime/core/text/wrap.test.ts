import { wrap } from '../../../../runtime/core/text/wrap';

test('a line is as long as it may be, and no longer', () => {
  expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
  expect(wrap('aa bb cc', 4)).toEqual(['aa', 'bb', 'cc']);
  expect(wrap('aa bb cc dd', 8)).toEqual(['aa bb cc', 'dd']);
});

test('a word that is longer than a line stands alone', () => {
  expect(wrap('aaaaaa b', 3)).toEqual(['aaaaaa', 'b']);
  expect(wrap('aaaaaa', 3)).toEqual(['aaaaaa']);
});
