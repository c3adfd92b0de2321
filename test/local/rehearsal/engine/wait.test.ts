import { startClock } from '../../../../local/rehearsal/engine/clock';
import { Interrupted, limited, sleep, until, within } from '../../../../local/rehearsal/engine/wait';

const calm = () => new AbortController().signal;

function patience(limitMs: number, signal = calm()) {
  return { clock: startClock(), signal, limitMs, everyMs: 5, otherwise: () => 'no write failed' };
}

test('polls until there is an answer', async () => {
  let polls = 0;
  expect(await until(patience(1_000), () => (++polls < 3 ? undefined : polls))).toBe(3);
});

test('takes an error of the poll for not yet', async () => {
  let polls = 0;
  expect(await until(patience(1_000), async () => {
    if (++polls < 3) throw new Error('not there');
    return 'there';
  })).toBe('there');
});

test('fails when there is no answer in time, saying what did not happen and the last error', async () => {
  await expect(until(patience(20), () => false)).rejects.toThrow('no write failed within 0.02 s');
  await expect(until({ ...patience(20), because: () => 'no answer within 3 s' }, () => false)).rejects.toThrow('no write failed within 0.02 s; last error: no answer within 3 s');
  await expect(until(patience(20), () => Promise.reject(new Error('connection refused')))).rejects.toThrow('no write failed within 0.02 s; last error: connection refused');
});

test('stops polling when interrupted', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 10);
  await expect(until(patience(10_000, controller.signal), () => false)).rejects.toThrow(Interrupted);
});

test('stops sleeping when interrupted, with the reason that the signal carries', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('took longer than 5 s')), 5);
  await expect(sleep(10_000, controller.signal)).rejects.toThrow('took longer than 5 s');
  await expect(sleep(10_000, controller.signal)).rejects.toThrow('took longer than 5 s');
});

test('gives up on what does not end within its time', async () => {
  await expect(within(10, 'the stop', new Promise(() => undefined))).rejects.toThrow('the stop did not end within 0.01 s');
  expect(await within(1_000, 'the stop', Promise.resolve('ended'))).toBe('ended');
});

describe('a call with a limit', () => {
  const untilAborted = (signal: AbortSignal) => new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  test('is aborted when the time is over', async () => {
    await expect(limited([calm()], 10, untilAborted)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('is aborted when any parent is, also one that already was', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stop')), 5);
    await expect(limited([calm(), controller.signal], 10_000, untilAborted)).rejects.toThrow('stop');
    await expect(limited([controller.signal], 10_000, untilAborted)).rejects.toThrow('stop');
  });

  test('ends in time even if the call does not listen', async () => {
    await expect(limited([calm()], 10, () => new Promise(() => undefined))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('hands on what the call answers', async () => {
    expect(await limited([calm()], 1_000, async () => 'answer')).toBe('answer');
  });
});
