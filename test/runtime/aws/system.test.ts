import { systemClock } from '../../../runtime/aws/system';

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

test('a sleep takes its time', async () => {
  const began = systemClock.now();
  await systemClock.sleep(20);
  expect(systemClock.now() - began).toBeGreaterThanOrEqual(18);
});

test('an aborted sleep ends at once and leaves no timer', async () => {
  const before = timers();
  const controller = new AbortController();
  const began = systemClock.now();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  expect(timers()).toBe(before + 1);
  controller.abort();
  await sleeping;
  expect(systemClock.now() - began).toBeLessThan(1_000);
  expect(timers()).toBe(before);
});

test('a sleep under an aborted signal does not begin', async () => {
  await systemClock.sleep(60_000, AbortSignal.abort());
});
