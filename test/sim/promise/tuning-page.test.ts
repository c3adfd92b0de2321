import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NoiseRecord } from './false-failovers';
import type { Clocks, LatencyRecord } from './latency';

const docs = join(__dirname, '..', '..', '..', 'docs');
const page = readFileSync(join(docs, 'tuning.md'), 'utf8').split('\n');
const record = <T>(name: string): T => JSON.parse(readFileSync(join(docs, 'promise', `${name}.json`), 'utf8')) as T;

describe('docs/tuning.md', () => {
  test('times what was recorded', () => {
    const { settings, circumstances } = record<LatencyRecord>('latency');
    for (const [name, clocks] of [...Object.entries(settings), ...Object.entries(circumstances)]) expect(page).toContain(rowOf(name, clocks));
  });

  test('counts the false failovers that were recorded', () => {
    for (const [name, levels] of Object.entries(record<NoiseRecord>('noise').settings)) {
      const counted = ['x1', 'x2', 'x5', 'x10'].map((level) => `${levels[level].moved.false} in ${levels[level].days}`);
      expect(page).toContain(`| ${[name, ...counted, `${levels.x1.moved.outage} / ${levels.x1.moved.slowness}`].join(' | ')} |`);
    }
  });
});

function rowOf(name: string, { runs, unmoved, toDecision, toAccepted, both }: Clocks): string {
  const spreads = [toDecision, toAccepted, both].map((spread) => [spread.median, spread.p99, spread.most].map(seconds).join(' / '));
  return `| ${[name, runs, unmoved, ...spreads].join(' | ')} |`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
