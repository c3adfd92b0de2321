import { PassThrough } from 'node:stream';
import { terminalOf, type Streams } from '../../../../runtime/cli/terminal/system';

function streams({ stdin = false, stdout = false, stderr = false, env = {} as Record<string, string> } = {}) {
  const made = {
    stdin: Object.assign(new PassThrough(), { isTTY: stdin, setRawMode: () => undefined }),
    stdout: Object.assign(new PassThrough(), { isTTY: stdout, columns: stdout ? 132 : undefined, rows: stdout ? 50 : undefined }),
    stderr: Object.assign(new PassThrough(), { isTTY: stderr, columns: stderr ? 80 : undefined }),
  };
  let talk = '';
  made.stderr.on('data', (chunk) => (talk += chunk));
  return { ...made, talk: () => talk, streams: { ...made, env } as unknown as Streams };
}

const never = new AbortController().signal;

test('a person is asked only where there are a keyboard and a terminal to show the question on', () => {
  const can = (given: Parameters<typeof streams>[0]) => terminalOf(streams(given).streams, { color: true }).ask !== undefined;
  expect(can({ stdin: true, stderr: true })).toBe(true);
  expect(can({ stdin: true })).toBe(false);
  expect(can({ stderr: true, stdout: true })).toBe(false);
});

test('the question goes to standard error, and the answer is one line', async () => {
  const { stdin, stdout, talk, streams: given } = streams({ stdin: true, stderr: true });
  const asked = terminalOf(given, { color: true }).ask!('Go ahead? ', never);
  stdin.write('yes\nmore\n');
  expect(await asked).toBe('yes');
  expect(talk()).toContain('Go ahead? ');
  expect(stdout.read()).toBeNull();
});

test('a keyboard that is closed, and Ctrl-C, answer nothing', async () => {
  const closed = streams({ stdin: true, stderr: true });
  const asked = terminalOf(closed.streams, { color: true }).ask!('Go ahead? ', never);
  closed.stdin.end();
  expect(await asked).toBe('');
  const abort = new AbortController();
  const other = terminalOf(streams({ stdin: true, stderr: true }).streams, { color: true }).ask!('Go ahead? ', abort.signal);
  abort.abort();
  expect(await other).toBe('');
});

test('is redrawn only where the stream is a terminal that can be', () => {
  const of = (given: Parameters<typeof streams>[0]) => terminalOf(streams(given).streams, { color: true });
  expect([of({ stderr: true }).live, of({ stdout: true }).live, of({ stderr: true, env: { TERM: 'dumb' } }).live]).toEqual([true, false, false]);
  expect(of({ stdout: true }).screen?.()).toEqual({ columns: 132, rows: 50 });
  expect([of({ stderr: true }).screen, of({ stdout: true, env: { TERM: 'dumb' } }).screen]).toEqual([undefined, undefined]);
});

test('each stream has colours of its own, and none when they are forbidden', () => {
  const of = (given: Parameters<typeof streams>[0], color = true) => terminalOf(streams(given).streams, { color });
  const coloured = ({ paint, talkPaint }: ReturnType<typeof of>) => [paint.good('x') !== 'x', talkPaint.good('x') !== 'x'];
  expect(coloured(of({ stdout: true }))).toEqual([true, false]);
  expect(coloured(of({ stderr: true }))).toEqual([false, true]);
  expect(coloured(of({ stdout: true, stderr: true }, false))).toEqual([false, false]);
});

test('a reader that has left is put up with', async () => {
  const { stdout, streams: given } = streams();
  const terminal = terminalOf(given, { color: true });
  stdout.destroy();
  await expect(terminal.out('text')).resolves.toBeUndefined();
});
