import { CallError } from '../../../../runtime/core/calls/call-error';
import { TableRegister } from '../../../../runtime/core/controller/register';
import { isMissing, ReplicatedTable, type Replica } from '../../../../runtime/core/controller/replicated-table';
import { VirtualClock } from '../../support/virtual-clock';
import { A, B } from './estate';
import { MemoryTable } from './memory-table';

const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2'];
const signal = new AbortController().signal;

let clock: VirtualClock;
let memory: MemoryTable;
let asked: string[];
beforeEach(() => {
  clock = new VirtualClock();
  memory = new MemoryTable(clock);
  asked = [];
});

type Fault = 'silent' | 'lost answer' | CallError;

/** Three replicas of one linearizable table; `faults` by Region, read at each call. */
function replicated(faults: { [region: string]: Fault | undefined } = {}): ReplicatedTable {
  const replica = (region: string): Replica => {
    const real = memory.as(region);
    const through = async <T>(call: string, make: () => Promise<T>): Promise<T> => {
      asked.push(`${call} ${region}`);
      const fault = faults[region];
      if (fault === 'silent') return new Promise<never>(() => undefined);
      if (fault instanceof CallError) throw fault;
      const value = await make();
      if (fault === 'lost answer') throw gone(region);
      return value;
    };
    return { region, table: { get: (...given) => through('get', () => real.get(...given)), list: (...given) => through('list', () => real.list(...given)), put: (...given) => through('put', () => real.put(...given)) } };
  };
  return new ReplicatedTable(clock, REGIONS.map(replica));
}

const gone = (region: string) => new CallError({ call: 'dynamodb GetItem', region, code: 'ECONNREFUSED', reason: 'connection refused' });
const missing = (region: string) => new CallError({ call: 'dynamodb GetItem', region, code: 'ResourceNotFoundException', status: 400, reason: 'no table' });
const run = <T>(work: () => Promise<T>) => clock.run(work);

describe('reading', () => {
  beforeEach(() => memory.write('key', { is: 'here' }));

  test('asks one replica while it answers', async () => {
    const table = replicated();
    expect(await run(() => table.get('key', signal))).toMatchObject({ item: { is: 'here' } });
    expect([...(await run(() => table.list('k', signal))).keys()]).toEqual(['key']);
    expect(asked).toEqual(['get us-east-1', 'list us-east-1']);
  });

  test.each([['silent', 'silent' as const], ['refusing', gone('us-east-1')]])('goes on with the next replica when the first is %s, which is asked last from then on', async (_, fault) => {
    const table = replicated({ 'us-east-1': fault });
    expect(await run(() => table.get('key', signal))).toMatchObject({ item: { is: 'here' } });
    expect(clock.now()).toBeLessThanOrEqual(500);
    await run(() => table.get('key', signal));
    expect(asked).toEqual(['get us-east-1', 'get us-east-2', 'get us-east-2']);
  });

  test('a replica that failed is asked again when all others have, or after a minute', async () => {
    const faults: { [region: string]: Fault | undefined } = { 'us-east-1': gone('us-east-1') };
    const table = replicated(faults);
    await run(() => table.get('key', signal));
    Object.assign(faults, { 'us-east-1': undefined, 'us-east-2': gone('us-east-2'), 'us-west-2': gone('us-west-2') });
    expect(await run(() => table.get('key', signal))).toMatchObject({ item: { is: 'here' } });
    expect(asked.at(-1)).toBe('get us-east-1');
  });

  test('fails when no replica answers, naming each', async () => {
    const table = replicated(Object.fromEntries(REGIONS.map((region) => [region, gone(region)])));
    await expect(run(() => table.get('key', signal))).rejects.toThrow(/us-east-1, us-east-2, us-west-2.*us-west-2 got no answer \(ECONNREFUSED/);
  });

  test('the table is missing only where each replica says so', async () => {
    const all = await run(() => replicated(Object.fromEntries(REGIONS.map((region) => [region, missing(region)]))).get('key', signal).catch((error: unknown) => error));
    expect(isMissing(all)).toBe(true);
    const some = await run(() => replicated({ 'us-east-1': missing('us-east-1'), 'us-east-2': missing('us-east-2'), 'us-west-2': gone('us-west-2') }).get('key', signal).catch((error: unknown) => error));
    expect(some).toBeInstanceOf(CallError);
    expect(isMissing(some)).toBe(false);
  });

  test('what has ended listens no longer, and what was given up is aborted', async () => {
    const outer = new AbortController();
    let aborted = false;
    const silent: Replica = { region: 'us-east-1', table: { ...memory.as('x'), get: (_, abort) => new Promise((__, reject) => abort.addEventListener('abort', () => ((aborted = true), reject(gone('us-east-1'))))) } };
    const table = new ReplicatedTable(clock, [silent]);
    const reading = table.get('key', outer.signal).catch((error: unknown) => error);
    outer.abort();
    expect(await run(() => reading)).toBeInstanceOf(CallError);
    expect(aborted).toBe(true);
  });
});

describe('writing', () => {
  test('goes to the replica that answered last, once', async () => {
    const table = replicated({ 'us-east-1': 'silent' });
    await run(() => table.get('key', signal));
    expect(await run(() => table.put('key', { a: 1 }, undefined, signal))).toBe('written');
    expect(await run(() => table.put('key', { a: 2 }, undefined, signal))).toBe('refused');
    expect(asked.filter((call) => call.startsWith('put'))).toEqual(['put us-east-2', 'put us-east-2']);
  });

  test('fails when its answer is lost, and is sent nowhere else', async () => {
    const table = replicated({ 'us-east-1': 'lost answer' });
    await expect(run(() => table.put('key', { a: 1 }, undefined, signal))).rejects.toThrow('ECONNREFUSED');
    expect(asked).toEqual(['put us-east-1']);
    expect(memory.puts).toEqual([{ key: 'key', answer: 'written' }]);
  });
});

describe('the register over it', () => {
  const registerOver = (table: ReplicatedTable) => new TableRegister({ table, clock, wall: { now: () => clock.now(), iso: String, parse: Number }, random: () => 0.5 }, 600_000);
  const intent = { actId: 'act-1', by: 'ana', why: '', active: [B], overBrake: false };

  test('claims once though the first replica loses the answer: read back at another', async () => {
    const faults: { [region: string]: Fault | undefined } = {};
    const register = registerOver(replicated(faults));
    await run(() => register.claim({ ...intent, actId: 'act-0', active: [A] }, signal));
    faults['us-east-1'] = 'lost answer';
    expect(await run(() => register.claim(intent, signal))).toEqual({ kind: 'claimed', claim: { epoch: 2 } });
    expect(memory.puts.map(({ answer }) => answer)).toEqual(['written', 'written']);
  });

  test.each([1, 2])('is read and claimed with %i of three control Regions dead', async (dead) => {
    const register = registerOver(replicated(Object.fromEntries(REGIONS.slice(0, dead).map((region) => [region, 'silent']))));
    expect(await run(() => register.claim(intent, signal))).toMatchObject({ kind: 'claimed' });
    expect(await run(() => register.read(signal))).toMatchObject({ intent: [B] });
  });
});
