import { keepAct, keptActs, MOST_ACTS, type AutomaticAct } from '../../../../runtime/core/controller/acts';
import { decide } from '../../../../runtime/core/controller/decide';
import { policyOf } from '../../../../runtime/core/controller/policy';
import { blank } from '../../../../runtime/core/controller/register-moves';
import type { View } from '../../../../runtime/core/controller/view';
import { VirtualClock } from '../../support/virtual-clock';
import { MemoryTable } from './memory-table';

const signal = new AbortController().signal;
const act = (epoch: number, changed: Partial<AutomaticAct> = {}): AutomaticAct => ({
  epoch,
  id: `act-${epoch}`,
  kind: 'failover',
  by: 'voter us-east-1',
  why: 'down',
  from: ['us-east-1'],
  to: ['us-west-2'],
  quarantines: ['us-east-1'],
  lifts: [],
  state: 'done',
  outcome: 'as wanted',
  began: '2026-11-24T03:00:00.000Z',
  ended: '2026-11-24T03:00:04.000Z',
  ...changed,
});

describe("the controller's acts in its table", () => {
  let clock: VirtualClock;
  let table: MemoryTable;
  beforeEach(() => {
    clock = new VirtualClock();
    table = new MemoryTable(clock);
  });
  const keep = (...acts: AutomaticAct[]) => clock.run(async () => {
    for (const one of acts) await keepAct(table.as('here'), one, signal);
  });
  const kept = () => clock.run(() => keptActs(table.as('there'), signal));

  test('are read as they were written, the latest first', async () => {
    await keep(act(3), act(5));
    expect(await kept()).toEqual({ acts: [act(5), act(3)], malformed: [] });
  });

  test('are bounded: a later one takes the place of the oldest', async () => {
    await keep(...Array.from({ length: MOST_ACTS + 7 }, (_, index) => act(index + 1)));
    const { acts } = await kept();
    expect([acts.length, acts[0].epoch, acts.at(-1)?.epoch]).toEqual([MOST_ACTS, MOST_ACTS + 7, 8]);
    expect(table.items.size).toBe(MOST_ACTS);
  });

  test('that are late take no place of a later one', async () => {
    await keep(act(MOST_ACTS + 1), act(1));
    expect((await kept()).acts).toEqual([act(MOST_ACTS + 1)]);
  });

  test('with texts of any length stay readable', async () => {
    await keep(act(1, { outcome: 'x'.repeat(9_000) }));
    expect((await kept()).acts[0].outcome).toHaveLength(2_000);
  });

  test('that come again are kept once, and two of one epoch as the first', async () => {
    await keep(act(1), act(1, { outcome: 'told again' }));
    expect((await kept()).acts).toEqual([act(1)]);
    expect(table.puts).toHaveLength(1);
  });

  test('take the place of an item that nobody understands', async () => {
    table.write('history/01', { version: 1, epoch: '99' });
    await keep(act(1));
    expect((await kept()).acts).toEqual([act(1)]);
  });

  test.each(['failover', 'failback', 'human', 'adopted', 'repair', 'called off'] as const)('may be of the kind %s', async (kind) => {
    await keep(act(1, { kind }));
    expect((await kept()).acts).toEqual([act(1, { kind })]);
  });

  test.each(['done', 'failed', 'unknown'] as const)('may end as %s', async (state) => {
    await keep(act(1, { state }));
    expect((await kept()).acts).toEqual([act(1, { state })]);
  });

  test('with a reason of any length stay readable', async () => {
    await keep(act(1, { why: 'x'.repeat(9_000) }));
    expect((await kept()).acts[0].why).toHaveLength(2_000);
  });

  test.each<[string, object, string]>([
    ['of another version', { version: 2 }, `'version' of history/01 must be 1`],
    ['under the key of another', { epoch: 7 }, `'epoch' of history/01 must be one of its key`],
    ['without an id', { id: 5 }, `'id' of history/01 must be text`],
    ['of a kind that nobody knows', { kind: 'magic' }, `'kind' of history/01 must be a kind of act`],
    ['of no kind', { kind: 5 }, `'kind' of history/01 must be a kind of act`],
    ['that never ended', { state: 'open' }, `'state' of history/01 must be how an act ends`],
    ['that ended in no way', { state: 5 }, `'state' of history/01 must be how an act ends`],
    ...['by', 'why', 'outcome'].map((name): [string, object, string] => [`without '${name}'`, { [name]: 5 }, `'by', 'why' and 'outcome' of history/01 must be text`]),
    ...['from', 'to', 'quarantines', 'lifts'].map((name): [string, object, string] => [`without '${name}'`, { [name]: 'us-east-1' }, `'from', 'to', 'quarantines' and 'lifts' of history/01 must name Regions`]),
    ...['began', 'ended'].flatMap((name) =>
      ['yesterday', 5, 'x2026-11-24T03:00:00.000Z', '2026-11-24T03:00:00.000Zx'].map((value): [string, object, string] => [`with '${value}' as '${name}'`, { [name]: value }, `'began' and 'ended' of history/01 must be times`]),
    ),
  ])('fails when one is %s: it counts for nothing, and is named', async (_, changed, error) => {
    table.write('history/01', { version: 1, ...act(1), ...changed });
    expect(await kept()).toEqual({ acts: [], malformed: [error] });
  });

  test('fails when reading one fails otherwise: a defect is not another\'s bad item', async () => {
    const broken = { get version(): number { throw new TypeError('a defect'); } };
    const listing = { ...table.as('there'), list: async () => new Map([['history/01', { item: broken, revision: 1 }]]) };
    await expect(keptActs(listing, signal)).rejects.toThrow(TypeError);
  });

  test('are under keys that another version of the code knows, and that list in order', async () => {
    await keep(act(1), act(12));
    expect([...table.items.keys()]).toEqual(['history/01', 'history/12']);
  });
});

describe('a register that was steered before anybody looked', () => {
  const policy = policyOf({ order: ['us-east-1', 'us-west-2'], voters: ['us-east-1', 'us-east-2', 'us-west-2'] });
  const view = (state = blank()): View => ({ self: 'us-east-1', register: { kind: 'read', state, revision: 1, coolDownLeftMs: 0, actAgeMs: 0, seenForMs: 0 }, reports: [], routes: { kind: 'seen', active: ['us-east-1'], confirmed: true }, lag: {} });

  test('begins with the routes as they are, as one that is not written', () => {
    expect(decide(view(), policy, 0)).toMatchObject({ action: 'adopt', active: ['us-east-1'], reason: 'first look' });
  });

  test('holds while the brake is on', () => {
    expect(decide(view({ ...blank(), brake: { by: 'bob', why: 'not yet' } }), policy, 0)).toMatchObject({ action: 'hold', reason: 'paused' });
  });
});
