import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { DEFAULT_CORE } from './cores';

/** Schedules of a night. */
const NIGHTLY = 1_000_000;

export interface Options {
  readonly seed: number;
  readonly schedules: number;
  readonly minutes: number;
  readonly workers: number;
  readonly core: string;
  /** Prints every event of the one schedule, whether or not it fails. */
  readonly trace: boolean;
  /** The long search: it can be stopped and goes on where it was, stops at a violation, and asserts that everything occurred often enough. */
  readonly nightly: boolean;
  /** Begins the nightly search again, whatever was there. */
  readonly anew: boolean;
  /** Where the figures of a nightly search go when it is done. */
  readonly write: string | undefined;
}

export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { seed: { type: 'string' }, schedules: { type: 'string' }, minutes: { type: 'string' }, workers: { type: 'string' }, core: { type: 'string' }, trace: { type: 'boolean' }, nightly: { type: 'boolean' }, anew: { type: 'boolean' }, write: { type: 'string' } },
  });
  const whole = (name: 'seed' | 'schedules' | 'minutes' | 'workers', usual: number, least: number) => {
    const text = values[name];
    if (text === undefined) return usual;
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > 2 ** 31) throw new RangeError(`'--${name}' must be a whole number of at least ${least}, got '${text}'`);
    return number;
  };
  const nightly = values.nightly ?? false;
  for (const name of ['anew', 'write'] as const) if (values[name] !== undefined && !nightly) throw new RangeError(`'--${name}' is for '--nightly' alone`);
  const one = values.seed !== undefined && values.schedules === undefined && !nightly;
  const schedules = whole('schedules', one ? 1 : nightly ? NIGHTLY : 1_000, 1);
  return {
    seed: whole('seed', 1, 0),
    schedules,
    minutes: whole('minutes', 15, 6),
    workers: Math.min(whole('workers', availableParallelism(), 1), Math.ceil(schedules / 10)),
    core: values.core ?? DEFAULT_CORE,
    trace: values.trace ?? false,
    nightly,
    anew: values.anew ?? false,
    write: values.write,
  };
}
