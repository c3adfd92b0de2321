import { policyOf } from '../../../../runtime/core/controller/policy';
import { askVetoes } from '../../../../runtime/core/controller/vetoes';
import { settings } from './estate';

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

  test('are asked three times at most', async () => {
    expect((await asked([30_000, 30_000, 30_000, 30_000])).looks).toBe(3);
  });
});
