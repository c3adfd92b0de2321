import type { EmulatorPort } from '../../local/gateway/replication/emulator-port';
import { ReplicationEngine } from '../../local/gateway/replication/engine';
import { Lane } from '../../local/gateway/replication/lane';
import { reportQueue } from '../../local/gateway/replication/report';
import { DEFAULT_SETTINGS, ReplicationSettings } from '../../local/gateway/replication/settings';
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
    expect(settings.of(direction)).toEqual({ lagMs: 2, paused: true });
    expect(settings.of({ source: EAST, destination: IRELAND })).toEqual({ lagMs: 1, paused: true });
    expect(settings.of({ source: WEST, destination: EAST })).toEqual({ lagMs: 1, paused: false });
  });

  test('of a later change win over those of a narrower earlier one', () => {
    const settings = new ReplicationSettings();
    settings.set({ source: 'us-east-1', destination: 'us-west-2', paused: true, lagMs: 5 });
    settings.set({ paused: false });
    expect(settings.of(direction)).toEqual({ lagMs: 5, paused: false });
  });
});

describe('a lane', () => {
  test('has ready what its lag has let through, oldest first', () => {
    const lane = new Lane(EAST, WEST);
    for (const [id, at] of [[1, 1000], [2, 1010], [3, 1020]]) lane.add(task(id, { at }));
    expect([...lane.ready(1115, 100)].map((entry) => entry.task.id)).toEqual([1, 2]);
    expect(lane.nextAt(100)).toBe(1100);
  });

  test('tries a change whose version is missing again, without keeping later work back, and at last for good', () => {
    const lane = new Lane(EAST, WEST);
    lane.add(task(1, { kind: 'metadata' }));
    lane.add(task(2));
    lane.settle(task(1, { kind: 'metadata' }), { outcome: 'later' }, 2000);
    expect([...lane.ready(2000, 0)]).toMatchObject([{ task: { id: 2 } }]);
    expect([...lane.ready(2100, 0)]).toMatchObject([{ task: { id: 1 }, final: false }, { task: { id: 2 } }]);
    lane.settle(task(1), { outcome: 'later' }, 10_000);
    expect([...lane.ready(17_001, 0)]).toMatchObject([{ task: { id: 1 }, final: true }, { task: { id: 2 } }]);
  });

  test('counts what became of its work', () => {
    const lane = new Lane(EAST, WEST);
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
