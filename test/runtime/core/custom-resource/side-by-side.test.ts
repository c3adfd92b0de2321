import { CallError } from '../../../../runtime/core/custom-resource/call-error';
import { sideBySide } from '../../../../runtime/core/custom-resource/side-by-side';
import { VirtualClock } from '../../support/virtual-clock';

test('every Region answers for itself, in the order asked', async () => {
  const clock = new VirtualClock();
  const results = await clock.run(() =>
    sideBySide(['us-east-1', 'eu-west-1'], clock, 1_000, async (region) => {
      if (region === 'eu-west-1') throw new Error('no');
      return 'yes';
    }),
  );

  expect(results).toEqual([
    { region: 'us-east-1', value: 'yes' },
    { region: 'eu-west-1', error: new Error('no') },
  ]);
  expect(clock.pendingTimers).toBe(0);
});

test('a Region that never answers is given up after the limit, and holds up no other', async () => {
  const clock = new VirtualClock();
  const answered: { [region: string]: number } = {};
  let aborted = false;
  const results = await clock.run(() =>
    sideBySide(['us-east-1', 'eu-west-1'], clock, 5_000, async (region, signal) => {
      if (region === 'us-east-1') {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise<string>(() => undefined);
      }
      answered[region] = clock.now();
      return 'yes';
    }),
  );

  expect(results[1]).toEqual({ region: 'eu-west-1', value: 'yes' });
  expect(answered['eu-west-1']).toBe(0);
  const [dead] = results;
  expect('error' in dead && dead.error).toBeInstanceOf(CallError);
  expect('error' in dead && (dead.error as CallError).unreachable).toBe(true);
  expect(clock.now()).toBe(5_000);
  expect(aborted).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('no time left is no time for any Region', async () => {
  const clock = new VirtualClock();
  const results = await clock.run(() => sideBySide(['us-east-1'], clock, -1, () => new Promise<void>(() => undefined)));

  expect('error' in results[0]).toBe(true);
});
