import { retry } from '../../../../runtime/core/calls/retry';
import { seeded } from '../../support/random';
import { VirtualClock } from '../../support/virtual-clock';

class Slow extends Error {}

function world(deadline = 600_000) {
  const clock = new VirtualClock();
  return { clock, deps: { clock, random: seeded(7), deadline } };
}

const patience = (error: unknown) => (error instanceof Slow ? 60_000 : undefined);

test('an act that succeeds at once is done once and takes no time', async () => {
  const { clock, deps } = world();
  const act = jest.fn().mockResolvedValue('done');

  await expect(clock.run(() => retry(deps, patience, act))).resolves.toBe('done');

  expect(act).toHaveBeenCalledTimes(1);
  expect(clock.now()).toBe(0);
});

test('an error that waiting cures is tried again, with growing pauses', async () => {
  const { clock, deps } = world();
  const times: number[] = [];
  const act = async () => {
    times.push(clock.now());
    if (times.length < 6) throw new Slow('not yet');
    return 'done';
  };

  await expect(clock.run(() => retry(deps, patience, act))).resolves.toBe('done');

  expect(times).toHaveLength(6);
  expect(clock.now()).toBeGreaterThan(0);
  expect(clock.now()).toBeLessThan(500 * (1 + 2 + 4 + 8 + 16));
});

test('fails when waiting does not cure the error, without a second attempt', async () => {
  const { clock, deps } = world();
  const act = jest.fn().mockRejectedValue(new Error('never'));

  await expect(clock.run(() => retry(deps, patience, act))).rejects.toThrow('never');

  expect(act).toHaveBeenCalledTimes(1);
});

test('fails when the patience is used up, with the last error', async () => {
  const { clock, deps } = world();
  let attempts = 0;

  await expect(clock.run(() => retry(deps, patience, () => Promise.reject(new Slow(`attempt ${++attempts}`))))).rejects.toThrow(/attempt \d{2}/);

  expect(clock.now()).toBeLessThanOrEqual(60_000);
  expect(clock.now()).toBeGreaterThan(45_000);
});

test('waits as long as the patience goes, and not up to the deadline itself', async () => {
  const tries = async (patienceMs: number, deadline: number) => {
    const { clock, deps } = world(deadline);
    let attempts = 0;
    const act = () => Promise.reject(new Error(`attempt ${++attempts}`));
    await expect(clock.run(() => retry({ ...deps, random: () => 1 }, () => patienceMs, act))).rejects.toThrow('attempt');
    return attempts;
  };
  expect([await tries(500, 9_000), await tries(499, 9_000), await tries(9_000, 501), await tries(9_000, 500)]).toEqual([2, 1, 2, 1]);
});

test('fails when the deadline comes before the patience is used up', async () => {
  const { clock, deps } = world(10_000);

  await expect(clock.run(() => retry(deps, patience, () => Promise.reject(new Slow('not yet'))))).rejects.toThrow('not yet');

  expect(clock.now()).toBeLessThan(10_000);
});
