import { boundPerDay, LEVELS, type Days, type NoiseRecord } from './false-failovers';
import { PROMISED, type Clocks, type LatencyRecord } from './latency';
import { SETTINGS, SETTINGS_IN_NOISE } from './settings';
import type { WholeRecord } from './whole-days';

export interface Records {
  readonly latency: LatencyRecord;
  readonly noise: NoiseRecord;
  readonly whole: WholeRecord;
}

/** Our two clocks together, in milliseconds at p99, with the defaults at 2 s. */
export const PROMISED_MS = 30_000;
const DEFAULTS = ['2 s', '5 s', '10 s', '30 s'];

/** docs/tuning.md with each part between its marks made anew of what was measured. */
export function filled(page: string, records: Records): string {
  return Object.entries(partsOf(records)).reduce((text, [name, part]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new RangeError(`docs/tuning.md must hold '${begin}' and, after it, '${end}'`);
    return `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
  }, page);
}

function partsOf({ latency, noise, whole }: Records): { readonly [name: string]: string } {
  return { measured: measured({ latency, noise, whole }), clocks: clocks(latency), promise: promise(latency), circumstances: rowsOf(Object.entries(latency.circumstances)), noise: falseFailovers(noise), 'noise in words': inWords(noise), whole: lived(whole) };
}

function measured(records: Records): string {
  const of = Object.entries(records as unknown as { readonly [name: string]: { readonly measured: string; readonly commit: string } });
  return of.map(([name, one]) => `- \`${name}\`: measured on ${one.measured}, of the code of commit ${one.commit.slice(0, 10)}`).join('\n');
}

function clocks({ settings }: LatencyRecord): string {
  return rowsOf(SETTINGS.flatMap(({ name }) => (settings[name] ? [[name, settings[name]] as const] : [])));
}

function rowsOf(named: readonly (readonly [string, Clocks])[]): string {
  const rows = named.map(([name, { runs, unmoved, toDecision, toAccepted, both }]) => {
    const spreads = [toDecision, toAccepted, both].map(({ median, p99, most }) => [median, p99, most].map(seconds).join(' / '));
    return [name, String(runs), String(unmoved), ...spreads];
  });
  return table(['', 'runs', 'never moved', 'to the decision', 'to accepted', 'both'], rows);
}

function promise({ settings }: LatencyRecord): string {
  const { both, runs } = settings[PROMISED];
  const all = SETTINGS.flatMap(({ name }) => (settings[name] ? [{ name, ...settings[name] }] : []));
  const short = all.filter((one) => one.both.p99 <= PROMISED_MS).map(({ name }) => name);
  const slowest = Math.max(...all.map(({ toAccepted }) => toAccepted.p99));
  return [
    `With probes every ${PROMISED} and the defaults that follow, the first two clocks together took ${seconds(both.p99)} s at p99 (${runs} runs, none longer than ${seconds(both.most)} s).`,
    `Decision to accepted took at most ${seconds(slowest)} s at p99, whatever the setting. Both together are under ${PROMISED_MS / 1_000} s at p99 with these, and with no other row of the table:`,
    `${short.join('; ')}.`,
  ].join('\n');
}

function falseFailovers({ settings }: NoiseRecord): string {
  const rows = SETTINGS_IN_NOISE.flatMap(({ name }) => {
    const lived = settings[name];
    if (!lived) return [];
    const { x1 } = lived;
    return [[name, ...LEVELS.map((level) => cell(lived[`x${level}`])), x1 ? `1 in ${count(Math.floor(1 / boundPerDay(x1.moved.false, x1.days)))} days` : '', x1 ? `${x1.moved.outage} / ${x1.moved.slowness}` : '']];
  });
  return table(['False failovers, in so many days', ...LEVELS.map((level) => `x${level}`), 'rarer at x1 than, at 95 %', 'outage / slowness at x1'], rows);
}

/** False ones, and in how many days. */
function cell(days: Days | undefined): string {
  return days ? `${days.moved.false} in ${days.days}` : 'not measured';
}

function inWords({ settings }: NoiseRecord): string {
  const seen = (names: readonly string[], level: number) => {
    const lived = names.flatMap((name) => settings[name]?.[`x${level}`] ?? []);
    const wrong = lived.reduce((sum, { moved }) => sum + moved.false, 0);
    // Settings live the same days, which do not add up.
    return lived.length < names.length ? 'not measured' : `${wrong} in ${count(Math.min(...lived.map(({ days }) => days)))} days`;
  };
  const at = LEVELS.map((level) => `x${level}: ${seen(DEFAULTS, level)}`).join('; ');
  const disputed = (name: string) => `${seen([name], 1)} at x1, ${seen([name], 2)} at x2`;
  return [
    `- The defaults at 2, 5, 10 and 30 s, all four in the same days: ${at}.`,
    `- **A short \`disputedFor\` is dear.** It moves traffic away from a Region whose own observer says that it is well: most often only the way there was lost.`,
    `  12 s instead of 600 s with 2 s probes: ${disputed('2 s, disputedFor 12 s')}. 60 s with 10 s probes: ${disputed('10 s, disputedFor 60 s')}.`,
    `- \`quorum\` 1 of 1 with 2 s probes: ${LEVELS.map((level) => `x${level}: ${seen(['2 s, quorum 1 of 1'], level)}`).join('; ')}.`,
  ].join('\n');
}

function lived({ setting, levels }: WholeRecord): string {
  const rows = Object.entries(levels).map(([level, { days, decisions, moved, alike }]) => [level, String(days), String(decisions), String(moved.false), String(alike)]);
  return `${table(['noise', 'days', 'decisions', 'false', 'days that the short cut told alike'], rows)}\n\nSetting: ${setting}.`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return ['', line(heads), line(heads.map(() => '---')), ...rows.map(line), ''].join('\n');
}
