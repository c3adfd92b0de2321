import { withDefaults, policyFaults, type CompletePolicy, type PolicySettings } from '../../../lib/private/controller-contract';
import { CONTROL } from '../world/layout';

type Given = Omit<PolicySettings, 'order' | 'voters'>;

/** One way to set the controller, by the name that the pages use. */
export interface Setting {
  readonly name: string;
  /** What a user would set; all else is the default that follows from it. */
  readonly given: Given;
}

/** Any order of Regions: what follows from a setting does not hang on it. */
export const ANY_ORDER = ['eu-west-1', 'us-west-2'] as const;

const seconds = (interval: number, more: Given = {}): Given => ({ intervalMs: interval * 1_000, ...more });
/** The least that the rules allow: three intervals and a probe. */
const least = (interval: number): Given => seconds(interval, { unhealthyForMs: 3 * interval * 1_000 + interval * 500 });

/** What is measured: each interval with its defaults and with the least `unhealthyFor`, then one other thing at a time. */
export const SETTINGS: readonly Setting[] = [
  { name: '2 s', given: seconds(2) },
  { name: '5 s', given: seconds(5) },
  { name: '10 s', given: seconds(10) },
  { name: '30 s', given: seconds(30) },
  { name: '2 s, least unhealthyFor', given: least(2) },
  { name: '5 s, least unhealthyFor', given: least(5) },
  { name: '10 s, least unhealthyFor', given: least(10) },
  { name: '30 s, least unhealthyFor', given: least(30) },
  { name: '2 s, probeTimeout 1.5 s', given: seconds(2, { probeTimeoutMs: 1_500 }) },
  { name: '2 s, quorum 1 of 1', given: seconds(2, { quorum: { k: 1, n: 1 } }) },
  { name: '2 s, quorum 3 of 3', given: seconds(2, { quorum: { k: 3, n: 3 } }) },
  { name: '2 s, quorum 3 of 5', given: seconds(2, { quorum: { k: 3, n: 5 } }) },
  { name: '2 s, stagger 10 s', given: seconds(2, { staggerMs: 10_000 }) },
  { name: '2 s, unhealthyFor 30 s', given: seconds(2, { unhealthyForMs: 30_000 }) },
  { name: '10 s, unhealthyFor 120 s', given: seconds(10, { unhealthyForMs: 120_000 }) },
];

/** Of use against noise, or in it, and of none to the time that a dead Region takes. */
const AGAINST_NOISE: readonly Setting[] = [
  { name: '2 s, disputedFor 12 s', given: seconds(2, { disputedForMs: 12_000 }) },
  { name: '10 s, disputedFor 60 s', given: seconds(10, { disputedForMs: 60_000 }) },
  { name: '2 s, actOnSlow', given: seconds(2, { actOnSlow: true }) },
  { name: '10 s, actOnSlow', given: seconds(10, { actOnSlow: true }) },
];

/** Votes do not hang on the stagger. */
export const SETTINGS_IN_NOISE: readonly Setting[] = [...SETTINGS.filter(({ given }) => given.staggerMs === undefined), ...AGAINST_NOISE];

export function settingNamed(name: string): Setting {
  const all = [...SETTINGS, ...AGAINST_NOISE];
  const found = all.find((one) => one.name === name);
  if (!found) throw new RangeError(`no such setting: '${name}'; known are ${all.map((one) => `'${one.name}'`).join(', ')}`);
  return found;
}

/** With every default filled in, as the construct would. */
export function completed({ given }: Setting, order: readonly string[]): CompletePolicy {
  const policy = withDefaults({ ...given, order, voters: CONTROL });
  const [fault] = policyFaults(policy);
  if (fault !== undefined) throw new RangeError(fault);
  return policy;
}

/** So many days of ordinary noise are promised to hold no false failover. */
export const NOISY_DAYS = 10_000;
