import { REGISTER_TIMES, TableRegister } from '../../../../runtime/core/controller/register';
import type { NewAct } from '../../../../runtime/core/controller/register-moves';
import { CLOCK_SKEW_MS, parseRegister, REGISTER, type RegisterState } from '../../../../runtime/core/controller/register-state';
import { VirtualClock } from '../../support/virtual-clock';
import { A, B, C } from './estate';
import { MemoryTable } from './memory-table';

const signal = new AbortController().signal;
const WALL = 1_000_000;

let clock: VirtualClock;
let table: MemoryTable;
let register: TableRegister;
beforeEach(() => {
  clock = new VirtualClock();
  table = new MemoryTable(clock);
  register = new TableRegister({ table: table.as('here'), clock, wall: { now: () => WALL + clock.now(), iso: String, parse: Number }, random: () => 0.5 }, 600_000);
});

const run = <T>(work: () => Promise<T>) => clock.run(work);
const stored = (): RegisterState => parseRegister(table.items.get(REGISTER)!.item);
const intent = (active: string[], actId = 'act-1', overBrake = false) => ({ actId, by: 'ana', why: 'drill', active, overBrake });
const automatic = (changed: Partial<NewAct> = {}): NewAct => ({ id: 'auto', kind: 'failover', by: 'voter', why: 'down', active: [B], coolDownMs: 900_000, ...changed });

/** A register in which A is active and all is quiet. */
async function begun(): Promise<void> {
  await run(() => register.claimAct(undefined, automatic({ id: 'first', kind: 'adopted', active: [A], coolDownMs: 0 }), signal));
}

async function claimedAct(changed: Partial<NewAct> = {}) {
  return run(async () => register.claimAct(await register.look(signal), automatic(changed), signal));
}

describe('a person\'s claim', () => {
  test('takes the next epoch, with what it intends', async () => {
    await begun();
    expect(await run(() => register.claim(intent([B]), signal))).toEqual({ kind: 'claimed', claim: { epoch: 2 } });
    expect(stored()).toMatchObject({ intent: [B], act: { kind: 'human', state: 'open', from: [A] }, coolDownMs: 600_000, excluded: [{ region: A, moved: true }] });
  });

  test('is made where nothing is written yet', async () => {
    expect(await run(() => register.claim(intent([B]), signal))).toMatchObject({ kind: 'claimed', claim: { epoch: 1 } });
  });

  test('back lifts the exclusion that the move away made, and no other', async () => {
    await begun();
    await run(() => register.exclude(C, 'being rebuilt', signal));
    await run(() => register.claim(intent([B]), signal));
    await run(() => register.claim(intent([A], 'act-2'), signal));
    expect(stored().excluded).toEqual([{ region: C, why: 'being rebuilt' }, { region: B, why: 'traffic was moved away by ana', moved: true }]);
  });

  test('of an estate that nobody has looked at excludes what live routes had active', async () => {
    await run(() => register.claim({ ...intent([B]), live: [A] }, signal));
    expect(stored()).toMatchObject({ intent: [B], act: { from: [A] }, excluded: [{ region: A, moved: true }] });
  });

  test('excludes what live routes had active, too, where the register does not know of that yet', async () => {
    await begun();
    await run(() => register.claim({ ...intent([A]), live: [B] }, signal));
    expect(stored()).toMatchObject({ intent: [A], excluded: [{ region: B, why: 'traffic was moved away by ana', moved: true }] });
  });

  test('that has sent nothing excludes nothing, and what was excluded before stays so', async () => {
    await begun();
    await run(() => register.claim(intent([C]), signal));
    await run(() => register.settle({ epoch: 2 }, { kind: 'done', sentence: 'moved' }, signal));
    const claimed = await run(() => register.claim({ ...intent([C], 'act-2'), live: [A, B] }, signal));
    if (claimed.kind !== 'claimed') throw new Error(claimed.reason);
    expect(stored().excluded.map(({ region }) => region)).toEqual([A, B]);
    await run(() => register.settle(claimed.claim, { kind: 'failed', sentence: 'no endpoint' }, signal));
    expect(stored()).toMatchObject({ intent: [C], excluded: [{ region: A, moved: true }] });
    expect(stored().excluded).toHaveLength(1);
  });

  test('that is done after a submit without a last word goes on to doubt that one, once, whatever is said of its end later', async () => {
    await begun();
    await run(() => register.claim(intent([B]), signal));
    await run(() => register.settle({ epoch: 2 }, { kind: 'done', sentence: 'moved', inDoubt: 1 }, signal));
    await run(() => register.settle({ epoch: 2 }, { kind: 'done', sentence: 'moved, and seen again', inDoubt: 1 }, signal));
    expect(stored()).toMatchObject({ act: { state: 'done' }, doubts: [{ epoch: 2, active: [B], leftMs: 900_000 }] });
    expect(stored().doubts).toHaveLength(1);
    await run(() => register.claim(intent([A], 'act-2'), signal));
    expect(stored().doubts).toMatchObject([{ active: [B] }]);
  });

  test('of an estate that nobody has looked at, and that has sent nothing, leaves the routes as they were', async () => {
    const claimed = await run(() => register.claim({ ...intent([B]), live: [A] }, signal));
    if (claimed.kind !== 'claimed') throw new Error(claimed.reason);
    await run(() => register.settle(claimed.claim, { kind: 'failed', sentence: 'no endpoint' }, signal));
    expect(stored()).toMatchObject({ intent: [A], excluded: [] });
  });

  test('is made once though its answer is lost', async () => {
    await begun();
    let lost = 0;
    table.fault = (call) => (call === 'put' && lost++ === 0 ? 'lost answer' : undefined);
    expect(await run(() => register.claim(intent([B]), signal))).toMatchObject({ claim: { epoch: 2 } });
    expect(stored().epoch).toBe(2);
  });

  test('is made again where somebody was faster', async () => {
    await begun();
    let others = 3;
    table.before = () => {
      if (others-- > 0) table.write(REGISTER, table.items.get(REGISTER)!.item);
    };
    expect(await run(() => register.claim(intent([B]), signal))).toMatchObject({ kind: 'claimed' });
  });

  test('fails when the brake is on', async () => {
    await begun();
    await run(() => register.brake({ by: 'bob', why: 'a freeze' }, signal));
    expect(await run(() => register.claim(intent([B]), signal))).toEqual({ kind: 'refused', reason: 'bob put the brake on: a freeze' });
    expect(stored().epoch).toBe(1);
  });

  test('goes over the brake where it is told to, and leaves it on', async () => {
    await begun();
    await run(() => register.brake({ by: 'bob', why: 'a freeze' }, signal));
    expect(await run(() => register.claim(intent([B], 'x', true), signal))).toMatchObject({ kind: 'claimed' });
    expect(stored().brake).toMatchObject({ by: 'bob' });
  });

  test('fails when it would leave no Region active', async () => {
    expect(await run(() => register.claim(intent([]), signal))).toMatchObject({ kind: 'refused' });
  });

  test('fails when the table takes nothing, after a bounded number of tries', async () => {
    await begun();
    const before = table.puts.length;
    table.fault = (call) => (call === 'put' ? 'not made' : undefined);
    await expect(run(() => register.claim(intent([B]), signal))).rejects.toThrow('scripted');
    expect(table.puts.length).toBe(before);
  });

  test('fails when somebody else is faster each time', async () => {
    await begun();
    table.before = () => table.write(REGISTER, table.items.get(REGISTER)!.item);
    await expect(run(() => register.claim(intent([B]), signal))).rejects.toThrow('written by others');
    expect(table.puts.filter(({ answer }) => answer === 'refused')).toHaveLength(8);
  });

  test('fails when the register cannot be understood, which is never written over', async () => {
    table.write(REGISTER, { version: 7 });
    await expect(run(() => register.claim(intent([B]), signal))).rejects.toThrow(`'version' of the register must be 1`);
    await expect(run(() => register.read(signal))).rejects.toThrow();
    expect(table.puts).toEqual([]);
  });

  test('fails when the table is silent, in bounded time', async () => {
    table.fault = () => 'dead';
    await expect(run(() => register.read(signal))).rejects.toThrow();
    expect(clock.now()).toBeLessThanOrEqual(REGISTER_TIMES.callMs);
  });
});

describe('the end of a person\'s act', () => {
  beforeEach(begun);

  test('that sent nothing leaves the register as before but for the epoch: it is not taken for a move', async () => {
    await run(() => register.exclude(C, 'being rebuilt', signal));
    const { epoch: _, act: __, ...before } = stored();
    await run(() => register.claim(intent([B]), signal));
    await run(() => register.settle({ epoch: 2 }, { kind: 'failed', sentence: 'nothing was sent' }, signal));
    const { epoch, act, ...after } = stored();
    expect(after).toEqual(before);
    expect([epoch, act.state, act.outcome]).toEqual([2, 'failed', 'nothing was sent']);
  });

  test('that sent nothing gives back the exclusion and the cool-down that its claim took', async () => {
    await run(() => register.claim(intent([B]), signal));
    await run(() => register.settle({ epoch: 2 }, { kind: 'done', sentence: 'moved' }, signal));
    await run(() => register.claim(intent([A], 'act-2'), signal));
    expect(stored().excluded).toEqual([{ region: B, why: 'traffic was moved away by ana', moved: true }]);
    await run(() => register.settle({ epoch: 3 }, { kind: 'failed', sentence: 'refused' }, signal));
    expect(stored()).toMatchObject({ intent: [B], coolDownMs: 600_000, excluded: [{ region: A, moved: true }] });
  });

  test.each(['done', 'unknown'] as const)('that is %s says so, and intends what it claimed', async (kind) => {
    await run(() => register.claim(intent([B]), signal));
    await run(() => register.settle({ epoch: 2 }, { kind, sentence: 'x' }, signal));
    expect(stored()).toMatchObject({ intent: [B], act: { state: kind, outcome: 'x' } });
  });

  test('is nothing to an act that somebody else has claimed since', async () => {
    await run(() => register.claim(intent([B]), signal));
    await run(() => register.claim(intent([C], 'act-2'), signal));
    await run(() => register.settle({ epoch: 2 }, { kind: 'done', sentence: 'x' }, signal));
    expect(stored()).toMatchObject({ epoch: 3, act: { state: 'open' } });
  });
});

describe('whether a person\'s claim is still good', () => {
  beforeEach(begun);

  test('it is until somebody claims after it, whatever brake is on', async () => {
    await run(() => register.claim(intent([B]), signal));
    await run(() => register.brake({ by: 'ana', why: 'for the act' }, signal));
    expect(await run(() => register.lost({ epoch: 2 }, signal))).toBeUndefined();
    await run(() => register.claim({ ...intent([C], 'act-2', true), by: 'bob' }, signal));
    expect(await run(() => register.lost({ epoch: 2 }, signal))).toBe('somebody else has claimed an act since: human by bob');
  });

  test('fails when the register cannot be read', async () => {
    table.fault = () => 'dead';
    await expect(run(() => register.lost({ epoch: 1 }, signal))).rejects.toThrow('scripted');
  });
});

describe('before the register is written', () => {
  test('a brake, an exclusion and their end are kept, and nothing is intended yet', async () => {
    expect(await run(() => register.brake({ by: 'bob', why: 'not yet' }, signal))).toEqual({ kind: 'done' });
    expect(await run(() => register.exclude(C, 'being built', signal))).toEqual({ kind: 'done' });
    expect(stored()).toMatchObject({ epoch: 0, intent: [], brake: { by: 'bob' }, excluded: [{ region: C }] });
    expect(await run(() => register.include(C, signal))).toEqual({ kind: 'done' });
    expect(await run(() => register.liftQuarantine(C, signal))).toEqual({ kind: 'done' });
    expect(await run(() => register.release(signal))).toEqual({ kind: 'done' });
    expect(stored()).toMatchObject({ epoch: 0, excluded: [] });
    expect(stored().brake).toBeUndefined();
  });

  test('fails when a person claims over such a brake', async () => {
    await run(() => register.brake({ by: 'bob', why: 'not yet' }, signal));
    expect(await run(() => register.claim(intent([B]), signal))).toEqual({ kind: 'refused', reason: 'bob put the brake on: not yet' });
  });

  test('fails when a register that is written intends nothing', () => {
    table.write(REGISTER, { version: 1, epoch: 1, intent: [], act: {}, coolDownMs: 0, excluded: [], quarantined: [], doubts: [] });
    expect(() => stored()).toThrow(`'intent' of the register must name Regions, at least one`);
  });
});

describe('steering', () => {
  beforeEach(begun);

  test('the end of a quarantine reaches the register', async () => {
    await claimedAct();
    expect(stored().quarantined).toEqual([A]);
    await run(() => register.liftQuarantine(A, signal));
    expect(stored().quarantined).toEqual([]);
  });

  test('who releases the brake of an act leaves the one that a person put on meanwhile', async () => {
    const own = { by: 'ana', why: 'switchover', until: WALL + 60_000 };
    await run(() => register.brake(own, signal));
    await run(() => register.brake({ by: 'bob', why: 'a freeze' }, signal));
    await run(() => register.release(signal, own));
    expect(stored().brake).toEqual({ by: 'bob', why: 'a freeze' });
    await run(() => register.brake(own, signal));
    await run(() => register.release(signal, own));
    expect(stored().brake).toBeUndefined();
  });
});

describe('the controller\'s claim', () => {
  test('quarantines what it leaves', async () => {
    await begun();
    expect(await claimedAct()).toMatchObject({ kind: 'written', state: { epoch: 2, quarantined: [A], intent: [B] } });
  });

  test('fails when anything was written since the decision was made', async () => {
    await begun();
    const from = await run(() => register.look(signal));
    await run(() => register.exclude(B, 'x', signal));
    expect(await run(() => register.claimAct(from, automatic(), signal))).toMatchObject({ kind: 'no' });
    expect(stored().epoch).toBe(1);
  });

  test('is read back where its answer was lost', async () => {
    await begun();
    table.fault = (call) => (call === 'put' ? 'lost answer' : undefined);
    expect(await claimedAct()).toMatchObject({ kind: 'written', state: { epoch: 2 } });
  });

  test('fails when its put was not made', async () => {
    await begun();
    table.fault = (call) => (call === 'put' ? 'not made' : undefined);
    expect(await claimedAct()).toMatchObject({ kind: 'no' });
  });

  test('over an act that nobody ended doubts what that one may have sent', async () => {
    await begun();
    await claimedAct();
    await claimedAct({ id: 'next', active: [C] });
    expect(stored().doubts).toMatchObject([{ epoch: 2, active: [B] }]);
  });

  test.each([
    ['done', 3, 3],
    ['unknown', 3, 2],
    ['unknown', 1, 0],
    ['failed', 0, 0],
  ] as const)('that ends as %s with %d submits without a last word leaves %d doubts, and an unended one leaves one more to the next claim', async (state, inDoubt, left) => {
    await begun();
    await claimedAct();
    await run(() => register.settleAct(2, 'auto', { state, outcome: '', inDoubt, retryMs: 0 }, signal));
    expect(stored().doubts).toHaveLength(left);
    await claimedAct({ id: 'next', active: [C] });
    expect(stored().doubts).toHaveLength(state === 'unknown' ? left + 1 : left);
    expect(new Set(stored().doubts.map(({ epoch, active }) => `${epoch} ${active.join()}`)).size).toBeLessThanOrEqual(1);
  });

  test('that repairs one of several late submits goes on to doubt the others', async () => {
    await begun();
    await claimedAct();
    await run(() => register.settleAct(2, 'auto', { state: 'done', outcome: '', inDoubt: 2, retryMs: 0 }, signal));
    await run(() => register.claim(intent([C]), signal));
    await run(() => register.settle({ epoch: 3 }, { kind: 'done', sentence: 'done' }, signal));
    await claimedAct({ id: 'repair', kind: 'repair', active: [C], landed: [B] });
    expect(stored().doubts).toMatchObject([{ epoch: 2, active: [B] }]);
  });

  test('that sent nothing is taken back, quarantine and all', async () => {
    await begun();
    await claimedAct();
    await run(() => register.settleAct(2, 'auto', { state: 'failed', outcome: 'no endpoint', inDoubt: 0, retryMs: 10 }, signal));
    expect(stored()).toMatchObject({ epoch: 2, intent: [A], quarantined: [], coolDownMs: 10, act: { state: 'failed' } });
  });

  test('to finish an act goes on from where that began, so that it can still be called off', async () => {
    await begun();
    await claimedAct();
    await claimedAct({ id: 'finisher' });
    expect(stored()).toMatchObject({ epoch: 3, intent: [B], act: { id: 'finisher', from: [A], quarantines: [A] }, quarantined: [A] });
    await claimedAct({ id: 'off', kind: 'called off', active: [A] });
    expect(stored()).toMatchObject({ intent: [A], quarantined: [], excluded: [], act: { state: 'done' } });
  });

  test('that calls a person\'s act off lifts the exclusion that it made', async () => {
    await begun();
    await run(() => register.claim(intent([B]), signal));
    await claimedAct({ id: 'off', kind: 'called off', active: [A] });
    expect(stored()).toMatchObject({ intent: [A], excluded: [], doubts: [{ active: [B] }] });
  });

  test('cannot be settled by who lost the epoch', async () => {
    await begun();
    await claimedAct();
    await run(() => register.claim(intent([C]), signal));
    expect(await run(() => register.settleAct(2, 'auto', { state: 'done', outcome: '', inDoubt: 0, retryMs: 0 }, signal))).toMatchObject({ kind: 'no' });
    expect(stored().act).toMatchObject({ kind: 'human', state: 'open' });
  });
});

describe('whether an act may go on', () => {
  const may = () => run(() => register.confirm(2, 'auto', signal));

  test('it may while it holds the epoch', async () => {
    await begun();
    await claimedAct();
    expect(await may()).toBeUndefined();
  });

  test('fails when a person has claimed since', async () => {
    await begun();
    await claimedAct();
    await run(() => register.claim(intent([C]), signal));
    expect(await may()).toMatch(/^the epoch is no longer this act's: 3, human by ana/);
  });

  test('fails when the brake was put on since', async () => {
    await begun();
    await claimedAct();
    await run(() => register.brake({ by: 'bob', why: 'stop' }, signal));
    expect(await may()).toBe('paused by bob: stop');
  });

  test('fails when the brake ended a moment ago, by clocks that may differ', async () => {
    await begun();
    await claimedAct();
    await run(() => register.brake({ by: 'bob', why: 'stop', until: WALL }, signal));
    expect(await may()).toBe('paused by bob: stop');
    await clock.pass(CLOCK_SKEW_MS);
    expect(await may()).toBeUndefined();
  });
});

test('times are counted down, and doubts end', async () => {
  await begun();
  await claimedAct();
  await claimedAct({ id: 'next', active: [C] });
  await run(async () => register.countDown((await register.look(signal))!, 800_000, signal));
  expect(stored()).toMatchObject({ coolDownMs: 100_000, doubts: [{ leftMs: 100_000 }] });
  await run(async () => register.countDown((await register.look(signal))!, 800_000, signal));
  expect(stored()).toMatchObject({ coolDownMs: 0, doubts: [] });
});

test.each<[string, object]>([
  ['its epoch is negative', { epoch: -1 }],
  ['it intends no active Region', { intent: [] }],
  ['it intends one Region twice', { intent: [A, A] }],
  ['its cool-down is no time', { coolDownMs: 'long' }],
  ['its brake says nobody', { brake: { why: 'x' } }],
  ['its act is of an unknown kind', { act: { id: 'x', kind: 'coup', by: '', why: '', from: [], quarantines: [], state: 'done' } }],
  ['an exclusion has no reason', { excluded: [{ region: A }] }],
  ['a doubt has no end', { doubts: [{ epoch: 1, active: [A] }] }],
  ['what is quarantined is no Region', { quarantined: ['moon'] }],
])('reading fails when %s', async (_, changed) => {
  await begun();
  table.write(REGISTER, { ...table.items.get(REGISTER)!.item, ...changed });
  await expect(run(() => register.read(signal))).rejects.toThrow('of the register');
});
