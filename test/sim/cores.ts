import { shipped } from './shipped';
import { standIn } from './support/stand-in';
import type { Core } from './world/core';

/** What can be put to the test, by name. */
export const CORES: { readonly [name: string]: () => Core } = {
  shipped,
  'stand-in': () => standIn(),
};

export const DEFAULT_CORE = 'shipped';

export function coreNamed(name: string): Core {
  const make = CORES[name];
  if (!make) throw new RangeError(`'--core' names nothing that can be simulated, got '${name}'; known are ${Object.keys(CORES).join(', ')}`);
  return make();
}
