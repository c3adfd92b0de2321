import { Seeds } from './random';

const take = (seeds: Seeds, name: string, count = 5) => Array.from({ length: count }, () => seeds.of(name).next());

describe('chance', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(take(new Seeds(3), 'a')).toEqual(take(new Seeds(3), 'a'));
    expect(take(new Seeds(3), 'a')).not.toEqual(take(new Seeds(4), 'a'));
    expect(take(new Seeds(3), 'a')).not.toEqual(take(new Seeds(3), 'b'));
  });

  test('of one concern is not moved by how much another draws', () => {
    const seeds = new Seeds(3);
    take(seeds, 'b', 1_000);
    expect(take(seeds, 'a')).toEqual(take(new Seeds(3), 'a'));
  });

  test('is spread evenly, from seed to seed too', () => {
    const first = Array.from({ length: 20_000 }, (_, seed) => new Seeds(seed).of('swarm').next());
    const tenths = new Array<number>(10).fill(0);
    for (const number of first) tenths[Math.floor(number * 10)]++;
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(250);
  });

  test('has a heavy tail below its bound', () => {
    const random = new Seeds(1).of('tail');
    const all = Array.from({ length: 10_000 }, () => random.heavy(1_000, 600_000)).sort((a, b) => a - b);
    expect(all[5_000]).toBeGreaterThan(900);
    expect(all[5_000]).toBeLessThan(1_100);
    expect(all[9_900]).toBeGreaterThan(20_000);
    expect(all[9_999]).toBeLessThanOrEqual(600_000);
  });
});
