import { cut, Redraw } from '../../../../runtime/cli/terminal/redraw';
import { bar } from '../../../../runtime/cli/terminal/status-line';
import { table } from '../../../../runtime/cli/terminal/table';
import { duration, latency } from '../../../../runtime/cli/terminal/units';
import { wrap } from '../../../../runtime/core/text/wrap';

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;

describe('a table', () => {
  test('keeps its columns in line, whatever is painted', () => {
    expect(table(['A', 'LONG'], [['1', { text: 'x', paint: red }, 'z'], ['2', 'yyyyy', 'z']])).toBe(`A  LONG\n1  ${red('x')}      z\n2  yyyyy  z\n`);
  });

  test('may have no heads, and no rows', () => {
    expect(table(undefined, [['a', 'b']])).toBe('a  b\n');
    expect(table(undefined, [])).toBe('');
  });
});

describe('a block that is redrawn', () => {
  test('goes back over as many lines as it had', () => {
    const redraw = new Redraw(() => ({ columns: 80, rows: 24 }));
    expect(redraw.over('a\nb\n')).toBe('a\nb\n');
    expect(redraw.over('c\n')).toBe('\u001b[2A\r\u001b[0Jc\n');
    expect(redraw.over('d\n')).toBe('\u001b[1A\r\u001b[0Jd\n');
  });

  test('never has a line that wraps, nor more lines than the window', () => {
    const redraw = new Redraw(() => ({ columns: 3, rows: 3 }));
    expect(redraw.over('abcdef\nb\nc\nd\n')).toBe('abc\nb\n');
    expect(redraw.over('a\n')).toMatch(/^\u001b\[2A/);
  });

  test('counts no colour as a place, and ends one that it cuts', () => {
    expect(cut(red('abc'), 3)).toBe(red('abc'));
    expect(cut(red('abcd'), 3)).toBe('\u001b[31mabc\u001b[0m');
  });
});

test('text is broken between words, and a long word is not', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('one extraordinary', 5)).toEqual(['one', 'extraordinary']);
  expect(wrap('one two', Infinity)).toEqual(['one two']);
});

test('a bar shows what part is done, and nothing where the end is not known', () => {
  expect(bar(0, 10, 10)).toBe('[----------]   0 %');
  expect(bar(5, 10, 10)).toBe('[#####-----]  50 %');
  expect(bar(20, 10, 10)).toBe('[##########] 100 %');
  expect([bar(5, undefined), bar(5, 0)]).toEqual(['', '']);
});

test('times are told in the unit that a person would choose', () => {
  expect([0.04, 59.94, 59.96, 3_599, 3_600, 7_384].map(duration)).toEqual(['0.0 s', '59.9 s', '1 min 0 s', '59 min 59 s', '1 h 0 min', '2 h 3 min']);
  expect([20.4, 999, 1_400].map(latency)).toEqual(['20 ms', '999 ms', '1.4 s']);
});
