import { paintFor } from '../../../../runtime/cli/terminal/paint';

test.each([
  { what: 'a terminal', stream: { isTTY: true }, env: {}, coloured: true },
  { what: 'a terminal whose user wants none', stream: { isTTY: true }, env: { NO_COLOR: '1' }, coloured: false },
  { what: 'a terminal where NO_COLOR is empty', stream: { isTTY: true }, env: { NO_COLOR: '' }, coloured: true },
  { what: 'a dumb terminal', stream: { isTTY: true }, env: { TERM: 'dumb' }, coloured: false },
  { what: 'a pipe', stream: {}, env: {}, coloured: false },
])('colours $what: $coloured', ({ stream, env, coloured }) => {
  expect(paintFor(stream, env).good('ok') !== 'ok').toBe(coloured);
});
