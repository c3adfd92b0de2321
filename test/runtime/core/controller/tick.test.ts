import { policyOf } from '../../../../runtime/core/controller/policy';
import { REGISTER } from '../../../../runtime/core/controller/register-state';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { CONTROL_REGIONS as ENDPOINTS } from '../../../../lib/private/contract';
import type { Script } from '../../support/control-plane';
import { A, B, C, down, ORDER, settings, SmallEstate, VOTERS } from './estate';

let estate: SmallEstate;
afterEach(async () => {
  estate.stop.abort();
  await estate.pass(60);
});

const signal = new AbortController().signal;

/** Voters that have seen each other, over a register that is written. */
async function settledIn(changed: ConstructorParameters<typeof SmallEstate>[0] = {}, scripts: { readonly [endpoint: string]: Script } = {}): Promise<void> {
  estate = new SmallEstate(changed, scripts);
  estate.startVoters();
  await estate.pass(90);
}

/** A person's act through the command: claim, submit, settle. */
async function personMoves(to: string): Promise<void> {
  const { operator } = estate;
  const act = async () => {
    const claimed = await operator.claim({ actId: `person to ${to}`, by: 'ana', why: 'drill', active: [to], overBrake: false }, signal);
    if (claimed.kind === 'refused') throw new Error(claimed.reason);
    estate.plane.move(routesWith([to], ORDER));
    await operator.settle(claimed.claim, { kind: 'done', sentence: 'done' }, signal);
  };
  void act();
  await estate.pass(1);
}

describe('while all is well', () => {
  test('the register begins with the routes as they are, and nothing is sent', async () => {
    await settledIn();
    expect(estate.register).toMatchObject({ epoch: 1, intent: [A], coolDownMs: 0, act: { kind: 'adopted', state: 'done' } });
    expect(estate.plane.submits).toEqual([]);
    expect(estate.reasons(80_000)).toEqual(['healthy']);
  });

  test('one voter looks at the routes, once a minute', async () => {
    await settledIn();
    const before = estate.plane.callsOf('read').length;
    await estate.pass(600);
    expect(estate.plane.callsOf('read').length - before).toBe(10 * estate.plane.endpoints.length);
  });
});

describe('a Region that is gone', () => {
  test('is left for the next in order, by one voter with one submit, and quarantined', async () => {
    await settledIn();
    estate.probe = down(A);
    await estate.pass(100);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.plane.submits).toHaveLength(1);
    expect(estate.register).toMatchObject({ epoch: 2, intent: [B], act: { kind: 'failover', state: 'done' }, quarantined: [A] });
    expect(estate.table.items.get('history/02')?.item).toMatchObject({ epoch: 2, kind: 'failover', from: [A], to: [B], quarantines: [A], state: 'done' });
    expect(estate.acts.map(({ kind, state }) => [kind, state])).toEqual([['adopted', 'done'], ['failover', 'done']]);
  });

  test('is left although its voter and its control endpoint died with it', async () => {
    await settledIn({}, { [A]: { read: [{}, {}, { silent: true }], submit: [{ silent: true }] } });
    estate.probe = (by, region) => (by.region === A || region === A ? 'silent' : { kind: 'ok', ms: 30 });
    estate.table.fault = (_, by) => (by === A ? 'dead' : undefined);
    // What the policy promises: unhealthyFor, two ticks, a stagger and 15 s.
    await estate.pass(60 + 2 * 10 + 15 + 15);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.plane.submits.map(({ endpoint }) => endpoint)).not.toContain(A);
  });

  test('is not gone back to by itself', async () => {
    await settledIn();
    estate.probe = down(A);
    await estate.pass(100);
    estate.probe = down();
    await estate.pass(3_600);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.plane.submits).toHaveLength(1);
    expect(estate.register.coolDownMs).toBe(0);
  });

  test('is not left again within the cool-down, and is after it', async () => {
    await settledIn({ coolDownMs: 300_000 });
    estate.probe = down(A);
    await estate.pass(100);
    estate.probe = down(A, B);
    await estate.pass(200);
    expect(estate.reasons(200_000)).toContain('cooling down');
    expect(estate.plane.active).toEqual([B]);
    await estate.pass(400);
    expect(estate.plane.active).toEqual([C]);
  });

  test('is gone back to once drained and lifted out of quarantine, where the policy says so', async () => {
    await settledIn({ failback: { kind: 'when drained', forMs: 60_000 }, coolDownMs: 200_000 });
    estate.lag = () => ({ lagMs: 0, drainedForMs: 120_000 });
    estate.probe = down(A);
    await estate.pass(100);
    estate.probe = down();
    await estate.pass(600);
    expect(estate.plane.active).toEqual([B]);
    void estate.operator.liftQuarantine(A, signal);
    await estate.pass(30);
    expect(estate.plane.active).toEqual([A]);
    expect(estate.register.act).toMatchObject({ kind: 'failback', state: 'done' });
  });
});

describe('one observer', () => {
  test('that lies moves nothing', async () => {
    await settledIn();
    estate.probe = (by, region) => (by.region === 'us-east-2' && region === A ? { kind: 'down', reason: 'a lie' } : { kind: 'ok', ms: 30 });
    await estate.pass(900);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.reasons(400_000)).toEqual(['few votes']);
  });

  test('and the Region itself can keep traffic: a Region that is well to its own observer is disputed', async () => {
    await settledIn();
    estate.start([{ role: 'self', region: A }]);
    estate.probe = (by, region) => (region === A && by.role === 'voter' ? { kind: 'down', reason: 'cut off' } : { kind: 'ok', ms: 30 });
    await estate.pass(500);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.reasons(300_000)).toContain('disputed');
    await estate.pass(200);
    expect(estate.plane.active).toEqual([B]);
  });

  test('that reaches nothing at all has no vote', async () => {
    await settledIn();
    estate.probe = (by) => (by.region === A ? { kind: 'ok', ms: 30 } : { kind: 'down', reason: 'cut off' });
    await estate.pass(600);
    expect(estate.plane.submits).toEqual([]);
  });
});

describe('the brake', () => {
  test('holds everything, until it is released', async () => {
    await settledIn();
    void estate.operator.brake({ by: 'ana', why: 'a deployment' }, signal);
    await estate.pass(1);
    estate.probe = down(A);
    await estate.pass(600);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.reasons(200_000)).toEqual(['paused']);
    void estate.operator.release(signal);
    await estate.pass(60);
    expect(estate.plane.active).toEqual([B]);
  });

  test('stops an act between its claim and its submit', async () => {
    await settledIn();
    estate.table.before = (key) => {
      if (key !== REGISTER || estate.register.epoch !== 1) return;
      estate.table.before = () => undefined;
      void estate.operator.brake({ by: 'ana', why: 'just in time' }, signal);
    };
    estate.probe = down(A);
    await estate.pass(200);
    expect(estate.register).toMatchObject({ epoch: 2, brake: { by: 'ana' } });
    expect(estate.plane.submits).toEqual([]);
  });
});

describe('an act that is cut off', () => {
  test('after its claim is finished by the next voter, once', async () => {
    await settledIn();
    let cut = false;
    estate.table.before = (key) => void (cut ||= key === REGISTER && estate.register.epoch === 1 && estate.reasons().includes('suspect'));
    estate.table.fault = (_, by) => (cut && by === A ? 'dead' : undefined);
    estate.probe = down(A);
    await estate.pass(100);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.register).toMatchObject({ epoch: 2, act: { state: 'open', by: `voter ${A}` } });
    await estate.pass(100);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.plane.submits).toHaveLength(1);
    expect(estate.register).toMatchObject({ epoch: 3, act: { state: 'done', by: 'voter us-east-2' } });
  });

  test('before it sent anything is called off when the Region is well again', async () => {
    await settledIn();
    let cut = false;
    estate.table.before = (key) => {
      if (key !== REGISTER || estate.register.epoch !== 1) return;
      cut = true;
      estate.probe = down();
    };
    estate.table.fault = (_, by) => (cut && by === A ? 'dead' : undefined);
    estate.probe = down(A);
    await estate.pass(300);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.register).toMatchObject({ intent: [A], quarantined: [], act: { kind: 'called off', state: 'done' } });
  });

  test('by a lost answer to its claim goes on', async () => {
    await settledIn();
    let lost = 0;
    estate.table.fault = (call, _, key) => (call === 'put' && key === REGISTER && lost++ === 0 ? 'lost answer' : undefined);
    estate.probe = down(A);
    await estate.pass(100);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.register).toMatchObject({ epoch: 2, act: { state: 'done' } });
    expect(estate.plane.submits).toHaveLength(1);
  });
});

describe('a person', () => {
  test('who moves traffic in the console is followed: adopted, the Region left excluded, nothing sent', async () => {
    await settledIn();
    estate.plane.move(routesWith([C], ORDER));
    await estate.pass(120);
    expect(estate.register).toMatchObject({ intent: [C], act: { kind: 'adopted' }, excluded: [{ region: A, moved: true }] });
    estate.probe = down(C);
    await estate.pass(1_000);
    expect(estate.plane.submits).toEqual([]);
    await estate.pass(1_200);
    expect(estate.plane.active).toEqual([B]);
  });

  test('who moves traffic through the command is not undone', async () => {
    await settledIn();
    await personMoves(C);
    await estate.pass(900);
    expect(estate.plane.active).toEqual([C]);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.register).toMatchObject({ intent: [C], act: { kind: 'human', state: 'done' } });
  });
});

describe('a submit that lands late', () => {
  test('over what a person did since is repaired, once', async () => {
    await settledIn({}, { [B]: { submit: [{ silent: true, landsAfterMs: 500_000 }, {}], latencyMs: 10 } });
    estate.probe = down(A);
    await estate.pass(120);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.register.doubts).toMatchObject([{ active: [B] }]);
    await personMoves(C);
    await estate.pass(500);
    expect(estate.plane.history.map(({ routes }) => routes.find(({ dial }) => dial === 100)?.region)).toEqual([A, B, C, B, C]);
    expect(estate.register).toMatchObject({ intent: [C], act: { kind: 'repair', state: 'done' }, doubts: [] });
    estate.plane.move(routesWith([B], ORDER));
    await estate.pass(200);
    expect(estate.register).toMatchObject({ intent: [B], act: { kind: 'adopted' } });
  });
});

describe('an act that nobody can finish', () => {
  test('is over with its cool-down, though no endpoint answers', async () => {
    const mute = { read: [{ silent: true }], submit: [{ silent: true }] };
    estate = new SmallEstate({}, Object.fromEntries(ENDPOINTS.map((region) => [region, mute])));
    const act = { id: 'lost', kind: 'failover', by: 'voter us-east-2', why: '', from: [A], quarantines: [A], state: 'unknown' };
    estate.table.write(REGISTER, { version: 1, epoch: 4, intent: [B], act, coolDownMs: 600_000, excluded: [], quarantined: [A], doubts: [] });
    estate.probe = down(A);
    estate.startVoters();
    await estate.pass(400);
    expect(estate.reasons(200_000)).toContain('left unfinished');
    expect(estate.register.coolDownMs).toBeLessThan(400_000);
  });

  test('stays to be finished where each endpoint turns it away', async () => {
    estate = new SmallEstate({}, Object.fromEntries(ENDPOINTS.map((region) => [region, { submit: [{ fails: 'slow down' as const }] }])));
    const act = { id: 'lost', kind: 'failover', by: 'voter us-east-2', why: '', from: [A], quarantines: [A], state: 'unknown' };
    estate.table.write(REGISTER, { version: 1, epoch: 4, intent: [B], act, coolDownMs: 600_000, excluded: [], quarantined: [A], doubts: [] });
    estate.probe = down(A);
    estate.startVoters();
    await estate.pass(200);
    expect(estate.register.epoch).toBeGreaterThan(4);
    expect(estate.register).toMatchObject({ intent: [B], act: { kind: 'failover', from: [A] }, quarantined: [A] });
    expect(estate.plane.active).toEqual([A]);
  });

  test('gives way to a person who has moved traffic elsewhere with the card', async () => {
    await settledIn({}, Object.fromEntries(ENDPOINTS.map((region) => [region, { submit: [{ silent: true }] }])));
    estate.probe = down(A);
    await estate.pass(130);
    expect(estate.register).toMatchObject({ intent: [B], act: { state: 'unknown' } });
    estate.plane.move(routesWith([C], ORDER));
    await estate.pass(120);
    expect(estate.register).toMatchObject({ intent: [C], act: { kind: 'adopted' } });
    expect(estate.plane.active).toEqual([C]);
  });
});

describe('doubt', () => {
  test('of a table that does not answer a minority holds there, and the others act', async () => {
    await settledIn();
    estate.table.fault = (_, by) => (by === 'us-west-2' ? 'dead' : undefined);
    estate.probe = down(A);
    await estate.pass(120);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.acts.map(({ by }) => by)).not.toContain('voter us-west-2');
  });

  test('of too few voters holds', async () => {
    await settledIn();
    estate.table.fault = (_, by) => (by === A ? undefined : 'dead');
    await estate.pass(60);
    estate.probe = down(A);
    await estate.pass(600);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.told.filter(({ at, by }) => by === A && at > 200_000).map(({ ticked }) => 'decision' in ticked && ticked.decision.reason)).toContain('few voters');
  });

  test('of mixed policies holds', async () => {
    estate = new SmallEstate();
    estate.start([{ role: 'voter', region: VOTERS[0] }, { role: 'voter', region: VOTERS[1] }]);
    estate.start([{ role: 'voter', region: VOTERS[2] }], policyOf(settings({ coolDownMs: 2_000_000 })));
    await estate.pass(90);
    estate.probe = down(A);
    await estate.pass(300);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.reasons(100_000)).toEqual(['mixed policies']);
  });

  test('of one endpoint that tells the past adopts nothing', async () => {
    const stale = { read: [{}, {}, { tells: routesWith([C], ORDER) }] };
    const dead = { read: [{}, {}, { silent: true }] };
    await settledIn({}, { 'us-east-1': stale, 'us-west-2': dead, 'ap-southeast-2': dead, 'ap-northeast-1': dead, 'eu-west-1': dead });
    await estate.pass(300);
    expect(estate.reasons(100_000)).toContain('routes differ');
    expect(estate.register).toMatchObject({ epoch: 1, intent: [A] });
  });

  test('of a tick that crashes holds and alarms', async () => {
    await settledIn();
    estate.bug = 'a bug';
    estate.probe = down(A);
    await estate.pass(300);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.told.at(-1)?.ticked).toMatchObject({ kind: 'crashed', decision: { action: 'alarm', sentence: 'the tick crashed: a bug' } });
    estate.bug = undefined;
    await estate.pass(100);
    expect(estate.plane.active).toEqual([B]);
  });
});

describe('processes of one voter', () => {
  test('hand over what they saw, so that a Region may be watched for longer than one of them lives', async () => {
    estate = new SmallEstate({ unhealthyForMs: 300_000 });
    for (let minute = 0; minute < 8; minute++) {
      estate.start(VOTERS.map((region) => ({ role: 'voter', region })), undefined, 115_000);
      await estate.pass(60);
      if (minute === 1) estate.probe = down(A);
      if (minute === 5) expect(estate.plane.submits).toEqual([]);
    }
    expect(estate.plane.active).toEqual([B]);
    expect(estate.plane.submits).toHaveLength(1);
  });

  test('look while they wait, so that what is counted is counted by the one or the other', async () => {
    estate = new SmallEstate();
    estate.startVoters();
    await estate.pass(60);
    const before = estate.waited.length;
    expect(before).toBeGreaterThanOrEqual(VOTERS.length);
    estate.startVoters();
    await estate.pass(60);
    expect(new Set(estate.waited.slice(before))).toEqual(new Set(VOTERS));
  });

  test('that come twice at once leave one', async () => {
    estate = new SmallEstate();
    estate.startVoters();
    estate.startVoters();
    await estate.pass(90);
    expect(estate.told.filter(({ ticked }) => ticked.kind === 'superseded')).toHaveLength(3);
    estate.probe = down(A);
    await estate.pass(120);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.plane.submits).toHaveLength(1);
  });

  test('of a table that does not answer the observer of a Region is no crash, and it looks on', async () => {
    estate = new SmallEstate();
    estate.start([{ role: 'self', region: A }]);
    estate.table.fault = (call) => (call === 'put' ? undefined : 'dead');
    await estate.pass(60);
    expect(new Set(estate.told.map(({ ticked }) => ticked.kind))).toEqual(new Set(['observed']));
    estate.table.fault = () => undefined;
    await estate.pass(30);
    expect([...estate.table.items.keys()]).toEqual([`report/self/${A}`]);
  });

  test('and reads no more of the table than its own last report', async () => {
    estate = new SmallEstate();
    const read: string[] = [];
    estate.table.fault = (call, _by, key) => void (call === 'put' ? undefined : read.push(`${call} ${key}`));
    estate.start([{ role: 'self', region: A }]);
    await estate.pass(60);
    expect(new Set(read)).toEqual(new Set([`get report/self/${A}`]));
  });
});

describe('who looks at the routes', () => {
  test('is the next voter, where the first reaches no control endpoint', async () => {
    await settledIn();
    estate.reaches = (by) => by.region !== A;
    await estate.pass(90);
    estate.plane.move(routesWith([C], ORDER));
    await estate.pass(200);
    expect(estate.register).toMatchObject({ intent: [C], act: { kind: 'adopted', by: 'voter us-east-2' } });
    expect(estate.plane.submits).toEqual([]);
  });

  test('is the third, where the first two reach one endpoint each and cannot tell', async () => {
    await settledIn();
    estate.reaches = (by, endpoint) => by.region === 'us-west-2' || endpoint === 'eu-west-1';
    await estate.pass(150);
    estate.plane.move(routesWith([C], ORDER));
    await estate.pass(200);
    expect(estate.register).toMatchObject({ intent: [C], act: { kind: 'adopted', by: 'voter us-west-2' } });
  });

  test('is the first alone again, once it can', async () => {
    await settledIn();
    estate.reaches = (by) => by.region !== A;
    await estate.pass(180);
    estate.reaches = () => true;
    await estate.pass(180);
    const before = estate.plane.callsOf('read').length;
    await estate.pass(600);
    expect(estate.plane.callsOf('read').length - before).toBe(10 * estate.plane.endpoints.length);
  });

  test('tells the others, so that each knows of routes that differ under a brake', async () => {
    await settledIn();
    void estate.operator.brake({ by: 'ana', why: 'a deployment' }, signal);
    await estate.pass(1);
    estate.plane.move(routesWith([C], ORDER));
    await estate.pass(150);
    expect(estate.register).toMatchObject({ intent: [A] });
    const last = estate.told.slice(-3).map(({ ticked }) => 'decision' in ticked && ticked.decision.sentence);
    expect(new Set(last)).toEqual(new Set([`paused by ana: a deployment; meanwhile live routes (active ${C}) are not as intended (${A})`]));
  });
});

describe('veto alarms', () => {
  const vetoAlarms = [{ region: 'us-east-2', name: 'orders' }];

  test('are asked only before a move, hold it, and hold it no longer', async () => {
    await settledIn({ vetoAlarms });
    let asked = 0;
    let state: 'in alarm' | 'quiet' = 'in alarm';
    estate.alarms = () => {
      asked++;
      return new Map([['orders', state]]);
    };
    await estate.pass(300);
    expect(asked).toBe(0);
    estate.probe = down(A);
    await estate.pass(300);
    expect(estate.plane.submits).toEqual([]);
    expect(estate.reasons(500_000)).toContain('vetoed');
    state = 'quiet';
    await estate.pass(30);
    expect(estate.plane.active).toEqual([B]);
  });

  test.each([
    ['cannot be read', () => { throw new Error('no answer from CloudWatch'); }, 'no answer from CloudWatch'],
    ['do not exist', () => new Map(), 'there is no such alarm'],
  ] as const)('that %s hold nothing, and the act says so', async (_, alarms, why) => {
    await settledIn({ vetoAlarms });
    estate.alarms = alarms as SmallEstate['alarms'];
    estate.probe = down(A);
    await estate.pass(100);
    expect(estate.plane.active).toEqual([B]);
    expect(estate.register.act.why).toContain(`an alarm that may hold could not be read, and so holds nothing: 'orders' in us-east-2: ${why}`);
  });

  test('do not bind a person', async () => {
    await settledIn({ vetoAlarms });
    estate.alarms = () => new Map([['orders', 'in alarm']]);
    await personMoves(C);
    await estate.pass(300);
    expect(estate.plane.active).toEqual([C]);
  });
});

describe('people', () => {
  test('are told once of a state that needs them, by one voter, and once that it is over', async () => {
    await settledIn();
    estate.probe = down(A, B, C);
    await estate.pass(300);
    estate.probe = (by, region) => (by.role === 'voter' && region === A ? { kind: 'down', reason: 'gone' } : { kind: 'misconfigured', reason: '403' });
    await estate.pass(300);
    estate.probe = down();
    await estate.pass(300);
    expect(estate.held.map(({ kind, reason, by }) => [kind, reason, by])).toEqual([
      ['began', 'no healthy Region', A],
      ['ended', 'no healthy Region', A],
    ]);
  });

  test('are not told of what passes at once', async () => {
    await settledIn();
    estate.probe = (_, region) => (region === B ? { kind: 'misconfigured', reason: '403' } : { kind: 'ok', ms: 30 });
    await estate.pass(15);
    estate.probe = down();
    await estate.pass(100);
    expect(estate.held).toEqual([]);
  });

  test('are told once, although the voter that told is succeeded each minute, and then dies', async () => {
    estate = new SmallEstate();
    for (let minute = 0; minute < 12; minute++) {
      const alive = minute < 6 ? VOTERS : VOTERS.slice(1);
      estate.start(alive.map((region) => ({ role: 'voter', region })), undefined, 115_000);
      if (minute === 2) estate.probe = (_, region) => (region === B ? { kind: 'misconfigured', reason: '403' } : { kind: 'ok', ms: 30 });
      if (minute === 9) estate.probe = down();
      await estate.pass(60);
    }
    expect(estate.held.map(({ kind, reason, by }) => [kind, reason, by])).toEqual([
      ['began', 'misconfigured', A],
      ['ended', 'misconfigured', 'us-east-2'],
    ]);
  });

  test('are told again when the message was lost', async () => {
    await settledIn();
    estate.deaf = true;
    estate.probe = (_, region) => (region === B ? { kind: 'misconfigured', reason: '403' } : { kind: 'ok', ms: 30 });
    await estate.pass(100);
    estate.deaf = false;
    await estate.pass(100);
    expect(estate.held).toHaveLength(1);
  });

  test('are told of an act that cannot be begun', async () => {
    await settledIn();
    estate.reaches = () => false;
    estate.probe = down(A);
    await estate.pass(200);
    expect(estate.held).toMatchObject([{ kind: 'began', reason: 'act failed', sentence: expect.stringContaining('takes over; and nothing was sent: no control endpoint told the routes') }]);
  });
});
