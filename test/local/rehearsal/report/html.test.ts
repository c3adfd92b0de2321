import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { renderHtml } from '../../../../local/rehearsal/report/html';
import { PAGE_STYLE } from '../../../../runtime/cli/page/style';
import { sampleReport } from '../support/sample';

const PASSED = renderHtml(sampleReport());
const FAILED = renderHtml(sampleReport(({ run, recording }) => ({
  run: { outcome: 'failed', results: [{ ...run.results[0], outcome: 'failed', detail: 'got "<script>alert(1)</script>" & more' }] },
  recording: { ...recording, audit: undefined, switches: recording.switches.slice(0, 1) },
})));
const EMPTY = renderHtml(sampleReport(({ recording }) => ({
  recording: { ...recording, writes: [], reads: [], backlog: [], switches: [], marks: [], firstSeen: new Map(), audit: undefined },
})));

const PAGES = [['passed', PASSED], ['failed', FAILED], ['empty', EMPTY]] as const;

test.each(PAGES)('is well-formed when %s', (_, page) => {
  // The page is written as XML as well, so that a strict parser can vouch for it.
  expect(XMLValidator.validate(page.replace(/^<!doctype html>/i, ''))).toBe(true);
});

test.each(PAGES)('needs nothing else and asks nobody when %s', (_, page) => {
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|audio|video|source|base)\b/i);
  expect(page).not.toMatch(/\s(src|srcset|href|xlink:href|action|poster|on\w+)=/i);
  expect(page).not.toMatch(/@import|url\((?!#)/);
  expect(page).toContain(`http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"`.replace(/&#39;/g, "'"));
});

test('shows no markup of others', () => {
  expect(FAILED).toContain('got &#34;&#60;script&#62;alert(1)&#60;/script&#62;&#34; &#38; more');
});

test('names and describes both pictures for who cannot see them', () => {
  for (const kind of ['wide', 'tall']) {
    expect(PASSED).toMatch(new RegExp(`<svg class="${kind}"[^>]* role="img" aria-labelledby="${kind}-title" aria-describedby="${kind}-desc"><title id="${kind}-title">[^<]+</title><desc id="${kind}-desc">[^<]*us-west-2 served 120[^<]*</desc>`));
  }
});

test('uses no id twice', () => {
  const ids = [...PASSED.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('tells the picture as a table, second by second', () => {
  const rows = (new XMLParser({ ignoreAttributes: true, isArray: (name) => ['tr', 'td', 'table', 'details'].includes(name) })
    .parse(/<details>.*<\/details>/s.exec(PASSED)![0]).details[0].div.table[0].tbody.tr) as { th: number; td: (number | string)[] }[];
  const report = sampleReport();
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row.td[column]), 0);

  expect(rows).toHaveLength(Math.ceil(report.timeline.to - report.timeline.from));
  expect(report.setting.regions.map((_, index) => sum(index))).toEqual(report.setting.regions.map((region) => report.writes.servedBy![region]));
  expect(sum(3)).toBe(report.writes.failed);
  expect(sum(4)).toBe(report.reads.missing);
  expect(rows[12].td[7]).toBe('no answer');
  expect(rows[10].td.at(-1)).toBe('us-east-1 dies');
});

test('has a column heading for every column of that table', () => {
  const [, head, body] = /<thead>(.*)<\/thead><tbody>(.*?)<\/tr>/s.exec(/<details>.*<\/details>/s.exec(PASSED)![0])!;
  const firstRow = [...head.split('</tr>')[0].matchAll(/<th[^>]*?(?: colspan="(\d+)")?>/g)].reduce((total, [, span]) => total + Number(span ?? 1), 0);
  expect(firstRow).toBe([...body.matchAll(/<t[hd]\b/g)].length);
});

test('draws a mark for each write in the lane of the Region that served it', () => {
  const wide = /<svg class="wide".*?<\/svg>/s.exec(PASSED)![0];
  const marks = [...wide.matchAll(/<path class="write" d="([^"]*)"/g)].map(([, path]) => path.split('M').length - 1);
  const { servedBy, failed } = sampleReport().writes;

  expect(marks).toEqual([servedBy!['us-east-1'], servedBy!['us-west-2'], failed]);
});

describe('colours', () => {
  const schemes = [...PAGE_STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])));

  test.each([['light', 0], ['dark', 1]] as const)('have enough contrast in the %s scheme', (_, index) => {
    const colours = schemes[index];
    for (const ground of ['ground', 'raised', 'lane']) {
      for (const text of ['ink', 'quiet', 'hue-1', 'hue-2', 'hue-3', 'bad', 'late', 'good']) {
        expect({ text, ground, ratio: contrast(colours[text], colours[ground]) >= 4.5 }).toEqual({ text, ground, ratio: true });
      }
    }
  });
});

/** Contrast ratio as WCAG 2.2 defines it. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
    .reduce((total, channel, index) => total + channel * [0.2126, 0.7152, 0.0722][index], 0);
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
