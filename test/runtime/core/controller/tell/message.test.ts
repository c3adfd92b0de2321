import { parse } from '../../../../../runtime/cli/parse/parse';
import { decide } from '../../../../../runtime/core/controller/decide';
import { HELP, messageOfAct, messageOfHeld } from '../../../../../runtime/core/controller/tell/message';
import { REASONS } from '../../../../../runtime/core/controller/reasons';
import { A, B, C } from '../estate';
import { all, dead, WALL } from '../views';
import { actOf, PLACE, POLICY, viewAt } from './told';

const ACTIONS = ['fail over', 'fail back', 'adopt', 'repair', 'finish', 'call off'] as const;
const CHAPTERS = ['WHAT HAPPENED', 'WHY', 'HOW FAR IT CAME', 'WHAT IS KNOWN ABOUT THE DATA', 'WHAT TO DO NEXT', 'WHEN TO DO NOTHING'];

test('a failover\'s message is what a tired person needs', () => {
  const { subject, body } = messageOfAct(actOf('fail over'), viewAt({ lag: { [B]: { lagMs: 63_000 } } }), PLACE)!;
  expect(subject).toBe('[acme-media] failed over: us-east-1 -> us-west-2');
  expect(body).toBe(`WHAT HAPPENED
  Failed over: us-east-1 -> us-west-2.
  Act x-1, epoch 12, by voter us-east-2. Access point: arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap

WHY
  us-east-1 is down to 3 voters for 60 s; us-west-2 takes over

HOW FAR IT CAME
  Done: us-west-2 is active

WHAT IS KNOWN ABOUT THE DATA
  us-west-2 was at most 63 s behind us-east-1, up to a minute of which is the time between two heartbeats.
  What us-east-1 had acknowledged and not replicated is still there, and comes when it is back; nothing was deleted. It is quarantined, so that nothing automatic goes back to it before it was compared.
  Routes were accepted; traffic follows within about two minutes, and connections that are open stay longer.

WHAT TO DO NEXT
  Look: s3-failover status --name /s3-failover/acme-media
  Recycle connections of clients that keep them open.
  When us-east-1 is back: s3-failover reconcile us-east-1 --name /s3-failover/acme-media
  Then, by day: s3-failover switchover us-east-1 --name /s3-failover/acme-media
  If this was wrong: s3-failover pause --why 'wrong failover' --name /s3-failover/acme-media, then the switchover above.

WHEN TO DO NOTHING
  If us-west-2 serves well and you can live there until us-east-1 is back: nothing more moves within the cool-down, and nothing goes back by itself unless you asked for it.`);
});

test.each(ACTIONS)('to %s has a message with each chapter, whatever is known', (action) => {
  for (const state of ['done', 'unknown'] as const) {
    const { subject, body } = messageOfAct(actOf(action, { state }), viewAt(), PLACE)!;
    expect(subject).toMatch(/^\[acme-media\] [\x20-\x7e]{1,85}$/);
    for (const chapter of CHAPTERS) expect(body).toContain(`${chapter}\n  `);
    expect(body).toContain('s3-failover status --name /s3-failover/acme-media');
    expect(body).not.toMatch(/undefined|NaN|\[object|MANIFEST/);
  }
});

test('a lag that nobody knows is said to be so', () => {
  expect(messageOfAct(actOf('fail over'), viewAt(), PLACE)!.body).toContain(`Nobody knows how far ${B} was behind ${A}.`);
});

test('an outcome that nobody knows is said to be so', () => {
  const { subject, body } = messageOfAct(actOf('fail over', { state: 'unknown' }), viewAt(), PLACE)!;
  expect(subject).toContain('outcome unknown');
  expect(body).toContain('Not known to be done');
});

test('what sent nothing has none, nor has the beginning of a register', () => {
  expect(messageOfAct(actOf('fail over', { state: 'not begun' }), viewAt(), PLACE)).toBeUndefined();
  expect(messageOfAct(actOf('fail over', { state: 'failed' }), viewAt(), PLACE)).toBeUndefined();
  const adopted = actOf('adopt');
  expect(messageOfAct({ ...adopted, decision: { ...adopted.decision, reason: 'first look' } }, viewAt(), PLACE)).toBeUndefined();
});

test('a subject is cut to what Amazon SNS takes', () => {
  const { subject } = messageOfAct(actOf('fail over'), viewAt(), { ...PLACE, name: 'ä'.repeat(63) + 'x'.repeat(80) })!;
  expect(subject).toMatch(/^[\x20-\x7e]{100}$/);
});

test.each(Object.keys(HELP))('a state that needs a person has a message: %s', (reason) => {
  const began = messageOfHeld({ kind: 'began', reason, sentence: 'us-east-1 is down' }, PLACE);
  expect(began.subject).toBe(`[acme-media] needs you: ${reason}`);
  expect(began.body).toContain('The controller holds, and moves no traffic. us-east-1 is down');
  expect(began.body.match(/s3-failover \w+/g)!.length).toBeGreaterThanOrEqual(1);
  expect(began.body).toContain('WHEN TO DO NOTHING\n  ');
  expect(began.body).not.toMatch(/undefined|MANIFEST/);
  expect(messageOfHeld({ kind: 'ended', reason, sentence: 'all is well' }, PLACE).subject).toBe(`[acme-media] over: ${reason}`);
});

test('each command in a message is one that can be typed as it stands', () => {
  const bodies = [
    ...ACTIONS.map((action) => messageOfAct(actOf(action), viewAt(), PLACE)!.body),
    ...Object.keys(HELP).map((reason) => messageOfHeld({ kind: 'began', reason, sentence: 's' }, PLACE).body),
  ];
  const typed = bodies.flatMap((body) => [...body.matchAll(/s3-failover (.+? --name \/[\w/-]+(?: --[\w-]+)*)/g)].map(([, words]) => words));
  expect(typed.length).toBeGreaterThan(bodies.length);
  expect(bodies.join('\n').match(/s3-failover [a-z]/g)).toHaveLength(typed.length);
  const misused = typed.flatMap((words) => {
    const parsed = parse([...words.replaceAll('<region>', B).replaceAll('<other>', A).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare));
    return parsed.kind === 'run' ? [] : [`${words}: ${'problem' in parsed ? parsed.problem.message : parsed.kind}`];
  });
  expect(misused).toEqual([]);
});

test('help is there for each decision that alarms, and is of known reasons', () => {
  expect(REASONS).toEqual(expect.arrayContaining(Object.keys(HELP)));
  const scenes = [
    { ages: [0, undefined, undefined] },
    { routes: { kind: 'seen', active: [], confirmed: true } },
    { says: { [A]: all(dead(60)) }, state: { intent: [A, B] } },
    { says: { [A]: all(dead(60)) }, own: { [A]: { result: 'ok', elsewhere: true } } },
    { says: { [A]: all(dead(60)) }, coolDownLeft: 9 },
    { says: { [A]: all(dead(60)), [B]: all(dead(60)), [C]: all(dead(60)) } },
    { says: { [A]: all(dead(60)) }, state: { quarantined: [B, C] } },
    { says: { [B]: all({ result: 'misconfigured', elsewhere: true }) } },
  ] as const;
  for (const scene of scenes) {
    const decision = decide(viewAt(scene as Parameters<typeof viewAt>[0]), POLICY, WALL);
    expect(decision.action).toBe('alarm');
    expect(HELP).toHaveProperty([decision.reason]);
  }
});
