import type { Facts } from '../facts';

/** `everywhere`, or in the Regions that told. */
export function inAll({ regions }: Pick<Facts, 'regions'>, told: ReadonlyMap<string, unknown>): string {
  return regions.every((region) => told.has(region)) ? 'everywhere' : `in ${[...told.keys()].join(', ')}`;
}

/** Regions whose settings mean the same. */
export interface Group<T> {
  readonly regions: readonly string[];
  /** As the first of them has it. */
  readonly value: T;
}

/** Regions by what their settings mean, whatever the order of members and of list entries; the largest group first. */
export function compared<T>(settings: ReadonlyMap<string, T>, meaning: (value: T) => unknown = (value) => value): Group<T>[] {
  const groups = new Map<string, { regions: string[]; value: T }>();
  for (const [region, value] of settings) {
    const key = canonical(meaning(value));
    const group = groups.get(key);
    if (group) group.regions.push(region);
    else groups.set(key, { regions: [region], value });
  }
  return [...groups.values()].sort((a, b) => b.regions.length - a.regions.length);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if ('toJSON' in value) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).sort().join()}}`;
}
