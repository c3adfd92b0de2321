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

  test.each([
    ['of another version', { version: 2 }],
    ['under the key of another', { epoch: 7 }],
    ['of a kind that nobody knows', { kind: 'magic' }],
    ['that never ended', { state: 'open' }],
    ['without times', { began: 'yesterday' }],
  ])('fails when one is %s: it counts for nothing, and is named', async (_, changed) => {
    table.write('history/01', { version: 1, ...act(1), ...changed });
    const { acts, malformed } = await kept();
    expect([acts, malformed]).toEqual([[], [expect.stringContaining('history/01')]]);
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
