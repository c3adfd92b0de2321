import { REASONS, type Reason } from '../../runtime/core/controller/reasons';
import type { Figures } from './figures';
import { allInvariants } from './invariants';
import { RATE_NAMES, type RateName } from './faults/rates';
import { CONTROLS, STORAGES } from './faults/swarm';
import { ALARM_STATES } from './world/alarms';
import { PHASES, type Phase } from './world/phase';

/** In a nightly run of a million; fewer schedules, proportionally fewer. */
export const LEAST = 1_000;
const OF = 1_000_000;

/** What no schedule of the swarm can bring about, each with its reason. Unit tests of `decide` say these sentences. */
export const NOT_SEARCHED: { readonly [R in Reason]?: string } = {
  'no voter': 'nothing but a voter decides in a sound deployment',
  'several active': 'no schedule makes two Regions active',
  'nothing active': 'no schedule takes all traffic away, which would break an invariant at once',
  'vetoes not asked': 'who has this to say asks them, and decides anew',
  'act failed': "told to the metrics after an act, and no sentence of 'decide'",
};

/** Faults of one step of an act cannot befall another. */
const ONLY_IN: { readonly [name in RateName]?: readonly Phase[] } = {
  'submit applied, answer lost': ['sending'],
  'submit applied, answered 500': ['sending'],
  'submit applied late': ['sending'],
  'submit applied twice': ['sending'],
  'submit conflicts': ['sending'],
  'submit slowed down': ['sending'],
  'submit failed': ['sending'],
  'frozen or killed at a submit': ['claimed'],
  // Counted by no call: it colours what is seen.
  'probe fails by chance': [],
};

const EPISODES = ['region dead', 'table replica lost', 'no runs start', 'cut', 'partition', 'lie', 'blind', 'noise', 'noise everywhere', 'other version', 'all frozen', 'card', 'person'];

/** Each fault in each phase in which it can occur. */
export function faultCells(): string[] {
  const calls = RATE_NAMES.flatMap((name) => (ONLY_IN[name] ?? PHASES).map((phase) => `${name} | ${phase}`));
  const kinds = [...EPISODES, ...STORAGES.map((state) => `storage ${state}`), ...CONTROLS.map((state) => `endpoint ${state}`), ...ALARM_STATES.map((state) => `alarm ${state}`)];
  return [...calls, ...kinds.flatMap((kind) => PHASES.map((phase) => `${kind} | ${phase}`))];
}

export interface Shortfall {
  readonly what: string;
  readonly times: number;
  readonly least: number;
}

/** What occurred less often than a search of this size should have seen it. */
export function shortfalls({ schedules, faults, sentences, occurrences }: Figures): Shortfall[] {
  const least = Math.floor((LEAST * schedules) / OF);
  const said = new Map<string, number>();
  for (const [name, times] of Object.entries(sentences)) said.set(name.slice(name.indexOf(': ') + 2), times);
  return [
    ...allInvariants().map(({ name }) => ({ what: `precondition of '${name}'`, times: occurrences[name] ?? 0 })),
    ...REASONS.filter((reason) => NOT_SEARCHED[reason] === undefined).map((reason) => ({ what: `sentence '${reason}'`, times: said.get(reason) ?? 0 })),
    ...faultCells().map((cell) => ({ what: `fault '${cell}'`, times: faults[cell] ?? 0 })),
  ]
    .map((one) => ({ ...one, least }))
    .filter(({ times }) => times < least);
}
