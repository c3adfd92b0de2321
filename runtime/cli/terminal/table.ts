/** A cell, and how it is painted; padding is never painted, so that columns stay in line. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

const GAP = '  ';

/** Columns in line under their heads, the last one ragged; a head of `undefined` leaves the heads out. */
export function table(heads: readonly string[] | undefined, rows: readonly (readonly Cell[])[], paintHead: (text: string) => string = (text) => text): string {
  const head: readonly Cell[][] = heads ? [heads.map((text) => ({ text, paint: paintHead }))] : [];
  const all = [...head, ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => Math.max(0, ...all.map((row) => textOf(row[column]).length)));
  return all.map((row) => `${row.map((cell, column) => padded(cell, column === row.length - 1 ? 0 : widths[column])).join(GAP).trimEnd()}\n`).join('');
}

function padded(cell: Cell, width: number): string {
  const text = textOf(cell);
  const painted = typeof cell === 'string' ? cell : cell.paint(cell.text);
  return painted + ' '.repeat(Math.max(0, width - text.length));
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : (cell?.text ?? '');
}
