import { Terminal, type IBufferCell } from '@xterm/headless';
import { escape } from '../../runtime/cli/page/markup';

/** What was printed, and when. */
export interface Printed {
  readonly at: number;
  readonly text: string;
}

interface Frame {
  readonly at: number;
  readonly lines: readonly string[];
}

const CELL = { width: 8.4, height: 19 };
const PAD = 16;
const BAR = 30;
/** Frames that follow each other faster are not told apart. */
const LEAST_SECONDS = 0.2;
/** Longest stretch in which nothing changes: a reader need not wait as the person did. */
const MOST_PAUSE_SECONDS = 2;
const LAST_SECONDS = 6;

const COLORS: { readonly [index: number]: string } = { 1: '#ff8073', 2: '#4fcb9c', 3: '#f0b04a', 4: '#78b0ff', 5: '#c39bfa', 6: '#5fd0d8', 8: '#8b98a6' };

/** The session as one picture that plays by itself; who wants less motion, or prints it, sees its end. */
export async function sessionSvg(printed: readonly Printed[], size: { readonly columns: number; readonly rows: number }, title: string): Promise<string> {
  const frames = shorten(await framesOf(printed, size));
  const total = frames[frames.length - 1].at + LAST_SECONDS;
  const width = Math.ceil(size.columns * CELL.width + 2 * PAD);
  const height = Math.ceil(size.rows * CELL.height + 2 * PAD + BAR);
  const percent = (at: number) => ((at / total) * 100).toFixed(2);
  const styles = frames.map((frame, index) => {
    const from = percent(frame.at);
    const to = index + 1 < frames.length ? percent(frames[index + 1].at) : '100';
    const last = index + 1 === frames.length;
    return `@keyframes f${index}{0%{visibility:${index === 0 ? 'visible' : 'hidden'}}${from}%{visibility:visible}${last ? '100%{visibility:visible}' : `${to}%{visibility:hidden}100%{visibility:hidden}`}}#f${index}{animation:f${index} ${total.toFixed(1)}s step-end infinite;visibility:${last ? 'visible' : 'hidden'}}`;
  });
  const text = frames.map((frame, index) => `<g id="f${index}">${frame.lines.map((line, row) => (line === '' ? '' : `<text x="${PAD}" y="${(BAR + PAD + (row + 0.75) * CELL.height).toFixed(1)}">${line}</text>`)).join('')}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t">`,
    `<title id="t">${escape(title)}</title>`,
    `<style>text{font:14px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e7ebf0;white-space:pre}.b{font-weight:700}.d{opacity:.6}${Object.entries(COLORS).map(([index, color]) => `.c${index}{fill:${color}}`).join('')}${styles.join('')}@media (prefers-reduced-motion:reduce),print{g[id]{animation:none!important}}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#10151b"/>`,
    ...[0, 1, 2].map((dot) => `<circle cx="${PAD + 6 + dot * 18}" cy="${BAR / 2 + 4}" r="5.5" fill="#303a45"/>`),
    ...text,
    '</svg>',
    '',
  ].join('\n');
}

async function framesOf(printed: readonly Printed[], { columns, rows }: { columns: number; rows: number }): Promise<Frame[]> {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const frames: Frame[] = [];
  for (const { at, text } of printed) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    const lines = Array.from({ length: rows }, (_, row) => lineOf(terminal, row));
    const last = frames.at(-1);
    if (last && lines.join('\n') === last.lines.join('\n')) continue;
    if (last && at - last.at < LEAST_SECONDS) frames[frames.length - 1] = { at: last.at, lines };
    else frames.push({ at, lines });
  }
  terminal.dispose();
  return frames;
}

/** One row of the screen as markup: runs of one look each. */
function lineOf(terminal: Terminal, row: number): string {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row);
  if (!line) return '';
  const runs: { look: string; text: string }[] = [];
  for (let column = 0; column < line.length; column++) {
    const cell = line.getCell(column)!;
    const look = lookOf(cell);
    const text = cell.getChars() || ' ';
    const run = runs.at(-1);
    if (run && run.look === look) run.text += text;
    else runs.push({ look, text });
  }
  const last = runs.at(-1);
  if (last && last.look === '') last.text = last.text.trimEnd();
  return runs.map(({ look, text }) => (text === '' ? '' : look === '' ? escape(text) : `<tspan class="${look}">${escape(text)}</tspan>`)).join('');
}

function lookOf(cell: IBufferCell): string {
  const color = cell.isFgPalette() ? cell.getFgColor() : -1;
  return [COLORS[color] === undefined ? '' : `c${color}`, cell.isBold() ? 'b' : '', cell.isDim() ? 'd' : ''].filter(Boolean).join(' ');
}

function shorten(frames: readonly Frame[]): Frame[] {
  let cut = 0;
  return frames.map((frame, index) => {
    const pause = index === 0 ? frame.at : frame.at - frames[index - 1].at;
    cut += Math.max(0, pause - MOST_PAUSE_SECONDS);
    return { ...frame, at: Math.max(0, frame.at - cut) };
  });
}
