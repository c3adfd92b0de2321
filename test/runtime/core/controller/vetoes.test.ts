import { policyOf } from '../../../../runtime/core/controller/policy';
import { askVetoes, vetoOf } from '../../../../runtime/core/controller/vetoes';
import type { VetoSight } from '../../../../runtime/core/controller/view';
import { VirtualClock } from '../../support/virtual-clock';
import { settings } from './estate';
import { viewOf } from './views';

const ALARM = { region: 'us-east-2', name: 'orders' };
const policy = policyOf(settings({ vetoAlarms: [ALARM] }));

/** Each look takes so long on the process's own clock, and has no answer but the last. */
async function asked(tookMs: readonly number[]) {
  let now = 0;
  let looks = 0;
  const states = async () => {
    const took = tookMs[looks++];
    now += took;
    if (looks < tookMs.length) throw new Error('no answer');
    return new Map([[ALARM.name, 'in alarm' as const]]);
  };
  const clock = { now: () => now, sleep: () => new Promise<void>(() => undefined) };
  return { sights: await askVetoes({ clock, alarms: { states } }, policy, new AbortController().signal), looks };
}

describe('the alarms that may hold', () => {
  test('are asked again by a process that was stopped while it asked', async () => {
    expect(await asked([30_000, 40])).toEqual({ sights: [{ ...ALARM, state: 'in alarm' }], looks: 2 });
  });

  test('are asked once where they do not answer in time', async () => {
    expect(await asked([2_000, 40])).toEqual({ sights: [{ ...ALARM, state: 'not known', why: 'no answer' }], looks: 1 });
  });

  test.each([[3_000, 1], [3_001, 2]])('that come back after %i ms are asked %i times: a little late is late, and no more', async (took, looks) => {
    expect((await asked([took, 40])).looks).toBe(looks);
    // Nor does it matter how late it was when they were asked.
    expect((await asked([30_000, took, 40])).looks).toBe(looks + 1);
  });

  test('are asked again while one of them is not known, and not where all are', async () => {
    let now = 0;
    let looks = 0;
    const clock = { now: () => now, sleep: () => new Promise<void>(() => undefined) };
    const two = policyOf(settings({ vetoAlarms: [ALARM, { ...ALARM, name: 'payments' }] }));
    const ask = (...answers: ReadonlyMap<string, 'in alarm' | 'quiet'>[]) => {
      [now, looks] = [0, 0];
      return askVetoes({ clock, alarms: { states: async () => ((now += 30_000), answers[Math.min(looks++, answers.length - 1)]) } }, two, new AbortController().signal);
    };
    expect(await ask(new Map([['orders', 'quiet']]), new Map([['orders', 'quiet'], ['payments', 'quiet']]))).toMatchObject([{ state: 'quiet' }, { state: 'quiet' }]);
    expect(looks).toBe(2);
    await ask(new Map([['orders', 'quiet'], ['payments', 'quiet']]));
    expect(looks).toBe(1);
  });

  test('are asked in their own Regions, each Region once, and one that is not there is not known', async () => {
    const told: [string, readonly string[]][] = [];
    const clock = new VirtualClock();
    const states = async (region: string, names: readonly string[]) => {
      told.push([region, names]);
      return new Map([['orders', 'quiet' as const]]);
    };
    const alarms = policyOf(settings({ vetoAlarms: [ALARM, { region: 'us-west-2', name: 'orders' }, { ...ALARM, name: 'gone' }] }));
    expect(await clock.run(() => askVetoes({ clock, alarms: { states } }, alarms, new AbortController().signal))).toEqual([
      { ...ALARM, state: 'quiet' },
      { ...ALARM, name: 'gone', state: 'not known', why: 'there is no such alarm' },
      { region: 'us-west-2', name: 'orders', state: 'quiet' },
    ]);
    expect(told).toEqual([['us-east-2', ['orders', 'gone']], ['us-west-2', ['orders']]]);
  });

  test('are asked three times at most', async () => {
    expect((await asked([30_000, 30_000, 30_000, 30_000])).looks).toBe(3);
  });
});

describe('what they say together', () => {
  const two = policyOf(settings({ vetoAlarms: [ALARM, { region: 'us-west-2', name: 'orders' }] }));
  const quiet: VetoSight = { ...ALARM, state: 'quiet' };
  const said = (...vetoes: VetoSight[]) => vetoOf(viewOf({ vetoes }, two), two);

  test('is nothing where each is quiet, and names those that are not known', () => {
    expect(said(quiet, { ...quiet, region: 'us-west-2' })).toEqual({ kind: 'none', unread: [] });
    expect(said(quiet, { region: 'us-west-2', name: 'orders', state: 'not known', why: 'no answer' })).toEqual({ kind: 'none', unread: ["'orders' in us-west-2: no answer"] });
  });

  test('is a veto where one is raised, in its Region and of its name', () => {
    expect(said(quiet, { region: 'us-west-2', name: 'orders', state: 'in alarm' })).toEqual({ kind: 'veto', alarms: ["'orders' in us-west-2"] });
  });

  test('is that they were not asked, where one of them was not', () => {
    expect(said(quiet)).toEqual({ kind: 'not asked', alarms: ["'orders' in us-west-2"] });
    expect(said({ ...quiet, name: 'other' }, { ...quiet, region: 'us-west-2' })).toEqual({ kind: 'not asked', alarms: ["'orders' in us-east-2"] });
    expect(vetoOf(viewOf({}, two), two)).toMatchObject({ kind: 'not asked', alarms: ["'orders' in us-east-2", "'orders' in us-west-2"] });
  });
});
