import { ACTS as VERBS } from '../campaign/acts';
import type { CampaignEstate } from '../campaign/estate';
import { judge } from '../campaign/judge';
import type { Writer } from '../campaign/writer';
import { FAULTS, sampleOf, triplesOf, type Act } from '../campaign/triples';
import { seeded } from './support/random';

const ACTS: readonly Act[] = [{ name: 'one', args: [] }, { name: 'two', args: [] }];
const points = new Map([['one', 10], ['two', 40]]);

test('every act, request and fault makes one triple', () => {
  const all = triplesOf(ACTS, points, seeded(1));
  expect(all).toHaveLength(50 * FAULTS.length);
  expect(new Set(all.map(({ act, point, fault }) => `${act.name} ${point} ${fault}`)).size).toBe(all.length);
});

test('a sample takes each act and each fault as often as any other, and the same for the same seed', () => {
  const sample = sampleOf(triplesOf(ACTS, points, seeded(7)), 28);
  for (const act of ACTS) for (const fault of FAULTS) expect(sample.filter((one) => one.act === act && one.fault === fault)).toHaveLength(2);
  expect(sampleOf(triplesOf(ACTS, points, seeded(7)), 28)).toEqual(sample);
  expect(sampleOf(triplesOf(ACTS, points, seeded(8)), 28)).not.toEqual(sample);
});

test('a sample of more than there is takes all', () => {
  expect(sampleOf(triplesOf(ACTS, points, seeded(1)), 10_000)).toHaveLength(50 * FAULTS.length);
});

describe('the judge', () => {
  const estate = (is: { readonly active?: string[]; readonly fenced?: string[]; readonly arrived?: boolean }) =>
    ({
      active: async () => is.active ?? ['us-east-1'],
      badSubmits: async () => 0,
      fences: async () => (is.fenced ?? []).map((region) => ({ region, until: Date.now() + 1_000 })),
      arrived: async () => is.arrived ?? true,
    }) as unknown as CampaignEstate;
  const judged = (name: string, is: Parameters<typeof estate>[0], code: number, outcome: string) => {
    const act = VERBS.find((one) => one.name === name)!;
    const ended = { code, out: JSON.stringify({ outcome }), err: '' };
    return judge(estate(is), { acknowledged: [] } as unknown as Writer, 't/', { act, ended, interfered: 'no', unseen: false, since: 0, endedAt: Date.now(), before: ['us-east-1'] });
  };

  test('finds nothing in what is well', async () => {
    expect([await judged('fence lift', {}, 0, 'lifted'), await judged('reconcile', {}, 0, 'clean'), await judged('reconcile', { arrived: false }, 3, 'differences')]).toEqual([[], [], []]);
  });

  test.each([
    ['a fence that is said to be lifted and stands', 'fence lift', { fenced: ['us-west-2'] }, 0, 'lifted', 'exit code 0, and a fence stands in us-west-2'],
    ['a clean comparison of what is not', 'reconcile', { arrived: false }, 0, 'clean', 'exit code 0, and us-west-2 lacks what was on its way'],
    ['an exit code that is not that of the outcome', 'reconcile', {}, 0, 'differences', "exit code 0, and the outcome is 'differences'"],
    ['routes that a verb moved which moves none', 'fence lift', { active: ['us-west-2'] }, 0, 'lifted', 'routes changed from us-east-1 to us-west-2, which it does not do'],
  ])('finds %s', async (_, name, is, code, outcome, breach) => {
    expect(await judged(name, is, code, outcome)).toEqual([breach]);
  });
});
