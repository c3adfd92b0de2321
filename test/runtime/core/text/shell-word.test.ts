import { execFileSync } from 'node:child_process';
import { shellWord } from '../../../../runtime/core/text/shell-word';

test('what needs no quotes has none', () => {
  expect(shellWord('/s3-failover/media')).toBe('/s3-failover/media');
});

test.each(['a b', "it's", '$(touch x)', '`x`', 'a;b', '', '"', '*', '\\'])('%j is one word to a shell, and runs nothing', (text) => {
  expect(execFileSync('/bin/sh', ['-c', `printf '%s|' ${shellWord(text)}`], { encoding: 'utf8' })).toBe(`${text}|`);
});
