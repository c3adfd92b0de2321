import { readAnywhere, ANYWHERE_TIMES, type Anywhere } from '../../../../runtime/core/manifest/anywhere';
import { manifest } from '../../support/manifest';
import { VirtualClock } from '../../support/virtual-clock';

interface Place {
  readonly afterMs?: number;
  readonly silent?: boolean;
  readonly text?: string;
  readonly error?: string;
}

const revision = (number: number) => JSON.stringify(manifest({ revision: number }));

/** Regions that answer as told; those that are not named hold none. */
async function ask(waves: readonly (readonly string[])[], places: { readonly [region: string]: Place }, seconds = 60) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  let aborted = 0;
  const get = async (region: string, signal: AbortSignal) => {
    asked.push(region);
    const { afterMs = 50, silent, text, error } = places[region] ?? {};
    if (silent) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      aborted++;
    } else await clock.sleep(afterMs, signal);
    if (error) throw new Error(error);
    return text;
  };
  const found: Anywhere = await clock.run(() => readAnywhere(clock, get, waves, { deadline: seconds * 1_000 }));
  return { found, asked, clock, aborted: () => aborted };
}

test('the first good answer is enough, after a short wait for a newer one', async () => {
  const { found, clock, aborted } = await ask([['a-b-1', 'a-b-2', 'a-b-3']], { 'a-b-1': { silent: true }, 'a-b-2': { text: revision(5) }, 'a-b-3': { silent: true } });
  expect(found.best).toMatchObject({ region: 'a-b-2', manifest: { revision: 5 } });
  expect(clock.now()).toBe(50 + ANYWHERE_TIMES.settleMs);
  expect(aborted()).toBe(2);
  expect(clock.pendingTimers).toBe(0);
});

test('a newer copy that comes within that time wins', async () => {
  const { found } = await ask([['a-b-1', 'a-b-2']], { 'a-b-1': { text: revision(5) }, 'a-b-2': { afterMs: 300, text: revision(6) } });
  expect(found.best).toMatchObject({ region: 'a-b-2', manifest: { revision: 6 } });
  expect(found.answers).toHaveLength(2);
});

test('a newer copy that comes later does not', async () => {
  const { found } = await ask([['a-b-1', 'a-b-2']], { 'a-b-1': { text: revision(5) }, 'a-b-2': { afterMs: 900, text: revision(6) } });
  expect(found.best).toMatchObject({ manifest: { revision: 5 } });
});

test('nobody is waited for once all have answered', async () => {
  const { clock } = await ask([['a-b-1', 'a-b-2']], { 'a-b-1': { text: revision(5) } });
  expect(clock.now()).toBe(50);
});

test('the next Regions are asked when the first hold none, at once', async () => {
  const { found, asked, clock } = await ask([['a-b-1'], ['a-b-2', 'a-b-3']], { 'a-b-3': { text: revision(1) } });
  expect(found.best?.region).toBe('a-b-3');
  expect(asked).toEqual(['a-b-1', 'a-b-2', 'a-b-3']);
  expect(clock.now()).toBeLessThan(ANYWHERE_TIMES.widenMs);
});

test('the next Regions are asked when the first are silent, after a while', async () => {
  const { found, clock } = await ask([['a-b-1'], ['a-b-2']], { 'a-b-1': { silent: true }, 'a-b-2': { text: revision(1) } });
  expect(found.best?.region).toBe('a-b-2');
  expect(clock.now()).toBe(ANYWHERE_TIMES.widenMs + 50 + ANYWHERE_TIMES.settleMs);
});

test('the next Regions are left alone when one of the first has it', async () => {
  expect((await ask([['a-b-1'], ['a-b-2']], { 'a-b-1': { text: revision(1) } })).asked).toEqual(['a-b-1']);
});

test('a silent Region costs its time and no more, when nobody has it', async () => {
  const { found, clock } = await ask([['a-b-1', 'a-b-2']], { 'a-b-1': { silent: true }, 'a-b-2': { error: 'denied' } });
  expect(found.best).toBeUndefined();
  expect(found.answers.map(({ region, kind }) => [region, kind])).toEqual([['a-b-2', 'failed'], ['a-b-1', 'failed']]);
  expect(clock.now()).toBe(ANYWHERE_TIMES.answerMs);
});

test('the deadline bounds it all', async () => {
  const { clock } = await ask([['a-b-1'], ['a-b-2']], { 'a-b-1': { silent: true }, 'a-b-2': { silent: true } }, 2);
  expect(clock.now()).toBe(2_000);
});

test('a malformed copy is an answer, and a newer one than the best is named', async () => {
  const newer = JSON.stringify({ ...manifest(), version: 3, revision: 9 });
  const { found } = await ask([['a-b-1', 'a-b-2']], { 'a-b-1': { text: revision(5) }, 'a-b-2': { text: newer } });
  expect(found.newer).toMatchObject({ region: 'a-b-2', revision: 9, problem: expect.stringContaining("'version' is 3") });
  const older = await ask([['a-b-1', 'a-b-2']], { 'a-b-1': { text: revision(5) }, 'a-b-2': { text: 'garbage' } });
  expect(older.found.newer).toBeUndefined();
  expect(older.found.best?.manifest.revision).toBe(5);
});
