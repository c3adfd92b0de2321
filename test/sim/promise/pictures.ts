import { boundsPerDay, LEVELS, type NoiseRecord } from './false-failovers';
import type { LatencyRecord } from './latency';
import { barChart, type Bar } from './plot';
import { SETTINGS, SETTINGS_IN_NOISE } from './settings';

/** Of so many days the pictures tell. */
const DAYS = 1_000;
/** Rates below are not told apart: days enough for that were not lived. */
const LEAST_RATE = 0.1;

/** The defaults, and what is told to be left alone. */
const DRAWN_IN_NOISE = ['2 s', '5 s', '10 s', '30 s', '2 s, disputedFor 12 s', '10 s, disputedFor 60 s'];

/** Pictures of docs/tuning.md, by file in docs/images. */
export function picturesOf({ latency, noise }: { readonly latency: LatencyRecord; readonly noise: NoiseRecord }): { readonly [file: string]: string } {
  return { 'tuning-decision.svg': decision(latency), 'tuning-false-failovers.svg': falseFailovers(noise), 'tuning-moves.svg': moves(noise) };
}

function decision({ settings }: LatencyRecord): string {
  const bars = SETTINGS.flatMap(({ name }): Bar[] => {
    const spread = settings[name]?.toDecision;
    if (!spread) return [];
    const { least, p25, median, p75, p99, most } = spread;
    const s = (ms: number) => ms / 1_000;
    return [
      {
        name,
        parts: [{ from: s(least), to: s(p25), look: 'a soft' }, { from: s(p25), to: s(p75), look: 'a' }, { from: s(p75), to: s(p99), look: 'a soft' }],
        mark: s(median),
        label: [median, p99, most].map((ms) => s(ms).toFixed(1)).join(' / '),
      },
    ];
  });
  return barChart({
    title: 'From the fault to the decision, by setting',
    description: `Of simulated failures, on a logarithmic axis. Seconds, median / p99 / most: ${told(bars)}.`,
    bars,
    marks: [5, 10, 20, 30, 60, 120, 300, 600],
    scale: 'logarithmic',
    unit: ' s',
    legend: [{ look: 'a soft', name: 'the least to p99' }, { look: 'a', name: 'the middle half' }, { look: 'mark', name: 'median; labels: median / p99 / most, in seconds' }],
  });
}

function falseFailovers({ settings }: NoiseRecord): string {
  const bars = DRAWN_IN_NOISE.flatMap((name) =>
    LEVELS.flatMap((level): Bar[] => {
      const lived = settings[name]?.[`x${level}`];
      if (!lived) return [];
      const { days, moved } = lived;
      const { least, most } = boundsPerDay(moved.false, days);
      return [
        {
          name: `${name}, x${level}`,
          parts: [{ from: least * DAYS, to: most * DAYS, look: moved.false === 0 ? 'a soft' : 'c soft' }],
          ...(moved.false > 0 && { mark: (moved.false / days) * DAYS }),
          label: `${moved.false} in ${count(days)} days`,
        },
      ];
    }),
  );
  return barChart({
    title: 'False failovers in 1,000 days, by setting and noise',
    description: `Where the rate lies by what was seen, at 95 % on each side, on a logarithmic axis: ${told(bars)}.`,
    bars,
    marks: [LEAST_RATE, 1, 10, 100, 300],
    scale: 'logarithmic',
    unit: '',
    legend: [{ look: 'a soft', name: 'none seen: the rate lies here, or lower' }, { look: 'c soft', name: 'some seen' }, { look: 'mark', name: 'as many as were seen' }],
  });
}

function moves({ settings }: NoiseRecord): string {
  const bars = SETTINGS_IN_NOISE.flatMap(({ name }): Bar[] => {
    const lived = settings[name]?.x1;
    if (!lived) return [];
    const per = (moved: number) => (moved * DAYS) / lived.days;
    const { outage, slowness, false: wrong } = lived.moved;
    return [
      {
        name,
        parts: [
          { from: 0, to: per(outage), look: 'a' },
          { from: per(outage), to: per(outage + slowness), look: 'b' },
          { from: per(outage + slowness), to: per(outage + slowness + wrong), look: 'c' },
        ],
        label: [outage, slowness, wrong].map((moved) => per(moved).toFixed(1)).join(' + '),
      },
    ];
  });
  return barChart({
    title: 'What moves traffic in 1,000 days of noise x1, by setting',
    description: `Outages that clients felt + answers later than a probe waits + false failovers: ${told(bars)}.`,
    bars,
    marks: [0, 10, 20, 30, 40, 50],
    scale: 'linear',
    unit: '',
    legend: [{ look: 'a', name: 'an outage that clients felt' }, { look: 'b', name: 'answers later than a probe waits' }, { look: 'c', name: 'false' }],
  });
}

/** What the picture shows, for who cannot see it. */
function told(bars: readonly Bar[]): string {
  return bars.map(({ name, label }) => `${name}: ${label}`).join('; ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
