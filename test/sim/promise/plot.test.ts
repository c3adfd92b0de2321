import { barChart, type Chart } from './plot';

const chart = (changed: Partial<Chart> = {}): Chart => ({
  title: 'Spans & times',
  description: 'one < two',
  bars: [{ name: 'one', parts: [{ from: 1, to: 10, look: 'a' }, { from: 10, to: 100, look: 'b' }], label: '10, 100' }],
  marks: [1, 10, 100],
  scale: 'logarithmic',
  unit: ' s',
  legend: [{ look: 'a', name: 'first' }],
  ...changed,
});
const widths = (svg: string) => [...svg.matchAll(/<rect class="[abc][^"]*" x="[\d.]+" y="67" width="([\d.]+)"/g)].map(([, width]) => Number(width));

test('equal factors are equally long on a logarithmic axis, and equal steps on a linear one', () => {
  const [one, two] = widths(barChart(chart()));
  expect(one).toBeCloseTo(two, 0);
  const [short, long] = widths(barChart(chart({ scale: 'linear' })));
  expect(long / short).toBeCloseTo(10, 0);
});

test('one value is marked where it lies, and labels keep out of the way of bars', () => {
  const svg = barChart(chart({ bars: [{ name: 'far', parts: [{ from: 1, to: 100, look: 'a' }], mark: 10, label: 'ten' }] }));
  const [, x, width] = /<rect class="a" x="([\d.]+)" y="67" width="([\d.]+)"/.exec(svg)!;
  const [, mark] = /<rect class="mark" x="([\d.]+)"/.exec(svg)!;
  expect(Number(mark)).toBeCloseTo(Number(x) + Number(width) / 2 - 1.5, 0);
  const [, label] = /<text class="s" x="([\d.]+)" y="79">ten/.exec(svg)!;
  expect(Number(label)).toBeGreaterThan(Number(x) + Number(width));
});

test('text is written as text, for who cannot see it, too, and both light and dark have colours', () => {
  const svg = barChart(chart());
  expect(svg).toContain('<title id="t">Spans &amp; times</title>');
  expect(svg).toContain('<desc id="d">one &lt; two</desc>');
  expect(svg).toContain('prefers-color-scheme: dark');
});

test('what lies beyond the axis ends at it', () => {
  const svg = barChart(chart({ bars: [{ name: 'far', parts: [{ from: 1, to: 1_000_000, look: 'a' }], label: '' }] }));
  expect(widths(svg)).toEqual(widths(barChart(chart({ bars: [{ name: 'end', parts: [{ from: 1, to: 100, look: 'a' }], label: '' }] }))));
});
