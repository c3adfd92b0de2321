import type { EmulatorPort } from '../../local/gateway/replication/emulator-port';
import { ReplicationEngine } from '../../local/gateway/replication/engine';
import { fateOf } from '../../local/gateway/replication/fate';
import { Heap } from '../../local/gateway/replication/heap';
import { Lane } from '../../local/gateway/replication/lane';
import { reportQueue } from '../../local/gateway/replication/report';
import { DEFAULT_FAILING, DEFAULT_SETTINGS, ReplicationSettings, type DirectionSettings } from '../../local/gateway/replication/settings';
import type { Attempt, Outcome, Task } from '../../local/gateway/replication/task';

const EAST = { bucket: 'east', region: 'us-east-1' };
const WEST = { bucket: 'west', region: 'us-west-2' };
const IRELAND = { bucket: 'ireland', region: 'eu-west-1' };

function task(id: number, change: Partial<Task> = {}): Task {
  return { id, at: 1000, kind: 'object', account: '1', source: EAST, destination: WEST, key: `k${id}`, version: `v${id}`, size: 1, rule: 'r', metrics: false, ...change };
}

describe('settings', () => {
  const direction = { source: EAST, destination: WEST };

  test('are the defaults until something is set', () => {
    expect(new ReplicationSettings().of(direction)).toEqual(DEFAULT_SETTINGS);
  });

  test('cover a direction by Region, by bucket, or all', () => {
    const settings = new ReplicationSettings();
    settings.set({ lagMs: 1 });
    settings.set({ source: 'us-east-1', paused: true });
    settings.set({ source: 'us-east-1', destination: 'west', lagMs: 2 });
    expect(settings.of(direction)).toMatchObject({ lagMs: 2, paused: true });
    expect(settings.of({ source: EAST, destination: IRELAND })).toMatchObject({ lagMs: 1, paused: true });
    expect(settings.of({ source: WEST, destination: EAST })).toMatchObject({ lagMs: 1, paused: false });
  });

  test('of a later change win over those of a narrower earlier one', () => {
    const settings = new ReplicationSettings();
    settings.set({ source: 'us-east-1', destination: 'us-west-2', paused: true, lagMs: 5 });
    settings.set({ paused: false });
    expect(settings.of(direction)).toMatchObject({ lagMs: 5, paused: false });
  });
});

describe('a tail or failures', () => {
  const drawn = (change: Partial<DirectionSettings>, count = 1000) => Array.from({ length: count }, (_, id) => fateOf({ ...DEFAULT_SETTINGS, ...change }, task(id), 0));

  test('are none unless set', () => {
    expect(drawn({ lagMs: 7 }, 1)).toEqual([{ lagMs: 7 }]);
  });

  test('slow a share of the writes down', () => {
    const slow = drawn({ lagMs: 10, tail: { share: 0.2, ms: 5000 } }).filter(({ lagMs }) => lagMs === 5000);
    // The seed is fixed, and so is the count.
    expect(slow.length).toBeGreaterThan(150);
    expect(slow.length).toBeLessThan(250);
  });

  test('may be heavy: the longer it took, the longer it may yet take', () => {
    const lags = drawn({ lagMs: 0, tail: { share: 1, ms: 100, shape: 1 } }).map(({ lagMs }) => lagMs);
    const longer = (than: number) => lags.filter((lag) => lag >= than).length;

    expect(Math.min(...lags)).toBeGreaterThanOrEqual(100);
    // Half of any of them take twice as long.
    for (const lag of [100, 200, 400]) expect(Math.abs(longer(2 * lag) / longer(lag) - 0.5)).toBeLessThan(0.1);
    expect(Math.max(...lags)).toBeGreaterThan(10_000);
    expect(Math.max(...drawn({ tail: { share: 1, ms: 600_000, shape: 0.1 } }).map(({ lagMs }) => lagMs))).toBe(600_000);
  });

  test('come out the same for the same seed, whatever else was written, and differ for another', () => {
    const settings = { lagMs: 10, tail: { share: 0.5, ms: 5000, shape: 1 }, fail: { ...DEFAULT_FAILING, rate: 0.5 } };
    expect(drawn(settings)).toEqual(drawn(settings));
    expect(drawn({ ...settings, seed: 2 })).not.toEqual(drawn(settings));
  });

  test('fail keys by pattern, and a share of them', () => {
    const fails = (keys: string, key: string) => fateOf({ ...DEFAULT_SETTINGS, fail: { ...DEFAULT_FAILING, keys } }, task(1, { key }), 0).fails;
    expect([fails('bad/*', 'bad/one'), fails('bad/*', 'good/one'), fails('*.(x)', 'a.(x)'), fails('a.b', 'aXb')]).toEqual(['DstPutObjectNotPermitted', undefined, 'DstPutObjectNotPermitted', undefined]);
    const failed = drawn({ fail: { ...DEFAULT_FAILING, rate: 0.1 } }).filter((fate) => fate.fails);
    expect(failed.length).toBeGreaterThan(60);
    expect(failed.length).toBeLessThan(140);
  });
});

test('a heap gives the smallest first, equals by their tie', () => {
  const heap = new Heap<string>();
  expect([heap.first, heap.pop()]).toEqual([undefined, undefined]);
  const random = Array.from({ length: 500 }, (_, index) => ({ order: (index * 7919) % 83, tie: (index * 104_729) % 499 }));
  for (const { order, tie } of random) heap.push(`${order} ${tie}`, order, tie);

  const sorted = [...random].sort((a, b) => a.order - b.order || a.tie - b.tie).map(({ order, tie }) => `${order} ${tie}`);
  expect(heap.first?.item).toBe(sorted[0]);
  expect(Array.from({ length: 500 }, () => heap.pop())).toEqual(sorted);
  expect(heap.pop()).toBeUndefined();
});

describe('a lane', () => {
  const after = (lagMs: number) => () => ({ lagMs });
  const ids = (turns: { task: Task }[]) => turns.map((turn) => turn.task.id);

  test('gives what its lag has let through, oldest first, and each once', () => {
    const lane = new Lane(EAST, WEST, after(100));
    for (const [id, at] of [[1, 1000], [2, 1010], [3, 1020]]) lane.add(task(id, { at }));

    expect([lane.nextAt(), ids(lane.take(1115, 10)), ids(lane.take(1115, 10)), lane.nextAt(), lane.size]).toEqual([1100, [1, 2], [], 1120, 3]);
  });

  test('gives no more than asked for, and has the rest at once', () => {
    const lane = new Lane(EAST, WEST, after(0));
    for (const id of [1, 2, 3]) lane.add(task(id));
    expect([ids(lane.take(1000, 2)), lane.nextAt()]).toEqual([[1, 2], 1000]);
  });

  test('gives again what was put back', () => {
    const lane = new Lane(EAST, WEST, after(0));
    for (const id of [1, 2]) lane.add(task(id));
    lane.take(1000, 1);
    lane.putBack(task(1));
    expect(ids(lane.take(1000, 10))).toEqual([1, 2]);
  });

  test('goes by the end of each piece\'s own lag, not by the order of the writes', () => {
    const lags: Record<string, number> = { k1: 500, k2: 10, k3: 200 };
    const lane = new Lane(EAST, WEST, ({ key }) => ({ lagMs: lags[key] }));
    for (const id of [1, 2, 3]) lane.add(task(id));
    expect([ids(lane.take(1300, 10)), ids(lane.take(2000, 10)), [...lane.pending()].map(({ id }) => id)]).toEqual([[2, 3], [1], [1, 2, 3]]);
  });

  test('has a change wait for its own version, however fast it would be', () => {
    const lane = new Lane(EAST, WEST, ({ kind }) => ({ lagMs: kind === 'object' ? 60_000 : 0 }));
    lane.add(task(1, { version: 'v' }));
    lane.add(task(2, { version: 'v', kind: 'metadata' }));

    expect([ids(lane.take(50_000, 10)), lane.nextAt()]).toEqual([[], 61_000]);
    expect(ids(lane.take(61_001, 10))).toEqual([1, 2]);
  });

  test('draws anew what waits when settings change, and leaves alone what is under way', () => {
    let lagMs = 1000;
    const lane = new Lane(EAST, WEST, () => ({ lagMs }));
    lane.add(task(1));
    lane.take(2000, 1);
    lane.add(task(2));
    lagMs = 0;
    lane.redraw();
    expect(ids(lane.take(1000, 10))).toEqual([2]);
  });

  test('tries a change whose version is missing again, without keeping later work back, and at last for good', () => {
    const lane = new Lane(EAST, WEST, after(0));
    lane.add(task(1, { kind: 'metadata' }));
    lane.add(task(2));
    lane.take(2000, 1);
    lane.settle(task(1, { kind: 'metadata' }), { outcome: 'later' }, 2000);
    expect(ids(lane.take(2000, 10))).toEqual([2]);
    expect(lane.take(2100, 10)).toMatchObject([{ task: { id: 1 }, final: false }]);
    lane.settle(task(1), { outcome: 'later' }, 10_000);
    expect(lane.take(17_001, 10)).toMatchObject([{ task: { id: 1 }, final: true }]);
  });

  test('counts what became of its work', () => {
    const lane = new Lane(EAST, WEST, after(0));
    for (const id of [1, 2, 3]) lane.add(task(id));
    lane.settle(task(1), { outcome: 'done' }, 0);
    lane.settle(task(2), { outcome: 'failed', code: 'DstBucketNotFound', reason: 'there is none' }, 0);
    lane.settle(task(3), { outcome: 'gone' }, 0);
    expect(lane).toMatchObject({ size: 0, completed: 1, failed: 1, failures: [{ code: 'DstBucketNotFound', reason: 'there is none', task: { id: 2 } }] });
  });
});

describe('the engine', () => {
  let journal: Task[];
  let copied: Attempt[][];
  let answer: (attempt: Attempt) => Outcome;
  let broken: number;
  let ahead: number;
  let hanging: boolean;
  let lines: string[];
  let dead: Set<string>;
  let engine: ReplicationEngine;

  beforeEach(() => {
    [journal, copied, lines, dead, broken, ahead, hanging] = [[], [], [], new Set(), 0, 0, false];
    answer = () => ({ outcome: 'done' });
    const port: Pick<EmulatorPort, 'takeJournal' | 'copy'> = {
      takeJournal: async (take) => {
        for (const entry of journal.splice(0)) take(entry);
      },
      copy: async (attempts) => {
        if (hanging) return new Promise(() => undefined);
        broken -= 1;
        if (broken >= 0) throw new Error('no answer');
        copied.push([...attempts]);
        return attempts.map(answer);
      },
    };
    engine = new ReplicationEngine({ port: port as EmulatorPort, reachable: (region) => !dead.has(region), log: (line) => lines.push(line), now: () => Date.now() + ahead });
    engine.change({ lagMs: 0 });
  });
  afterEach(() => engine.close());

  const pending = (): number => reportQueue(engine, Date.now()).counts.pending;

  async function settled(): Promise<void> {
    const deadline = Date.now() + 3000;
    await engine.catchUp();
    while (pending() > 0 && Date.now() < deadline) await engine.nextSettled(50);
    expect(pending()).toBe(0);
  }

  test('carries a backlog in batches, every direction its share of each', async () => {
    for (let id = 1; id <= 250; id += 1) journal.push(task(id));
    for (let id = 251; id <= 260; id += 1) journal.push(task(id, { destination: IRELAND }));
    await settled();
    expect(Math.max(...copied.map((batch) => batch.length))).toBeLessThanOrEqual(100);
    expect(copied[0].filter(({ destination }) => destination.bucket === 'ireland')).toHaveLength(10);
    expect(copied.flat().filter(({ destination }) => destination.bucket === 'west').map(({ id }) => id)).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
  });

  test('loses nothing when the emulator does not answer, and says so once', async () => {
    broken = 2;
    journal.push(task(1), task(2));
    await settled();
    expect(copied).toMatchObject([[{ id: 1 }, { id: 2 }]]);
    expect(lines).toEqual(['replication: no answer']);
  });

  test('leaves what is paused or out of reach alone, and says why', async () => {
    dead.add('us-west-2');
    engine.change({ destination: 'eu-west-1', paused: true });
    journal.push(task(1), task(2, { destination: IRELAND }), task(3, { source: IRELAND, destination: EAST }));
    await engine.catchUp();
    await engine.nextSettled(100);
    expect(copied).toMatchObject([[{ id: 3 }]]);
    expect(reportQueue(engine, Date.now()).directions.map(({ heldBy }) => heldBy)).toEqual(['west in us-west-2 is out of reach', 'paused', undefined]);
    dead.clear();
    engine.change({ paused: false });
    await settled();
    expect(copied.flat()).toHaveLength(3);
  });

  test('takes over what was written while it was taking over', async () => {
    journal.push(task(1));
    const first = engine.catchUp();
    journal.push(task(2));
    await engine.catchUp();
    await first;
    await settled();
    expect(copied.flat().map(({ id }) => id)).toEqual([1, 2]);
  });

  test('asks for a final word once a change has waited long enough for its version', async () => {
    answer = ({ final }) => (final ? { outcome: 'failed', code: 'DstVersionNotFound', reason: 'none' } : { outcome: 'later' });
    journal.push(task(1, { kind: 'metadata' }));
    await engine.catchUp();
    await engine.nextSettled(100);
    expect(pending()).toBe(1);
    ahead = 20_000;
    await settled();
    expect(reportQueue(engine, 0).directions[0].failed).toMatchObject([{ code: 'DstVersionNotFound' }]);
  });

  test('does nothing more once it is closed', async () => {
    journal.push(task(1));
    await engine.close();
    engine.poke();
    await engine.catchUp();
    await engine.nextSettled(50);
    expect(copied).toEqual([]);
  });

  test('closes although the emulator hangs', async () => {
    hanging = true;
    journal.push(task(1));
    await engine.catchUp();
    await engine.close();
    expect(pending()).toBe(1);
  });
});
