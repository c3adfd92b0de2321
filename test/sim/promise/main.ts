// npm run promise -- latency [--runs N] | noise [--days N] [--level N] [--only SETTING] | whole [--days N] | page: what docs/tuning.md promises, measured in the simulated world and written to docs/promise; the page and its pictures are made of that.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { commitOf } from '../progress';
import { LEVELS, measureNoise, type NoiseRecord } from './false-failovers';
import { measureLatency } from './latency';
import { makePage, readRecord } from './records';
import { NOISY_DAYS, settingNamed, SETTINGS_IN_NOISE } from './settings';
import { liveWholeDays, type WholeDays } from './whole-days';

const DOCS = join(process.cwd(), 'docs');
const FOLDER = join(DOCS, 'promise');
/** Of each of the settings that differ from the defaults in more than the interval. */
const LESS = 3;

type Save = (record: object) => void;

const PARTS: { readonly [name: string]: (values: Values, save: Save, commit: string) => void } = {
  latency: ({ runs }, save) => {
    const each = whole('runs', runs, 60);
    measureLatency(({ name }) => (name.includes(',') ? Math.ceil(each / LESS) : each), say, save);
  },
  noise: ({ days, level, only }, save, commit) => {
    const levels = level === undefined ? LEVELS : [whole('level', level, 1)];
    const settings = only ? only.map(settingNamed) : SETTINGS_IN_NOISE;
    measureNoise(known(commit), settings, levels, whole('days', days, NOISY_DAYS), say, save);
  },
  // A day takes some seconds: a few of them.
  whole: ({ days }, save) => {
    const most = whole('days', days, 40);
    const levels: { [level: string]: WholeDays } = {};
    for (const level of [1, 10]) {
      levels[`x${level}`] = liveWholeDays('10 s', level, Math.ceil(most / (level === 1 ? 1 : 2)));
      say(`lived whole, noise x${level}: ${JSON.stringify(levels[`x${level}`])}`);
      save({ setting: '10 s', levels });
    }
  },
  page: () => makePage(DOCS),
};

interface Values {
  readonly runs?: string;
  readonly days?: string;
  readonly level?: string;
  readonly only?: string[];
}

function main(): number {
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), allowPositionals: true, options: { runs: { type: 'string' }, days: { type: 'string' }, level: { type: 'string' }, only: { type: 'string', multiple: true } } });
  const [name, ...more] = positionals;
  const part = PARTS[name ?? ''];
  if (!part || more.length > 0) throw new RangeError(`'promise' measures one of ${Object.keys(PARTS).join(', ')}, got '${positionals.join(' ')}'`);
  mkdirSync(FOLDER, { recursive: true });
  const commit = commitOf();
  const save: Save = (record) => writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify({ measured: new Date().toISOString().slice(0, 10), commit, ...record }, undefined, 1)}\n`);
  part(values, save, commit);
  return 0;
}

/** Levels that were measured before stay, where the same code was. */
function known(commit: string): NoiseRecord['settings'] {
  const record = readRecord<NoiseRecord>(DOCS, 'noise');
  return record?.commit === commit ? record.settings : {};
}

function whole(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new RangeError(`'--${name}' must be a whole number of at least 1, got '${text}'`);
  return Number(text);
}

function say(text: string): void {
  console.error(`promise: ${text}`);
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
