import { startClock } from '../../../../local/rehearsal/engine/clock';
import { sleep } from '../../../../local/rehearsal/engine/wait';
import { Ledger } from '../../../../local/rehearsal/traffic/ledger';
import { Load } from '../../../../local/rehearsal/traffic/load';
import { SmallEstate } from '../support/small-estate';

let estate: SmallEstate;
beforeEach(() => {
  estate = new SmallEstate();
});
afterEach(() => estate.stop());

function load(requestTimeoutMs = 100): { ledger: Ledger; load: Load } {
  const ledger = new Ledger();
  return { ledger, load: new Load(estate, ledger, startClock(), { writesPerSecond: 50, readsPerSecond: 50, requestTimeoutMs }) };
}

const hang = (signal: AbortSignal) => new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('starts writes on a beat, whether or not earlier ones have been answered', async () => {
  estate.put = (_key: string, _body: Buffer, signal: AbortSignal) => hang(signal);
  const { ledger, load: running } = load(300);
  running.start();
  await sleep(250);
  await running.stop();

  expect(ledger.writes.length).toBeGreaterThan(5);
  // Each waited for its own answer while the next ones began.
  expect(ledger.writes.at(-1)!.startedAt).toBeLessThan(ledger.writes[0].endedAt);
});

test.each([
  { what: 'hangs', fail: (signal: AbortSignal) => hang(signal), error: 'no answer within 0.1 s' },
  { what: 'is refused', fail: () => Promise.reject(Object.assign(new Error(), { code: 'ECONNREFUSED' })), error: 'connection refused' },
  { what: 'is reset, which the SDK calls a time-out', fail: () => Promise.reject(Object.assign(new Error(), { name: 'TimeoutError', code: 'ECONNRESET' })), error: 'connection reset' },
  { what: 'is answered with an error', fail: () => Promise.reject(Object.assign(new Error(), { name: 'SlowDown', $metadata: { httpStatusCode: 503 } })), error: 'HTTP 503 SlowDown' },
])('tells why a write failed that $what', async ({ fail, error }) => {
  estate.put = (_key: string, _body: Buffer, signal: AbortSignal) => fail(signal);
  const { ledger, load: running } = load();
  running.start();
  await sleep(60);
  await running.stop();

  expect(ledger.writes.length).toBeGreaterThan(0);
  for (const write of ledger.writes) expect(write).toMatchObject({ outcome: 'failed', error });
});

test('records what a read found, missed, or got that nobody wrote', async () => {
  const answers: (Buffer | undefined)[] = [undefined, Buffer.from('torn')];
  const { ledger, load: running } = load();
  const get = estate.get.bind(estate);
  estate.get = async (key) => (answers.length > 0 ? answers.shift() : get(key));
  running.start();
  await sleep(200);
  await running.stop();

  expect(ledger.reads.slice(0, 2).map((read) => [read.outcome, read.error])).toEqual([['missing', undefined], ['failed', 'bytes that nobody wrote']]);
  expect(ledger.reads.at(-1)!.outcome).toBe('found');
});

test('writes every tenth object under one shared key', async () => {
  const { ledger, load: running } = load();
  running.start();
  await sleep(500);
  await running.stop();

  expect(ledger.writes.length).toBeGreaterThan(10);
  for (const write of ledger.writes) expect(write.key === 'rehearsal/latest').toBe(write.id % 10 === 0);
});

test('ends at once, and records nothing more, when it is abandoned', async () => {
  estate.put = (_key: string, _body: Buffer, signal: AbortSignal) => hang(signal);
  const { ledger, load: running } = load(60_000);
  running.start();
  await sleep(60);
  await running.abandon();

  expect(ledger.writes).toEqual([]);
});
