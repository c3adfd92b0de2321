import { setTimeout as sleep } from 'node:timers/promises';
import { VirtualClock } from './virtual-clock';

test('hours go by at once, in the order of the timers', async () => {
  const clock = new VirtualClock();
  const woke: string[] = [];
  await clock.run(async () => {
    await Promise.all([clock.sleep(7_200_000).then(() => woke.push('late')), clock.sleep(3_600_000).then(() => woke.push('early'))]);
  });
  expect(woke).toEqual(['early', 'late']);
  expect(clock.now()).toBe(7_200_000);
});

test('waits for what the machine itself is at, such as a file', async () => {
  await expect(new VirtualClock().run(() => sleep(60, 'written'))).resolves.toBe('written');
});

test('fails when everybody waits for ever', async () => {
  await expect(new VirtualClock().run(() => new Promise(() => undefined))).rejects.toThrow('everybody waits, and no timer would wake anybody');
});
