import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Credentials } from '../../../local';
import { BYTES_BESIDE_A_LINE, LOG_BYTES, usageOf } from '../../../lib/private/controller-cost';
import { Alarm, Metric, withDefaults } from '../../../lib/private/controller-contract';
import { heartbeatKey } from '../../../runtime/aws/heartbeats';
import { systemWallClock } from '../../../runtime/aws/system';
import type { RegisterState } from '../../../runtime/core/controller/register-state';
import { fenceStatement } from '../../../runtime/core/operate/fence/statement';
import { Writer } from '../../campaign/writer';
import { type CliResult, runCli } from '../../local/run-cli';
import { createUser } from '../../local/support';
import type { LogLine, ObserverFunction } from '../../../local/controller/observers';
import { HOME, HOME_STACK, INTERVAL_MS, NAME, ORDER, UNHEALTHY_FOR_MS, VOTERS } from './app';
import { GuardedEstate } from './guarded';
import { grantedTo, scheduleOf, withoutPermission } from './permissions';

jest.setTimeout(180_000);

const [ACTIVE, TARGET] = ORDER;
/** A voter's Region without data. */
const ASIDE = 'eu-west-2';
/** Longer than a failover takes: time in which nothing may move. */
const QUIET_MS = UNHEALTHY_FOR_MS + 2 * INTERVAL_MS + 1_000;
const COUNTED_MS = 16_000;

let estate: GuardedEstate;
let client: Credentials;

beforeAll(async () => {
  estate = await GuardedEstate.start();
  client = await createUser(estate.aws, 'client', [{ Action: ['s3:PutObject'], Resource: ['*'] }]);
}, 180_000);
beforeEach(() => estate.reset());
afterAll(() => estate?.stop());

const voters = () => estate.functions.filter(({ role }) => role === 'voter');

/** Nothing moves for as long as a failover takes; answers with why, by voter. */
async function quiet(): Promise<{ readonly [voter: string]: readonly string[] }> {
  const since = Date.now();
  await sleep(QUIET_MS);
  expect(await estate.active()).toEqual([ACTIVE]);
  return Object.fromEntries(await Promise.all(VOTERS.map(async (region) => [region, [...new Set((await estate.decisions(region, since)).map(({ reason }) => reason))]] as const)));
}

test('uses no more than the cost function says', async () => {
  const since = Date.now();
  await sleep(COUNTED_MS);
  const took = Date.now() - since;
  const requests = (await estate.aws.control.accessLog(since)).filter(({ callerRegion, status }) => callerRegion !== undefined && status > 0);
  const counted = (...operations: string[]) => requests.filter(({ operation }) => operations.includes(operation)).length;
  const { settings } = estate.voter(ASIDE);
  const policy = withDefaults(settings.policy);
  const month = usageOf({ policy, dataRegions: ORDER.length, memoryMib: 256, alarms: true });
  // Runs may overlap within so short a time, and one look is begun in it that belongs to another.
  const share = (took + 6 * INTERVAL_MS) / (30 * 24 * 3_600_000);

  // Decisions are most of the log.
  const lines = (await Promise.all(voters().map((voter) => estate.lines(voter, since)))).flat().filter(({ said }) => 'action' in said).map(({ said }) => JSON.stringify(said).length + BYTES_BESIDE_A_LINE);
  expect(lines.length).toBeGreaterThanOrEqual(VOTERS.length * COUNTED_MS / INTERVAL_MS / 2);
  expect(Math.max(...lines)).toBeLessThanOrEqual(LOG_BYTES.decision);
  expect(Math.min(...lines)).toBeGreaterThanOrEqual(LOG_BYTES.decision / 2);

  const used = {
    bucketWrites: counted('PutObject'),
    bucketReads: counted('GetObject', 'HeadObject'),
    // A report of two Regions is one unit in each of three replicas.
    tableWriteUnits: 3 * counted('PutItem'),
    tableReadUnits: counted('GetItem', 'Query'),
  };
  for (const [figure, number] of Object.entries(used)) {
    const most = month[figure as keyof typeof used] * share;
    expect({ figure, number, isAtMost: number <= most, isCounted: number >= most / 3 }).toEqual({ figure, number, isAtMost: true, isCounted: true });
  }
  // Nothing else is called, but routes now and then.
  const known = ['PutObject', 'GetObject', 'HeadObject', 'PutItem', 'GetItem', 'Query', 'GetMultiRegionAccessPointRoutes'];
  expect([...new Set(requests.map(({ operation }) => operation))].filter((operation) => !known.includes(operation))).toEqual([]);
});

/** Until a voter publishes so: of each data Region whether it should be active and whether it is well, and figures of the controller. */
async function shows(region: string, since: number, ofRegions: { readonly [region: string]: readonly [active: number, well: number] }, figures: { readonly [metric: string]: number }): Promise<void> {
  const expected = { ...ofRegions, ...figures };
  const seen = async () => ({
    ...Object.fromEntries(await Promise.all(Object.keys(ofRegions).map(async (Region) => [Region, await Promise.all([Metric.ACTIVE_REGION, Metric.REGION_HEALTH].map(async (metric) => (await estate.published(region, metric, since, { Region })).last))] as const))),
    ...Object.fromEntries(await Promise.all(Object.keys(figures).map(async (metric) => [metric, (await estate.published(region, metric as typeof Metric.DRIFT, since)).last] as const))),
  });
  await estate.until(`the voter of ${region} publishes ${JSON.stringify(expected)}`, async () => isDeepStrictEqual(await seen(), expected));
}

/** Runs the shipped command as an operator would, with the manifest in a file. */
async function command({ aws, manifest }: GuardedEstate, ...words: string[]): Promise<CliResult> {
  const folder = mkdtempSync(join(tmpdir(), 's3-failover-guarded-'));
  try {
    writeFileSync(join(folder, 'media.json'), JSON.stringify(manifest));
    return await runCli(aws, [...words, '--manifest', join(folder, 'media.json')]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
    await tells(state, killedAt);

    await estate.aws.control.heal();
    // The cool-down is not what keeps it.
    await estate.until('the cool-down is over', () => estate.rewriteRegister((one) => ({ ...one, coolDownMs: 0 })));
    await estate.allWell();
    await sleep(QUIET_MS);
    expect(await estate.active()).toEqual([TARGET]);
    expect((await estate.register())!.state).toMatchObject({ epoch: state.epoch, quarantined: [ACTIVE] });
    // One event and one message, of the voter that acted, by nobody again.
    for (const region of VOTERS) {
      expect({ region, events: (await estate.ear.eventsIn(region, killedAt)).length }).toEqual({ region, events: region === TARGET ? 1 : 0 });
      expect({ region, mails: (await estate.ear.mailsIn(region, killedAt)).map(({ subject }) => subject) }).toEqual({ region, mails: region === TARGET ? [`[${NAME}] failed over: ${ACTIVE} -> ${TARGET}`] : [] });
    }
    expect((await estate.published(TARGET, Metric.FAILOVER_COUNT, killedAt)).sum).toBe(1);
    await estate.calmed(Alarm.VOTERS_TOO_FEW, VOTERS);
  });

  /** What a failover tells: rules of their own, people, dashboards and alarms. */
  async function tells({ epoch, act }: RegisterState, since: number): Promise<void> {
    const { ear } = estate;
    const [event] = await estate.until('a rule hears of the act', async () => (await ear.eventsIn(TARGET, since)).length > 0 && ear.eventsIn(TARGET, since));
    expect(event).toMatchObject({
      resources: [estate.arn],
      detail: {
        version: 1, controller: NAME, accessPoint: estate.arn, reason: 'down for long enough', sentence: act.why, from: [ACTIVE], to: [TARGET],
        act: { id: act.id, kind: 'failover', by: `voter ${TARGET}`, epoch, state: 'done', outcome: expect.stringContaining(TARGET) },
      },
    });
    // A heartbeat each minute, looked at with the tick that follows.
    expect(event.detail.behindAtMostMs).toBeGreaterThanOrEqual(0);
    expect(event.detail.behindAtMostMs).toBeLessThanOrEqual(90_000);

    const mail = await estate.until('people hear of the act', async () => (await ear.mailsIn(TARGET, since))[0]);
    expect(mail.subject).toBe(`[${NAME}] failed over: ${ACTIVE} -> ${TARGET}`);
    expect(mail.body.match(/^[A-Z ]+$/gm)).toEqual(['WHAT HAPPENED', 'WHY', 'HOW FAR IT CAME', 'WHAT IS KNOWN ABOUT THE DATA', 'WHAT TO DO NEXT', 'WHEN TO DO NOTHING']);
    for (const part of [`Failed over: ${ACTIVE} -> ${TARGET}`, act.id, act.why, estate.arn, `${TARGET} was at most`, `s3-failover reconcile ${ACTIVE} --name /s3-failover/${NAME}`, `If ${TARGET} serves well`]) expect(mail.body).toContain(part);

    for (const region of [TARGET, ASIDE]) {
      await estate.until(`${region} counts the failover`, async () => (await estate.published(region, Metric.FAILOVER_COUNT, since)).sum >= 1);
      const alarm = await estate.until(`an alarm of ${region} says that a failover happened`, async () => (await ear.alarmsIn(region, since)).find(({ name, state }) => name === `${NAME}-${Alarm.FAILED_OVER}` && state === 'ALARM'));
      expect(alarm.body).toContain(`runbook.md#${Alarm.FAILED_OVER}`);
      await shows(region, since, { [ACTIVE]: [0, 0], [TARGET]: [1, 1] }, { [Metric.VOTERS_FRESH]: 2, [Metric.HEALTHY_REGIONS]: 1, [Metric.BRAKE_ON]: 0, [Metric.DISPUTED]: 0, [Metric.MISCONFIGURED]: 0 });
      expect((await estate.published(region, Metric.REPLICATION_LAG, since, { Region: TARGET })).last).toBe(0);
      expect((await estate.published(region, Metric.DECISION_HELD, since, { Reason: 'suspect' })).sum).toBe((await estate.decisions(region, since)).filter(({ reason }) => reason === 'suspect').length);
    }
    expect((await estate.published(TARGET, Metric.DECISION_HELD, since, { Reason: 'suspect' })).sum).toBeGreaterThanOrEqual(1);
    await estate.alarmed(Alarm.VOTERS_TOO_FEW, [TARGET, ASIDE], since);
  }

  test('together with the home Region and us-east-1', async () => {
    for (const region of [HOME, 'us-east-1', ACTIVE]) await estate.kill(region);
    await estate.moved(TARGET);
  });
});

describe('traffic stays where it is', () => {
  test.each([ASIDE, TARGET])('when the control Region %s dies: too few voters are heard', async (region) => {
    const since = Date.now();
    await estate.kill(region);
    await quiet();
    for (const voter of VOTERS.filter((one) => one !== region)) {
      expect((await estate.published(voter, Metric.VOTERS_FRESH, since)).last).toBe(2);
      await estate.alarmed(Alarm.VOTERS_TOO_FEW, [voter], since);
    }
  });

  test('when two control Regions die, the active one among them: nobody has a majority', async () => {
    await estate.kill(ACTIVE);
    await estate.kill(ASIDE);
    expect((await quiet())[TARGET]).toContain('register unreadable');
  });

  test('while somebody has paused the controller by the command, and leaves once that is resumed, with the Region still dead', async () => {
    const paused = await command(estate, 'pause', '--why', 'maintenance of the network');
    expect({ code: paused.code, said: paused.stdout + paused.stderr }).toEqual({ code: 0, said: expect.stringMatching(/moves no traffic until 's3-failover resume'/) });
    const since = Date.now();
    await estate.kill(ACTIVE);
    const said = await quiet();
    for (const voter of [TARGET, ASIDE]) {
      expect(said[voter]).toContain('paused');
      await shows(voter, since, { [ACTIVE]: [1, 0], [TARGET]: [0, 1] }, { [Metric.BRAKE_ON]: 1 });
      // It keeps from something only since the Region is dead.
      expect((await estate.published(voter, Metric.DECISION_HELD, since, { Reason: 'paused' })).sum).toBeGreaterThanOrEqual(1);
      await estate.alarmed(Alarm.BRAKE_ON, [voter], since);
    }
    expect((await estate.decisions(TARGET)).at(-1)!.sentence).toMatch(/^paused by arn:.*: maintenance of the network/);

    const resumed = await command(estate, 'resume');
    expect({ code: resumed.code, said: resumed.stdout + resumed.stderr }).toEqual({ code: 0, said: expect.stringMatching(/the controller may move traffic/) });
    await estate.moved(TARGET);
  });

  test('when one voter cannot reach the active Region, and no other finds it down', async () => {
    await estate.cut(ASIDE, ACTIVE);
    const said = await quiet();
    for (const reasons of Object.values(said)) {
      expect(reasons).toContain('few votes');
      for (const ofMajority of ['suspect', 'disputed', 'not my turn']) expect(reasons).not.toContain(ofMajority);
    }
  });

  test('when two voters cannot reach the active Region, and it is well to its own observer: disputed', async () => {
    const since = Date.now();
    for (const from of [ASIDE, TARGET]) await estate.cut(from, ACTIVE);
    await quiet();
    await estate.decided(TARGET, since, 'disputed');
    for (const voter of VOTERS) {
      await shows(voter, since, { [ACTIVE]: [1, 0], [TARGET]: [0, 1] }, { [Metric.DISPUTED]: 1, [Metric.VOTERS_FRESH]: 3 });
      expect((await estate.published(voter, Metric.DECISION_HELD, since, { Reason: 'disputed' })).sum).toBeGreaterThanOrEqual(1);
      await estate.alarmed(Alarm.DISPUTED, [voter], since);
    }
    expect((await estate.decisions(TARGET)).at(-1)!.sentence).toMatch(new RegExp(`^${ACTIVE} is down to a majority of voters for \\d+ s and well to its own observer; held until 600 s$`));
    const shown = await command(estate, 'status');
    expect(shown.stdout).toMatch(new RegExp(`${ACTIVE} is down to a majority of voters for .* and well to its own\\s+observer`));
  });

  test('when a policy refuses the probes: a mistake that no failover mends, also where no other Region is well', async () => {
    const since = Date.now();
    const { data, probe } = estate.voter(ASIDE).settings.regions[ACTIVE];
    const refuse = (bucket: string) => [{ Effect: 'Deny', Principal: '*', Action: ['s3:PutObject', 's3:GetObject'], Resource: `arn:aws:s3:::${bucket}/*` }];
    const said = await estate.withPolicy(ACTIVE, [data, probe], refuse, async () => {
      const reasons = await quiet();
      for (const voter of VOTERS) {
        await shows(voter, since, { [ACTIVE]: [1, 0], [TARGET]: [0, 1] }, { [Metric.MISCONFIGURED]: 1, [Metric.HEALTHY_REGIONS]: 1 });
        await estate.alarmed(Alarm.MISCONFIGURED, [voter], since);
        expect((await estate.alarm(voter, Alarm.NO_HEALTHY_REGION)).state).toBe('OK');
      }
      await estate.aws.control.setBucket(estate.voter(ASIDE).settings.regions[TARGET].probe, { kind: 'failing', status: 503 });
      await estate.alarmed(Alarm.NO_HEALTHY_REGION, VOTERS, since);
      expect(await estate.active()).toEqual([ACTIVE]);
      return reasons;
    });
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

describe('every permission of an observer is missed', () => {
  const TICKS_MS = 3 * INTERVAL_MS;
  /** A report is stale by then, and its observer no longer counted. */
  const STALE_MS = 5 * INTERVAL_MS;
  const selves = () => estate.functions.filter(({ role }) => role === 'self');
  const all = () => true;
  const bucket = (kind: 'data' | 'probe', region: string) => (resource: string) => resource.startsWith(`arn:aws:s3:::${estate.voter(ASIDE).settings.regions[region][kind]}`);
  const isHeartbeat = (resource: string) => resource.includes('heartbeat/');
  const INSIDE = /this Region could not be looked at from inside/;
  /** Names every Region: each has its own permission. */
  const MISTAKE = new RegExp(`a mistake and no outage: ${[...ORDER].sort().join(', ')}`);

  interface Lack {
    readonly action: string;
    readonly of: (resource: string, observer: ObserverFunction) => boolean;
    readonly notice: RegExp;
  }

  /** The selves lack one of theirs while the voters lack one: neither sees the other's. */
  const ROUNDS: readonly { readonly voters: Lack; readonly selves?: Lack; readonly before?: () => Promise<void>; readonly forMs?: number }[] = [
    { voters: { action: 'dynamodb:GetItem', of: all, notice: /"reason":"register unreadable"/ }, selves: { action: 'dynamodb:GetItem', of: all, notice: /what this observer said last could not be read/ } },
    { voters: { action: 'dynamodb:Query', of: all, notice: /"reason":"register unreadable"/ }, selves: { action: 's3:PutObject', of: (resource, { region }) => bucket('probe', region)(resource), notice: INSIDE } },
    { voters: { action: 'dynamodb:PutItem', of: all, notice: /"reason":"not heard"/ }, selves: { action: 'dynamodb:PutItem', of: all, notice: /no report was written/ }, forMs: STALE_MS },
    { voters: { action: 's3:PutObject', of: all, notice: MISTAKE }, selves: { action: 's3:GetObject', of: all, notice: INSIDE } },
    { voters: { action: 's3:GetObject', of: all, notice: MISTAKE } },
    { voters: { action: 's3:ListBucket', of: all, notice: MISTAKE }, selves: { action: 's3:ListBucket', of: all, notice: INSIDE }, before: removeHeartbeats },
    // Silence. What a voter's is noticed by is below.
    { voters: { action: 'logs:PutLogEvents', of: all, notice: /^$/ }, selves: { action: 'logs:PutLogEvents', of: all, notice: /^$/ } },
  ];
  /** People are told of acts by these. */
  const NOTICES = ['sns:Publish', 'events:PutEvents'];
  const HEARTBEAT: Lack = { action: 's3:PutObject', of: isHeartbeat, notice: /no heartbeat was written/ };

  /** For so many ticks each observer lacks what it is given to lack; answers which of them said nothing of it. */
  async function silentWithout(lacks: readonly (readonly [ObserverFunction, Lack])[], forMs: number): Promise<string[]> {
    const lackOf = (observer: ObserverFunction) => lacks.find(([one]) => one === observer)![1];
    return withoutPermission(estate, lacks.map(([observer]) => observer), ({ action, resource }, observer) => action === lackOf(observer).action && lackOf(observer).of(resource, observer), async () => {
      await sleep(300);
      const since = Date.now();
      await sleep(forMs);
      expect(await estate.active()).toEqual([ACTIVE]);
      const said = await Promise.all(lacks.map(async ([observer, { action, notice }]) => {
        const lines = (await estate.lines(observer, since)).map((line) => JSON.stringify(line.said)).join('\n');
        return notice.test(lines) ? [] : [`${observer.role} in ${observer.region} without ${action}: ${lines.slice(-600)}`];
      }));
      return said.flat();
    });
  }

  /** What observers read is not there yet, as in the first minute of a controller, and all is well nevertheless. */
  async function removeHeartbeats(): Promise<void> {
    const { keyPrefix, regions } = estate.voter(ASIDE).settings;
    await Promise.all(ORDER.map((region) => estate.aws.clients.s3(region).send(new DeleteObjectCommand({ Bucket: regions[region].data, Key: heartbeatKey(keyPrefix, region) }))));
    await sleep(INTERVAL_MS);
    await estate.allWell();
  }

  test('of its looks, its reports, its heartbeat and its log', async () => {
    const began = Date.now();
    await withoutPermission(estate, selves(), ({ action, resource }) => action === HEARTBEAT.action && isHeartbeat(resource), async () => {
      for (const { voters: ofVoters, selves: ofSelves, before, forMs = TICKS_MS } of ROUNDS) {
        await before?.();
        expect(await silentWithout([...voters().map((voter) => [voter, ofVoters] as const), ...(ofSelves ? selves().map((self) => [self, ofSelves] as const) : [])], forMs)).toEqual([]);
      }
      for (const self of selves()) await estate.until(`${self.region} misses its heartbeat`, async () => (await estate.lines(self, began)).some(({ said }) => HEARTBEAT.notice.test(String(said.message))));
    });
  });

  test('of its acts: they move nothing and say so, and are made once they may', async () => {
    const failed = async (action: string, since: number) => {
      const isRefused = ({ said }: { readonly said: { readonly [field: string]: unknown } }) => said.kind === 'failover' && said.level === 'WARN' && /403|denied/i.test(String(said.message));
      await estate.until(`an act without ${action} fails`, async () => (await estate.lines(estate.voter(TARGET), since)).some(isRefused));
      expect(await estate.active()).toEqual([ACTIVE]);
    };
    // Whose log is silent may not act either: what became of it would not be heard.
    const mutes = (action: string) => action === 'logs:CreateLogStream' || action === 's3:SubmitMultiRegionAccessPointRoutes' || action === 's3:GetMultiRegionAccessPointRoutes';
    const mute = [estate.voter(ASIDE), estate.functions.find(({ role, region }) => role === 'self' && region === TARGET)!];
    // Voters without a log a moment ago have raised it.
    await estate.calmed(Alarm.NO_HEALTHY_REGION, [ASIDE]);
    const began = Date.now();
    await withoutPermission(estate, voters(), ({ action }) => NOTICES.includes(action), () => withoutPermission(estate, mute, ({ action }) => mutes(action), async () => {
      for (const one of mute) await estate.crash(one);
      await estate.nextMinute();
      const since = Date.now();
      await estate.kill(ACTIVE);
      for (const action of ['s3:GetMultiRegionAccessPointRoutes', 's3:SubmitMultiRegionAccessPointRoutes']) {
        const asked = Date.now();
        await withoutPermission(estate, [estate.voter(TARGET)], (granted) => granted.action === action, () => failed(action, asked));
      }
      await estate.moved(TARGET);

      // Nobody is told of that act, but by its voter's log, and by the alarms.
      const isLost = ({ said }: LogLine) => /not everybody was told of an act.*events PutEvents .*403.*sns Publish .*403/.test(JSON.stringify([said.message, said.lost]));
      await estate.until('the voter says that nobody was told', async () => (await estate.lines(estate.voter(TARGET), since)).some(isLost));
      expect([await estate.ear.mailsIn(TARGET, began), await estate.ear.eventsIn(TARGET, began)]).toEqual([[], []]);
      await estate.until('the alarm says that a failover happened', async () => (await estate.ear.alarmsIn(TARGET, since)).some(({ name, state }) => name === `${NAME}-${Alarm.FAILED_OVER}` && state === 'ALARM'));

      // Without a log there are no metrics either, which the alarms of that Region take for the worst.
      for (const one of mute) expect(await estate.lines(one, since)).toEqual([]);
      expect((await estate.published(ASIDE, Metric.VOTERS_FRESH, since)).last).toBeUndefined();
      await estate.alarmed(Alarm.NO_HEALTHY_REGION, [ASIDE], began);
      expect((await estate.alarm(TARGET, Alarm.NO_HEALTHY_REGION)).state).toBe('OK');
    }));
  });

  test('of its schedule: a voter that is not started any more is missed by the others, and starts once it may be', async () => {
    const voter = estate.voter(ASIDE);
    await withoutPermission(estate, [await scheduleOf(estate, voter)], ({ action }) => action === 'lambda:InvokeFunction', async () => {
      await estate.crash(voter);
      const since = Date.now();
      await estate.nextMinute();
      for (const region of [TARGET, ACTIVE]) {
        await estate.alarmed(Alarm.VOTERS_TOO_FEW, [region], since);
        expect((await estate.published(region, Metric.VOTERS_FRESH, since)).last).toBe(2);
      }
      expect(await estate.lines(voter, since)).toEqual([]);
    });
    await estate.nextMinute();
    await estate.calmed(Alarm.VOTERS_TOO_FEW, [TARGET, ACTIVE]);
  });

  test('and no other is granted', async () => {
    const ofActs = ['s3:SubmitMultiRegionAccessPointRoutes', 's3:GetMultiRegionAccessPointRoutes'];
    const ofLogs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const actions = (some: readonly { readonly action: string }[]) => some.map(({ action }) => action);
    for (const voter of voters()) expect(new Set(actions(await grantedTo(estate, voter)))).toEqual(new Set([...actions(ROUNDS.map((round) => round.voters)), ...ofActs, ...NOTICES, ...ofLogs]));
    for (const self of selves()) expect(new Set(actions(await grantedTo(estate, self)))).toEqual(new Set([...actions(ROUNDS.flatMap((round) => round.selves ?? [])), ...ofLogs]));
    for (const one of estate.functions) expect(await grantedTo(estate, await scheduleOf(estate, one))).toEqual([{ action: 'lambda:InvokeFunction', resource: expect.stringContaining(one.name) }]);
  });
});

test('fails to deploy an application that leaves its controller behind, which goes on', async () => {
  const { exitCode, output } = await estate.deployUncontrolled();
  expect(exitCode).not.toBe(0);
  expect(output.replace(/\s+/g, ' ')).toContain(`the controller of this bucket must be destroyed before this deployment leaves it out, and its table '${NAME}-controller' is still in ${VOTERS.join(', ')}`);
  const { Stacks } = await estate.aws.clients.cloudFormation(HOME).send(new DescribeStacksCommand({ StackName: HOME_STACK }));
  expect(Stacks![0].StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  await estate.allWell();
});
