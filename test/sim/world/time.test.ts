import { outsidePromises, Time } from './time';

describe('virtual time', () => {
  test('lets things happen in order of time, and those of one moment in the order they were made', () => {
    const time = new Time();
    const seen: string[] = [];
    for (const at of [50, 10, 30, 10, 40, 20, 60, 10]) time.at(at, () => seen.push(`${at}`));
    time.at(10, () => seen.push('last of ten'));
    time.runUntil(50);
    expect(seen).toEqual(['10', '10', '10', 'last of ten', '20', '30', '40', '50']);
    expect(time.now).toBe(50);
  });

  test('keeps order among thousands', () => {
    const time = new Time();
    const seen: number[] = [];
    for (let i = 0; i < 5_000; i++) time.at((i * 7919) % 1009, () => seen.push(time.now));
    time.runUntil(2_000);
    expect(seen).toHaveLength(5_000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('lets nothing happen that was called off', () => {
    const time = new Time();
    const seen: string[] = [];
    const one = time.after(10, () => seen.push('called off'));
    time.after(5, () => time.cancel(one));
    time.runUntil(100);
    expect(seen).toEqual([]);
  });

  test('runs every promise to its end between two events, however long the chain', async () => {
    const depths = await outsidePromises(() => {
      const time = new Time();
      const done: number[] = [];
      let depth = 0;
      time.at(1, () => void (async () => {
        for (; depth < 10_000; depth++) await undefined;
      })());
      time.at(2, () => done.push(depth));
      time.runUntil(3);
      return done;
    });
    expect(depths).toEqual([10_000]);
  });

  test('puts what is planned for the past in the present', () => {
    const time = new Time();
    time.runUntil(100);
    let at = 0;
    time.at(50, () => (at = time.now));
    time.runUntil(200);
    expect(at).toBe(100);
  });
});
