import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Days } from './false-failovers';
import { filled, PROMISED_MS } from './page';
import { picturesOf } from './pictures';
import { madeOf, readRecords } from './records';
import { NOISY_DAYS, SETTINGS } from './settings';

const DOCS = join(__dirname, '../../../docs');
const records = readRecords(DOCS);

// To mend what follows: npm run promise -- page
test.each([...madeOf(DOCS)].map(([file, text]) => [relative(DOCS, file), file, text] as const))('docs/%s shows what was recorded', (_, file, text) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});

describe('the page', () => {
  const page = readFileSync(join(DOCS, 'tuning.md'), 'utf8');

  test('changes with what was recorded', () => {
    const { latency } = records;
    const [first, ...others] = Object.entries(latency.settings);
    const slower = { ...latency, settings: Object.fromEntries([[first[0], { ...first[1], both: { ...first[1].both, p99: 1_234_500 } }], ...others]) };
    expect(page).not.toContain('1234.5');
    expect(filled(page, { ...records, latency: slower })).toContain(' / 1234.5 / ');
  });

  test('keeps what stands outside its marks, and is made to itself again', () => {
    expect(filled(page, records)).toBe(page);
    expect(filled(`before\n${page}after\n`, records)).toBe(`before\n${page}after\n`);
  });

  test('fails when a place for what was recorded is missing', () => {
    expect(() => filled(page.replace('<!-- /clocks -->', ''), records)).toThrow("docs/tuning.md must hold '<!-- clocks -->' and, after it, '<!-- /clocks -->'");
  });

  test('says not measured where nothing was, and draws nothing for it', () => {
    const noise = { ...records.noise, settings: { '10 s': { x1: records.noise.settings['10 s'].x1 } } };
    expect(filled(page, { ...records, noise })).toContain(`| 10 s | ${records.noise.settings['10 s'].x1.moved.false} in 10000 | not measured | not measured | not measured |`);
    expect(picturesOf({ ...records, noise })['tuning-false-failovers.svg']).not.toContain('10 s, x2');
  });

  test('shows each of its pictures', () => {
    for (const file of Object.keys(picturesOf(records))) expect(page).toContain(`](images/${file})`);
  });
});

describe('what was recorded', () => {
  test('is of one state of the code', () => {
    const { latency, noise, whole } = records;
    expect(latency.commit).toMatch(/^[0-9a-f]{40}$/);
    expect([noise.commit, whole.commit]).toEqual([latency.commit, latency.commit]);
  });

  test('keeps the promise: 30 s at p99 with 2 s probes and all else left alone, and every failure was left', () => {
    const { settings } = records.latency;
    expect(Object.keys(settings)).toEqual(SETTINGS.map(({ name }) => name));
    expect(settings['2 s'].both.p99).toBeLessThanOrEqual(PROMISED_MS);
    expect(settings['2 s'].runs).toBeGreaterThanOrEqual(500);
    for (const { toAccepted, unmoved } of Object.values(settings)) {
      expect(toAccepted.p99).toBeLessThanOrEqual(PROMISED_MS);
      expect(unmoved).toBe(0);
    }
  });

  test.each(['2 s', '5 s', '10 s', '30 s'])('has no false failover in 10,000 ordinary days of %s and its defaults', (name) => {
    const { days, moved }: Days = records.noise.settings[name].x1;
    expect(days).toBeGreaterThanOrEqual(NOISY_DAYS);
    expect(moved.false).toBe(0);
  });
});
