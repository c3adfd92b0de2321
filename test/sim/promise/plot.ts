/** Small pictures of recorded figures, as SVG text that is readable in light and dark. */

const WIDTH = 860;
const LEFT = 220;
/** A column of its own for the labels, so that none lies over a bar. */
const RIGHT = 190;
const ROW = 26;
const TOP = 64;
/** Of a mark within a bar. */
const MARK = 3;

const STYLE = `<style>
    .bg { fill: #ffffff } text { fill: #1f2328; font-size: 13px } .s { font-size: 12px; fill: #57606a } .h { font-size: 15px; font-weight: 600 } .axis { stroke: #d0d7de; stroke-width: 1 }
    .a { fill: #0969da } .b { fill: #8250df } .c { fill: #cf222e } .soft { opacity: 0.35 } .mark { fill: #1f2328 }
    @media (prefers-color-scheme: dark) {
      .bg { fill: #0d1117 } text { fill: #e6edf3 } .s { fill: #9198a1 } .axis { stroke: #30363d } .a { fill: #58a6ff } .b { fill: #a371f7 } .c { fill: #ff7b72 } .mark { fill: #e6edf3 }
    }
  </style>`;

type Look = 'a' | 'b' | 'c' | 'a soft' | 'c soft';

export interface Bar {
  readonly name: string;
  readonly parts: readonly { readonly from: number; readonly to: number; readonly look: Look }[];
  /** One value to be seen within the bar. */
  readonly mark?: number;
  readonly label: string;
}

export interface Chart {
  readonly title: string;
  readonly description: string;
  readonly bars: readonly Bar[];
  /** Marks of the axis; the first and the last are its ends. */
  readonly marks: readonly number[];
  readonly scale: 'linear' | 'logarithmic';
  readonly unit: string;
  readonly legend: readonly { readonly look: Look | 'mark'; readonly name: string }[];
}

/** Horizontal bars over one axis. */
export function barChart({ title, description, bars, marks, scale, unit, legend }: Chart): string {
  const [least, most] = [marks[0], marks[marks.length - 1]];
  const place = (value: number) => {
    const held = Math.min(most, Math.max(least, value));
    const share = scale === 'linear' ? (held - least) / (most - least) : Math.log(held / least) / Math.log(most / least);
    return round(LEFT + share * (WIDTH - LEFT - RIGHT));
  };
  const bottom = TOP + bars.length * ROW;
  const height = bottom + 60;
  const axis = marks.map((mark) => `<path class="axis" d="M${place(mark)} ${TOP - 8}V${bottom}"/><text class="s" x="${place(mark)}" y="${bottom + 18}" text-anchor="middle">${mark}${unit}</text>`);
  const rows = bars.map(({ name, parts, mark, label }, index) => {
    const y = TOP + index * ROW;
    const shapes = parts.filter(({ from, to }) => place(to) > place(from)).map(({ from, to, look }) => `<rect class="${look}" x="${place(from)}" y="${y + 3}" width="${round(place(to) - place(from))}" height="${ROW - 10}" rx="2"/>`);
    const seen = mark === undefined ? '' : `<rect class="mark" x="${round(place(mark) - MARK / 2)}" y="${y + 1}" width="${MARK}" height="${ROW - 6}"/>`;
    return `<text x="${LEFT - 10}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>${shapes.join('')}${seen}<text class="s" x="${WIDTH - RIGHT + 14}" y="${y + 15}">${escaped(label)}</text>`;
  });
  let x = LEFT;
  const keys = legend.map(({ look, name }) => {
    const key = `<rect class="${look}" x="${x}" y="${bottom + 34}" width="${look === 'mark' ? MARK : 14}" height="12"/><text class="s" x="${x + 20}" y="${bottom + 44}">${escaped(name)}</text>`;
    x += 40 + 6 * name.length;
    return key;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="t d" font-family="ui-sans-serif, system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">`,
    `  <title id="t">${escaped(title)}</title>`,
    `  <desc id="d">${escaped(description)}</desc>`,
    `  ${STYLE}`,
    `  <rect class="bg" width="${WIDTH}" height="${height}" rx="8"/>`,
    `  <text class="h" x="16" y="28">${escaped(title)}</text>`,
    ...[...axis, ...rows, ...keys].map((one) => `  ${one}`),
    '</svg>',
    '',
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
