import { blank, claimed, clip, countedDown, DOUBT_MS, lostBecause, settled, type NewAct } from '../../../../runtime/core/controller/register-moves';
import { MOST_DOUBTS, type RegisterState } from '../../../../runtime/core/controller/register-state';
import { A, B, C } from './estate';

/** A is active, and all is quiet. */
function state(changed: Partial<RegisterState> = {}): RegisterState {
  return {
    epoch: 4,
    intent: [A],
    act: { id: 'before', kind: 'failover', by: 'voter', why: 'down', from: [C], quarantines: [], state: 'done' },
    coolDownMs: 5_000,
    excluded: [],
    quarantined: [],
    doubts: [],
    ...changed,
  };
}
const act = (changed: Partial<NewAct> = {}): NewAct => ({ id: 'new', kind: 'failover', by: 'ana', why: 'drill', active: [B], coolDownMs: 900_000, ...changed });
const byHand = (region: string) => ({ region, why: 'being rebuilt' });
const moved = (region: string) => ({ region, why: 'traffic was moved away by ana', moved: true });

test('nothing was moved before the first act', () => {
  expect(blank()).toEqual({ epoch: 0, intent: [], act: { id: 'none', kind: 'adopted', by: 'nobody', why: 'nothing has been moved yet', from: [], quarantines: [], state: 'done' }, coolDownMs: 0, excluded: [], quarantined: [], doubts: [] });
});

describe('what is claimed', () => {
  test('is told in short, and says nothing of what it would give back where no person made it', () => {
    const { act: made } = claimed(state(), act({ by: 'b'.repeat(501), why: 'w'.repeat(501) }));
    expect(made).toStrictEqual({ id: 'new', kind: 'failover', by: 'b'.repeat(500), why: 'w'.repeat(500), from: [A], quarantines: [A], state: 'open' });
    expect(clip('x'.repeat(501))).toHaveLength(500);
  });

  test('puts no Region into quarantine that is there already, so that it takes none out when it is called off', () => {
    const after = claimed(state({ quarantined: [A] }), act());
    expect([after.quarantined, after.act.quarantines]).toEqual([[A], []]);
  });

  test('finishes no act that has ended, though it intends the same', () => {
    expect(claimed(state(), act({ kind: 'repair', active: [A] })).act.from).toEqual([A]);
    expect(claimed(state({ act: { ...state().act, state: 'unknown' } }), act({ kind: 'repair', active: [A] })).act.from).toEqual([C]);
  });

  test('by a person lifts what a move away made, where traffic comes back to, and nothing else', () => {
    const after = claimed(state({ intent: [C], excluded: [byHand(A), moved(B), moved(C)] }), act({ kind: 'human', active: [A, B] }));
    expect(after.act.undo).toEqual({ lifted: [moved(B)], added: [], coolDownMs: 5_000 });
    expect(after.excluded).toEqual([byHand(A), moved(C)]);
  });

  test('by a person excludes what traffic leaves, once, and keeps the reason of who excluded it before', () => {
    expect(claimed(state(), act({ kind: 'human' })).excluded).toEqual([moved(A)]);
    expect(claimed(state(), act({ kind: 'adopted' })).excluded).toEqual([moved(A)]);
    expect(claimed(state({ excluded: [byHand(A)] }), act({ kind: 'human' })).excluded).toEqual([byHand(A)]);
    expect(claimed(state(), act()).excluded).toEqual([]);
  });

  test('without a register before it begins one, of whatever kind it is', () => {
    for (const kind of ['human', 'called off'] as const) expect(claimed(undefined, act({ kind }))).toMatchObject({ epoch: 1, intent: [B], quarantined: [], doubts: [] });
    expect(claimed(undefined, act({ kind: 'human' })).act.undo).toEqual({ lifted: [], added: [], coolDownMs: 0 });
  });

  test('doubts a bounded number of submits, the last ones', () => {
    const doubts = Array.from({ length: MOST_DOUBTS }, (_, index) => ({ epoch: index, active: [C], leftMs: 1 }));
    const after = claimed(state({ doubts, act: { ...state().act, state: 'open' } }), act());
    expect(after.doubts).toEqual([...doubts.slice(1), { epoch: 4, active: [A], leftMs: DOUBT_MS }]);
  });
});

describe('what is settled', () => {
  const ending = { state: 'failed', outcome: 'refused', inDoubt: 0, retryMs: 10 } as const;

  test('keeps as much of an outcome as the register may hold', () => {
    expect(settled(state(), { ...ending, outcome: 'x'.repeat(2_001) }).act.outcome).toHaveLength(2_000);
  });

  test('as failed doubts nothing: nothing was sent', () => {
    expect(settled(state(), { ...ending, inDoubt: 2 }).doubts).toEqual([]);
  });

  test('as failed, of the first act of all, goes on to intend what it wanted: there is nothing to go back to', () => {
    const first = claimed(undefined, act());
    expect(settled(first, { ...ending, inDoubt: 2 })).toMatchObject({ intent: [B], coolDownMs: 900_000, doubts: [] });
  });

  test('as failed gives back what was lifted, unless somebody excluded the Region again meanwhile', () => {
    const undo = { lifted: [moved(B)], coolDownMs: 0 };
    const open = (excluded: RegisterState['excluded']) => state({ intent: [B], excluded, act: { ...state().act, kind: 'human', from: [A], state: 'open', undo } });
    expect(settled(open([byHand(C)]), ending).excluded).toEqual([byHand(C), moved(B)]);
    expect(settled(open([byHand(B)]), ending).excluded).toEqual([byHand(B)]);
    expect(settled(open([moved(A)]), ending).excluded).toEqual([moved(B)]);
    expect(settled(open([moved(C)]), ending).excluded).toEqual([moved(C), moved(B)]);
  });

  test('as failed takes back what its claim excluded, and nothing else that a move did', () => {
    const undo = { lifted: [], added: [B], coolDownMs: 0 };
    const open = (act: Partial<RegisterState['act']>) => state({ intent: [C], excluded: [moved(B), moved(C), byHand(B)], act: { ...state().act, kind: 'human', from: [A], state: 'open', ...act } });
    expect(settled(open({ undo }), ending).excluded).toEqual([moved(C), byHand(B)]);
    expect(settled(open({}), ending).excluded).toEqual([moved(B), moved(C), byHand(B)]);
  });
});

test('a doubt ends with its time', () => {
  const doubts = [99, 100, 101].map((leftMs) => ({ epoch: 1, active: [B], leftMs }));
  expect(countedDown(state({ doubts }), 100)).toMatchObject({ coolDownMs: 4_900, doubts: [{ leftMs: 1 }] });
});

describe('an act has lost what it claimed', () => {
  const open = state({ act: { ...state().act, state: 'open' } });
  const lost = (now: RegisterState | undefined) => lostBecause(now, 4, 'before', 0);

  test('not while epoch and act are its own', () => {
    expect(lost(open)).toBeUndefined();
  });

  test.each<[string, RegisterState | undefined, string]>([
    ['the register is gone', undefined, `the epoch is no longer this act's: the register is gone`],
    ['the epoch is another', { ...open, epoch: 5 }, `the epoch is no longer this act's: 5, failover by voter`],
    ['the act is another', { ...open, act: { ...open.act, id: 'other' } }, `the epoch is no longer this act's: 4, failover by voter`],
    ['it was ended', state(), 'the act was ended by somebody else'],
    ['somebody put the brake on', { ...open, brake: { by: 'bob', why: 'stop' } }, 'paused by bob: stop'],
  ])('fails when %s', (_, now, reason) => {
    expect(lost(now)).toBe(reason);
  });
});
