import { setTimeout as sleep } from 'node:timers/promises';
import { Writer } from '../../campaign/writer';
import { HOME, INTERVAL_MS, ORDER, UNHEALTHY_FOR_MS, VOTERS } from './app';
import { GuardedEstate } from './guarded';

jest.setTimeout(180_000);

const [ACTIVE, TARGET] = ORDER;
/** A voter's Region without data. */
const ASIDE = 'eu-west-2';
/** Longer than a failover takes: time in which nothing may move. */
const QUIET_MS = UNHEALTHY_FOR_MS + 3 * INTERVAL_MS;

let estate: GuardedEstate;

beforeAll(async () => {
  estate = await GuardedEstate.start();
}, 180_000);
beforeEach(() => estate.reset());
afterAll(() => estate?.stop());

/** Nothing moves for as long as a failover takes; answers with why, by voter. */
async function quiet(): Promise<{ readonly [voter: string]: readonly string[] }> {
  const since = Date.now();
  await sleep(QUIET_MS);
  expect(await estate.active()).toEqual([ACTIVE]);
  return Object.fromEntries(await Promise.all(VOTERS.map(async (region) => [region, [...new Set((await estate.decisions(region, since)).map(({ reason }) => reason))]] as const)));
}

describe('the active Region dies', () => {
  test('and traffic leaves it by itself, under a writer; it is well again, and traffic stays where it is', async () => {
    const writer = new Writer(estate.aws, estate.arn, 'load');
    writer.start(200);
    await estate.until('writes land', async () => writer.acknowledged.length >= 5);
    const killedAt = Date.now();
    await estate.kill(ACTIVE, 'blackhole');
    await estate.moved(TARGET);
    const movedAt = Date.now();
    const before = writer.acknowledged.length;
    await estate.until('writes land again', async () => writer.acknowledged.length >= before + 5);
    await writer.stop();

    const { state } = (await estate.register())!;
    expect(state).toMatchObject({ intent: [TARGET], quarantined: [ACTIVE], act: { kind: 'failover', by: `voter ${TARGET}`, from: [ACTIVE] } });
    expect(state.act.why).toMatch(new RegExp(`^${ACTIVE} is down to 2 voters for \\d+ s; ${TARGET} takes over$`));
    expect(movedAt - killedAt).toBeGreaterThanOrEqual(UNHEALTHY_FOR_MS);

    await estate.aws.control.heal();
    // The cool-down is not what keeps it.
    await estate.until('the cool-down is over', () => estate.rewriteRegister((one) => ({ ...one, coolDownMs: 0 })));
    await estate.allWell();
    await sleep(QUIET_MS);
    expect(await estate.active()).toEqual([TARGET]);
    expect((await estate.register())!.state).toMatchObject({ epoch: state.epoch, quarantined: [ACTIVE] });
  });

  test('together with the home Region and us-east-1', async () => {
    for (const region of [HOME, 'us-east-1', ACTIVE]) await estate.kill(region);
    await estate.moved(TARGET);
  });
});

describe('traffic stays where it is', () => {
  test.each([ASIDE, TARGET])('when the control Region %s dies', async (region) => {
    await estate.kill(region);
    await quiet();
  });

  test('when two control Regions die, the active one among them: nobody has a majority', async () => {
    await estate.kill(ACTIVE);
    await estate.kill(ASIDE);
    expect((await quiet())[TARGET]).toContain('register unreadable');
  });
});
