/** A colour's code, which takes no place. */
const CODE = /\u001b\[[0-9;]*m/y;
const RESET = '\u001b[0m';

/** Draws blocks of lines in one place of a terminal, each over the one before it. */
export class Redraw {
  private lines = 0;

  constructor(private readonly screen: () => { readonly columns: number; readonly rows: number }) {}

  /** What to write in order to have the block stand where the last one stood. */
  over(block: string): string {
    const { columns, rows } = this.screen();
    // A line that wraps, or a block that scrolls, would be drawn over in the wrong place.
    const lines = block.replace(/\n$/, '').split('\n').slice(0, Math.max(1, rows - 1)).map((line) => cut(line, columns));
    const back = this.lines > 0 ? `\u001b[${this.lines}A\r\u001b[0J` : '';
    this.lines = lines.length;
    return `${back}${lines.join('\n')}\n`;
  }
}

/** A line cut to a width; its colours take no place. */
export function cut(line: string, columns: number): string {
  let place = 0;
  for (let at = 0; at < line.length; ) {
    CODE.lastIndex = at;
    const code = CODE.exec(line);
    if (code) at += code[0].length;
    else if (++place > columns) return `${line.slice(0, at)}${line.includes('\u001b') ? RESET : ''}`;
    else at++;
  }
  return line;
}
