import { sideBySide, within } from '../../../../runtime/core/calls/side-by-side';
import type { Clock } from '../../../../runtime/core/ports';
import { VirtualClock } from '../../support/virtual-clock';

const never = () => new Promise<never>(() => undefined);

test('every Region answers for itself, in the order asked', async () => {
  const results = await sideBySide(['us-east-1', 'eu-west-1'], async (region) => {
    if (region === 'eu-west-1') throw new Error('no');
    return 'yes';
  });

  expect(results).toEqual([
    { region: 'us-east-1', value: 'yes' },
    { region: 'eu-west-1', error: new Error('no') },
  ]);
});

test('a Region that never answers holds up no other', async () => {
  const clock = new VirtualClock();
  const answered: { [region: string]: number } = {};

  const results = await clock.run(() =>
    sideBySide(['us-east-1', 'eu-west-1'], async (region) => {
      if (region === 'us-east-1') return within(region, clock, 5_000, never);
      answered[region] = clock.now();
      return 'yes';
    }),
  );

  expect(answered).toEqual({ 'eu-west-1': 0 });
  expect(results[1]).toEqual({ region: 'eu-west-1', value: 'yes' });
  expect(clock.now()).toBe(5_000);
});

test('a call that ends in time gives its value, and leaves no timer', async () => {
  const clock = new VirtualClock();

  await expect(clock.run(() => within('us-east-1', clock, 5_000, async () => 'yes'))).resolves.toBe('yes');

  expect(clock.now()).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test.each([5_000, 0, -1])('fails when a call takes longer than %i ms, as a Region that cannot be reached, and ends the call', async (limit) => {
  const clock = new VirtualClock();
  let aborted = false;

  const late = clock.run(() =>
    within('us-east-1', clock, limit, (signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return never();
    }),
  );

  await expect(late).rejects.toMatchObject({ call: 'a call', code: 'TimedOut', unreachable: true, region: 'us-east-1', reason: `nothing came within ${Math.max(0, limit) / 1000} s` });
  expect(aborted).toBe(true);
  expect(clock.now()).toBe(Math.max(0, limit));
  expect(clock.pendingTimers).toBe(0);
});

test('fails when the caller no longer waits, at once, and ends the call', async () => {
  const clock = new VirtualClock();
  const outer = new AbortController();
  let aborted = false;

  const dropped = clock.run(() => {
    void clock.sleep(1_000).then(() => outer.abort());
    const call = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return never();
    };
    return within('us-east-1', clock, 5_000, call, outer.signal);
  });

  await expect(dropped).rejects.toMatchObject({ call: 'a call', region: 'us-east-1', code: 'GivenUp', reason: 'it is no longer waited for' });
  expect(aborted).toBe(true);
  expect(clock.now()).toBe(1_000);
  expect(clock.pendingTimers).toBe(0);
});

test("fails with the call's own error where it has one, thrown or rejected, and leaves no timer", async () => {
  const clock = new VirtualClock();
  const own = new Error('no such bucket');

  await expect(clock.run(() => within('us-east-1', clock, 5_000, () => Promise.reject(own)))).rejects.toBe(own);
  await expect(clock.run(() => within('us-east-1', clock, 5_000, () => { throw own; }))).rejects.toBe(own);

  expect(clock.now()).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('fails when the caller had given up before: the call is begun, and ended at once', async () => {
  const clock = new VirtualClock();
  const outer = new AbortController();
  outer.abort();
  let signal: AbortSignal | undefined;

  const dropped = clock.run(() => within('us-east-1', clock, 5_000, (given) => ((signal = given), never()), outer.signal));

  await expect(dropped).rejects.toMatchObject({ code: 'GivenUp' });
  expect(signal?.aborted).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('listens to the caller no longer than the call takes', async () => {
  const clock = new VirtualClock();
  const [added, removed]: unknown[][] = [[], []];
  const watched = {
    aborted: false,
    addEventListener: (...given: unknown[]) => added.push(given.slice(0, 2)),
    removeEventListener: (...given: unknown[]) => removed.push(given.slice(0, 2)),
  } as unknown as AbortSignal;

  await clock.run(() => within('us-east-1', clock, 5_000, async () => 'yes', watched));

  expect(added).toEqual([['abort', expect.any(Function)]]);
  expect(removed).toEqual(added);
});

test('of a clock that has timers of its own it takes one, and cancels it', async () => {
  const told: string[] = [];
  const clock: Clock = { now: () => 0, sleep: () => never(), timer: (milliseconds) => (told.push(`rings in ${milliseconds} ms`), { cancel: () => told.push('cancelled') }) };

  await expect(within('us-east-1', clock, 5_000, async () => 'yes')).resolves.toBe('yes');

  expect(told).toEqual(['rings in 5000 ms', 'cancelled']);
});
