import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked, type Seen } from '../seen';
import { compared, inAll } from './compared';

/** What a client may do must not change with the Region that serves it. */
export const exposure: Check = {
  name: 'exposure',
  about: 'object ownership and public access, where they differ between Regions',
  well: 'object ownership and public access settings are the same everywhere',
  async run(facts) {
    const [ownership, access] = await Promise.all([
      same(facts, 'object ownership', (region) => facts.ownership(region)),
      same(facts, 'public access settings', (region) => facts.publicAccessBlock(region)),
    ]);
    return [...ownership, ...access];
  },
};

async function same<T>(facts: Facts, what: string, read: (region: string) => Promise<Seen<T>>): Promise<Said[]> {
  const seen = new Map<string, T>();
  const unread = await eachRegion(facts.regions, async (region): Promise<Said[]> => {
    const answer = await read(region);
    if (answer.kind !== 'seen') return [notChecked(what, region, answer)];
    seen.set(region, answer.value);
    return [];
  });
  const groups = compared(seen);
  if (groups.length > 1) {
    return [
      ...unread,
      {
        severity: 'warns',
        code: what === 'object ownership' ? 'ownership-differs' : 'public-access-differs',
        sentence: `${what} ${what === 'object ownership' ? 'differs' : 'differ'} between Regions: after a failover, requests may be refused or let through that were not before`,
        evidence: groups.map(({ regions, value }) => `${regions.join(', ')}: ${describe(value)}`).join('; '),
        fix: 'give every bucket the same; deploy the stack again',
      },
    ];
  }
  // One alone is the same as nothing else.
  return groups.length === 1 && seen.size > 1 ? [...unread, good(`${what} ${what === 'object ownership' ? 'is' : 'are'} the same ${inAll(facts, seen)}`, { evidence: describe(groups[0].value) })] : unread;
}

function describe(value: unknown): string {
  if (value === undefined) return 'never set';
  if (typeof value !== 'object' || value === null) return String(value);
  const on = Object.entries(value).filter(([, member]) => member === true);
  return on.length === Object.keys(value).length ? 'all four on' : `on: ${on.map(([name]) => name).join(', ') || 'none'}`;
}
