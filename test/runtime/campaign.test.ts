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
