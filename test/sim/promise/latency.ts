import { SCENARIOS, timeOneFailure, type Scenario, type Timed } from './failures';
import { spreadOf, type Spread } from './quantiles';
import { SETTINGS, type Setting } from './settings';

export interface Clocks {
  readonly runs: number;
  /** Runs in which traffic did not move at all. */
  readonly unmoved: number;
  readonly toDecision: Spread;
  readonly toAccepted: Spread;
  readonly both: Spread;
}

/** What `docs/promise/latency.json` holds. */
export interface LatencyRecord {
  readonly measured: string;
  /** Of the code that was measured. */
  readonly commit: string;
  readonly runsPerScenario: { readonly [setting: string]: number };
  readonly settings: { readonly [setting: string]: Clocks };
  /** Of the default at 2 s: each value of each circumstance, all others pooled. */
  readonly circumstances: { readonly [circumstance: string]: Clocks };
}

/** The defaults are what is promised, and are measured most. */
export const PROMISED = '2 s';

export function measureLatency(runs: (setting: Setting) => number, say: (text: string) => void, save: (record: Omit<LatencyRecord, 'measured' | 'commit'>) => void): void {
  const settings: { [name: string]: Clocks } = {};
  const runsPerScenario: { [name: string]: number } = {};
  let circumstances: { [name: string]: Clocks } = {};
  for (const setting of SETTINGS) {
    const each = runs(setting);
    if (each === 0) continue;
    const timed = SCENARIOS.map((scenario, index) => ({ scenario, runs: Array.from({ length: each }, (_, run) => timeOneFailure(setting, scenario, run * SCENARIOS.length + index)) }));
    settings[setting.name] = clocksOf(timed.flatMap((one) => one.runs));
    runsPerScenario[setting.name] = each;
    if (setting.name === PROMISED) circumstances = Object.fromEntries(CIRCUMSTANCES.map(([name, holds]) => [name, clocksOf(timed.flatMap((one) => (holds(one.scenario) ? one.runs : [])))]));
    say(`${setting.name}: both together ${JSON.stringify(settings[setting.name].both)}`);
    save({ runsPerScenario, settings, circumstances });
  }
}

const CIRCUMSTANCES: readonly (readonly [string, (scenario: Scenario) => boolean])[] = [
  ['2 Regions', ({ regions }) => regions === 2],
  ['3 Regions', ({ regions }) => regions === 3],
  ['17 Regions', ({ regions }) => regions === 17],
  ['the dead Region is no control Region', ({ controlDies }) => !controlDies],
  ['the dead Region is the first control Region', ({ controlDies }) => controlDies],
  ['the other control endpoints live', ({ endpointDead }) => !endpointDead],
  ['one more control endpoint is silent', ({ endpointDead }) => endpointDead],
  ['all of it falls silent', ({ death }) => death === 'silence'],
  ['all of it dies, and refuses connections', ({ death }) => death === 'refusal'],
  ['its storage and its control endpoint answer 5xx', ({ death }) => death === '5xx'],
];

function clocksOf(runs: readonly (Timed | undefined)[]): Clocks {
  const timed = runs.flatMap((one) => one ?? []);
  return {
    runs: runs.length,
    unmoved: runs.length - timed.length,
    toDecision: spreadOf(timed.map(({ toDecision }) => toDecision)),
    toAccepted: spreadOf(timed.map(({ toAccepted }) => toAccepted)),
    both: spreadOf(timed.map(({ toDecision, toAccepted }) => toDecision + toAccepted)),
  };
}
