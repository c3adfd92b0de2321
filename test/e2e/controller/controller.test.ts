import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Credentials } from '../../../local';
import { systemWallClock } from '../../../runtime/aws/system';
import { fenceStatement } from '../../../runtime/core/operate/fence/statement';
import { Writer } from '../../campaign/writer';
import { createUser } from '../../local/support';
import { HOME, INTERVAL_MS, ORDER, UNHEALTHY_FOR_MS, VOTERS } from './app';
import { GuardedEstate } from './guarded';

jest.setTimeout(180_000);

const [ACTIVE, TARGET] = ORDER;
/** A voter's Region without data. */
const ASIDE = 'eu-west-2';
/** Longer than a failover takes: time in which nothing may move. */
const QUIET_MS = UNHEALTHY_FOR_MS + 3 * INTERVAL_MS;

let estate: GuardedEstate;
let client: Credentials;

beforeAll(async () => {
  estate = await GuardedEstate.start();
  client = await createUser(estate.aws, 'client', [{ Action: ['s3:PutObject'], Resource: ['*'] }]);
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

  test('when one voter cannot reach the active Region, and no other finds it down', async () => {
    await estate.cut(ASIDE, ACTIVE);
    const said = await quiet();
    for (const reasons of Object.values(said)) {
      expect(reasons).toContain('few votes');
      expect(['few votes', 'healthy']).toEqual(expect.arrayContaining([...reasons]));
    }
  });

  test('when two voters cannot reach the active Region, and it is well to its own observer: disputed', async () => {
    for (const from of [ASIDE, TARGET]) await estate.cut(from, ACTIVE);
    const said = await quiet();
    expect(said[TARGET]).toContain('disputed');
    expect((await estate.decisions(TARGET)).at(-1)!.sentence).toMatch(new RegExp(`^${ACTIVE} is down to a majority of voters for \\d+ s and well to its own observer; held until 600 s$`));
  });

  test('when a policy refuses the probes: a mistake that no failover mends', async () => {
    const { data, probe } = estate.voter(ASIDE).settings.regions[ACTIVE];
    const refuse = (bucket: string) => [{ Effect: 'Deny', Principal: '*', Action: ['s3:PutObject', 's3:GetObject'], Resource: `arn:aws:s3:::${bucket}/*` }];
    const said = await estate.withPolicy(ACTIVE, [data, probe], refuse, quiet);
    for (const reasons of Object.values(said)) expect(reasons).toContain('misconfigured');
  });

  test('while a fence keeps clients from writing to the active Region', async () => {
    const { data } = estate.voter(ASIDE).settings.regions[ACTIVE];
    const fence = (bucket: string) => [JSON.parse(fenceStatement(systemWallClock, { actId: 'fencedbyhand', until: Date.now() + 60_000 }, { partition: 'aws', bucket }))];
    await estate.withPolicy(ACTIVE, [data], fence, async () => {
      await expect(estate.aws.clients.dataPlane({ maxAttempts: 1, credentials: client }).send(new PutObjectCommand({ Bucket: estate.arn, Key: 'fenced', Body: 'x' }))).rejects.toThrow(/denied|not authorized/i);
      for (const reasons of Object.values(await quiet())) expect(reasons).toEqual(['healthy']);
    });
  });
});
