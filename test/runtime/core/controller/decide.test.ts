import type { Decision } from '../../../../runtime/core/controller/decide';
import { REASONS, type Reason } from '../../../../runtime/core/controller/reasons';
import type { VetoSight } from '../../../../runtime/core/controller/view';
import { CLOCK_SKEW_MS, type Act } from '../../../../runtime/core/controller/register-state';
import { A, B, C } from './estate';
import { all, dead, decided, ok, WALL, type Scene } from './views';

const gone = { [A]: all(dead(60)) };
const act = (changed: Partial<Act>): Act => ({ id: 'x', kind: 'failover', by: 'voter us-east-2', why: '', from: [A], quarantines: [A], state: 'open', ...changed });
const seen = (active: string[], confirmed = true): Scene['routes'] => ({ kind: 'seen', active, confirmed });
/** A failover to B that nobody ended, long ago. */
const left: Scene = { state: { intent: [B], act: act({}) }, coolDownLeft: 1_000, actAge: 31, says: gone };

const VETOED = { vetoAlarms: [{ region: 'us-east-2', name: 'orders' }, { region: B, name: 'stock' }] };
const vetoes = (state: 'in alarm' | 'quiet' | 'not known'): VetoSight[] => [
  { region: 'us-east-2', name: 'orders', ...(state === 'not known' ? { state, why: 'no answer' } : { state }) },
  { region: B, name: 'stock', state: 'quiet' },
];

/** What is seen, the action, the reason, and the sentence. */
const CASES: readonly [string, Scene, Decision['action'], Reason, string][] = [
  ['all is well', {}, 'hold', 'healthy', `${A} is active, and no majority of voters calls it down`],
  ['the active Region is gone', { says: gone }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['two of three say so', { says: { [A]: [dead(60), dead(70), ok] } }, 'fail over', 'down for long enough', `${A} is down to 2 voters for 60 s; ${B} takes over`],
  ['one of three says so', { says: { [A]: [dead(900), ok, ok] } }, 'hold', 'few votes', `1 voter calls ${A} down, and 2 are needed`],
  ['the second of two has said so for a shorter time', { says: { [A]: [dead(900), dead(59), ok] } }, 'hold', 'suspect', `${A} is down to 2 voters for 59 s, and 60 s are needed`],
  ['two of three reached nothing else', { says: { [A]: [dead(60, false), dead(60, false), dead(60)] } }, 'hold', 'few votes', `1 voter calls ${A} down, and 2 are needed`],
  ['the register cannot be read', { says: gone, register: { kind: 'unreadable', reason: 'no answer' } }, 'hold', 'register unreadable', 'the register could not be read, and nobody acts without it: no answer'],
  ['who asks is no voter', { says: gone, self: C }, 'hold', 'no voter', `${C} is none of the voters, and only they decide`],
  ['its own report is old', { says: gone, ages: [90, 5, 5] }, 'hold', 'not heard', 'the report of this voter, us-east-1, did not reach the table, so the others count without it'],
  ['nothing is written and the routes are not known', { register: { kind: 'absent' } }, 'hold', 'no register yet', 'the register is not written yet, and waits for routes to begin from: not looked'],
  ['nothing is written and the routes were seen once', { register: { kind: 'absent' }, routes: seen([A], false) }, 'hold', 'no register yet', 'the register is not written yet, and waits for routes to begin from: one look is no proof'],
  ['nothing is written and the routes are known', { register: { kind: 'absent' }, routes: seen([A]) }, 'adopt', 'first look', `the register begins with the routes as they are: ${A} active`],
  ['the brake is on', { says: gone, state: { brake: { by: 'ana', why: 'a freeze' } } }, 'hold', 'paused', 'paused by ana: a freeze'],
  ['the brake ended a moment ago', { says: gone, state: { brake: { by: 'ana', why: 'a freeze', until: WALL - CLOCK_SKEW_MS + 1 } } }, 'hold', 'paused', 'paused by ana: a freeze'],
  ['the brake ended for sure', { says: gone, state: { brake: { by: 'ana', why: 'a freeze', until: WALL - CLOCK_SKEW_MS } } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['an act is under way', { says: gone, state: { act: act({}) }, actAge: 29, coolDownLeft: 1_000 }, 'hold', 'act under way', 'an act is under way: failover by voter us-east-2'],
  ['a person\'s act is under way, however old', { says: gone, state: { act: act({ kind: 'human', by: 'ana' }) }, actAge: 9_000, coolDownLeft: 1 }, 'hold', 'act under way', 'an act is under way: human by ana'],
  ['a person\'s act said nothing for a whole cool-down', { says: gone, state: { act: act({ kind: 'human', by: 'ana' }) } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['two voters are silent', { says: gone, ages: [0, 36, undefined] }, 'alarm', 'few voters', '1 of the voters are heard, and 2 are needed'],
  ['one voter was never seen to move', { says: gone, ages: [0, 5, undefined] }, 'fail over', 'down for long enough', `${A} is down to 2 voters for 60 s; ${B} takes over`],
  ['one voter follows another policy', { says: gone, hashes: [undefined, undefined, 'other'] }, 'hold', 'mixed policies', 'voters follow different policies, as during a deployment: us-west-2 differ'],
  ['its own observer says that it is well', { says: gone, own: { [A]: ok } }, 'alarm', 'disputed', `${A} is down to a majority of voters for 60 s and well to its own observer; held until 600 s`],
  ['it was disputed for long enough', { says: { [A]: all(dead(600)) }, own: { [A]: ok } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 600 s; ${B} takes over`],
  ['one look of its own observer failed', { says: gone, own: { [A]: { result: 'down', elsewhere: false } } }, 'alarm', 'disputed', `${A} is down to a majority of voters for 60 s and well to its own observer; held until 600 s`],
  ['its own observer is asked to slow down', { says: gone, own: { [A]: { result: 'throttled', elsewhere: false } } }, 'alarm', 'disputed', `${A} is down to a majority of voters for 60 s and well to its own observer; held until 600 s`],
  ['its own observer fell silent a moment ago', { says: gone, own: { [A]: ok }, ownAge: 60 }, 'alarm', 'disputed', `${A} is down to a majority of voters for 60 s and well to its own observer; held until 600 s`],
  ['its own observer is silent for as long as it is down', { says: gone, own: { [A]: ok }, ownAge: 61 }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['its own observer has not been seen to move yet', { says: gone, own: { [A]: ok }, ownAge: 20, ownUnmoved: true }, 'alarm', 'disputed', `${A} is down to a majority of voters for 60 s and well to its own observer; held until 600 s`],
  ['its own observer has never been seen to move, for as long as it is down', { says: gone, own: { [A]: ok }, ownAge: 61, ownUnmoved: true }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['its own observer cannot see', { says: gone, own: { [A]: { result: 'blind', elsewhere: false } } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['its own observer is not let in', { says: gone, own: { [A]: { result: 'misconfigured', elsewhere: false } } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['its own observer says that it is down', { says: gone, own: { [A]: dead(10) } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['the last act is young', { says: gone, coolDownLeft: 12 }, 'alarm', 'cooling down', `${A} is down, and the last act is too young: 12 s of its cool-down are left`],
  ['two Regions are active', { says: gone, state: { intent: [A, B] } }, 'alarm', 'several active', `${A} is down and one of several active Regions (${A}, ${B}): a person chose that, and a person must change it`],
  ['no other Region is well', { says: { ...gone, [B]: all(dead(60)), [C]: all(dead(5)) } }, 'alarm', 'no healthy Region', `${A} is down, and no other Region is known to be well: routes stay as they are`],
  ['the next Region is well to a minority', { says: { ...gone, [B]: [ok, dead(1), { result: 'blind', elsewhere: true }] } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${C} takes over`],
  ['the next Region is ill to its own observer', { says: gone, own: { [B]: dead(10) } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${C} takes over`],
  ['the next Region is quarantined', { says: gone, state: { quarantined: [B] } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${C} takes over`],
  ['an older submit has landed in a quarantined Region', { says: gone, routes: seen([B]), state: { quarantined: [B], doubts: [{ epoch: 3, active: [B], leftMs: 1 }] } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${C} takes over`],
  ['an older submit has landed in a quarantined Region, and no other may be chosen', { says: gone, routes: seen([B]), state: { quarantined: [B, C], doubts: [{ epoch: 3, active: [B], leftMs: 1 }] } }, 'alarm', 'targets barred', `${A} is down, and what is well may not be chosen: ${B} (quarantined), ${C} (quarantined)`],
  ['all others are barred', { says: gone, state: { quarantined: [B], excluded: [{ region: C, why: 'x' }] } }, 'alarm', 'targets barred', `${A} is down, and what is well may not be chosen: ${B} (quarantined), ${C} (excluded)`],
  ['the lag is not known and matters', { says: gone, policy: { maxDataLossMs: 65_000 } }, 'alarm', 'lag unknown', `${A} is down, and how far ${B}, ${C} was behind is not known, which 'maxDataLoss' asks for`],
  ['each lag is too long', { says: gone, policy: { maxDataLossMs: 65_000 }, lag: { [B]: { lagMs: 65_001 }, [C]: { lagMs: 90_000 } } }, 'alarm', 'lag exceeded', `${A} is down, and ${B}, ${C} was more than 'maxDataLoss' (65 s) behind`],
  ['the second is near enough', { says: gone, policy: { maxDataLossMs: 65_000 }, lag: { [B]: { lagMs: 65_001 }, [C]: { lagMs: 65_000 } } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${C} takes over`],
  ['a voter before this one lives', { says: gone, self: 'us-east-2' }, 'hold', 'not my turn', `${A} is down, and it is the turn of us-east-1; this voter waits 15 s more`],
  ['two voters before this one live and did not act', { says: { [A]: all(dead(90)) }, self: 'us-west-2' }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 90 s; ${B} takes over`],
  ['the voter before this one is dead', { says: gone, self: 'us-east-2', ages: [undefined, 0, 5] }, 'fail over', 'down for long enough', `${A} is down to 2 voters for 60 s; ${B} takes over`],
  ['a permission is missing', { says: { [A]: [{ result: 'misconfigured', elsewhere: true }, ok, ok] } }, 'alarm', 'misconfigured', `a mistake and no outage: ${A} answers that the request is not allowed, or that something is missing; no failover mends it`],
  ['a veto alarm was not asked yet', { says: gone, policy: VETOED, vetoes: 'not asked' }, 'hold', 'vetoes not asked', `${A} is down, and the alarms that may hold must be asked first: 'orders' in us-east-2, 'stock' in ${B}`],
  ['one of two was not asked', { says: gone, policy: VETOED, vetoes: [vetoes('quiet')[0]] }, 'hold', 'vetoes not asked', `${A} is down, and the alarms that may hold must be asked first: 'stock' in ${B}`],
  ['a veto alarm is in ALARM', { says: gone, policy: VETOED, vetoes: vetoes('in alarm') }, 'alarm', 'vetoed', `${A} is down, and nothing automatic moves traffic while 'orders' in us-east-2 is in ALARM`],
  ['veto alarms are quiet', { says: gone, policy: VETOED, vetoes: vetoes('quiet') }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['a veto alarm cannot be read', { says: gone, policy: VETOED, vetoes: vetoes('not known') }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over; an alarm that may hold could not be read, and so holds nothing: 'orders' in us-east-2: no answer`],
  ['a veto alarm is not asked before it is needed', { policy: VETOED, vetoes: 'not asked' }, 'hold', 'healthy', `${A} is active, and no majority of voters calls it down`],
  ['a veto alarm keeps a better Region from being gone back to', { state: { intent: [B] }, policy: { ...VETOED, failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } }, vetoes: vetoes('in alarm') }, 'hold', 'vetoed', `${A} is preferred and drained to, and nothing automatic moves traffic while 'orders' in us-east-2 is in ALARM`],
  ['a failback asks veto alarms first', { state: { intent: [B] }, policy: { ...VETOED, failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } }, vetoes: 'not asked' }, 'hold', 'vetoes not asked', `${A} is preferred and drained to, and the alarms that may hold must be asked first: 'orders' in us-east-2, 'stock' in ${B}`],
  ['a failback is told which alarm could not be read', { state: { intent: [B] }, policy: { ...VETOED, failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } }, vetoes: vetoes('not known') }, 'fail back', 'drained', `${A} is preferred, well, and has been drained to for 60 s; an alarm that may hold could not be read, and so holds nothing: 'orders' in us-east-2: no answer`],
  ['a veto alarm does not keep an act from being finished', { ...left, policy: VETOED, vetoes: vetoes('in alarm') }, 'finish', 'left unfinished', `a failover by voter us-east-2 was left unfinished: done again, ${B} active`],
  ['nor a late landing from being repaired', { routes: seen([B]), state: { doubts: [{ epoch: 3, active: [B], leftMs: 1 }] }, policy: VETOED, vetoes: vetoes('in alarm') }, 'repair', 'late landing', `an older submit has landed late (active ${B}): back to what is intended, ${A}`],
  ['nor a person from being followed', { routes: seen([B]), policy: VETOED, vetoes: vetoes('in alarm') }, 'adopt', 'moved by a person', `live routes (active ${B}) are not as intended (${A}) and no submit of ours: a person's act, and it stands`],
  ['live routes differ under a brake', { routes: seen([B]), state: { brake: { by: 'ana', why: 'a deployment' } } }, 'hold', 'paused', `paused by ana: a deployment; meanwhile live routes (active ${B}) are not as intended (${A})`],
  ['another voter saw them differ under a brake', { self: 'us-west-2', sawRoutes: [B], state: { brake: { by: 'ana', why: 'a deployment' } } }, 'hold', 'paused', `paused by ana: a deployment; meanwhile live routes (active ${B}) are not as intended (${A})`],
  ['answers come late', { says: { [A]: all({ result: 'slow', elsewhere: true }) } }, 'hold', 'healthy', `${A} is active, and no majority of voters calls it down`],
  ['live routes differ in one look', { routes: seen([B], false) }, 'hold', 'routes differ', `live routes (active ${B}) are not as intended (${A}), and one look is no proof`],
  ['live routes differ a moment after an act', { routes: seen([B]), coolDownLeft: 1_790 }, 'hold', 'routes differ', `live routes (active ${B}) are not as intended (${A}), and one look is no proof`],
  ['live routes differ', { routes: seen([B]) }, 'adopt', 'moved by a person', `live routes (active ${B}) are not as intended (${A}) and no submit of ours: a person's act, and it stands`],
  ['live routes differ by an older submit', { routes: seen([B]), state: { doubts: [{ epoch: 3, active: [B], leftMs: 1 }] } }, 'repair', 'late landing', `an older submit has landed late (active ${B}): back to what is intended, ${A}`],
  ['they do, and what is intended is gone', { says: gone, routes: seen([B]), state: { doubts: [{ epoch: 3, active: [B], leftMs: 1 }] } }, 'fail over', 'down for long enough', `${A} is down to 3 voters for 60 s; ${B} takes over`],
  ['nothing is active', { routes: seen([]) }, 'alarm', 'nothing active', 'live routes have no active Region: somebody stopped all traffic'],
  ['nothing is written and nothing is active', { register: { kind: 'absent' }, routes: seen([]) }, 'alarm', 'nothing active', 'live routes have no active Region: somebody stopped all traffic'],
  ['an act was left unfinished', left, 'finish', 'left unfinished', `a failover by voter us-east-2 was left unfinished: done again, ${B} active`],
  ['an act lost its last word', { ...left, state: { ...left.state, act: act({ state: 'unknown' }) } }, 'finish', 'left unfinished', `a failover by voter us-east-2 was left unfinished: done again, ${B} active`],
  ['it is another\'s turn to finish', { ...left, self: 'us-east-2' }, 'hold', 'act under way', 'an act is under way: failover by voter us-east-2'],
  ['its target is ill', { ...left, says: { ...gone, [B]: all(dead(1)) } }, 'alarm', 'target ill', `an act that moves traffic to ${B} was left unfinished, and ${B} is not known to be well`],
  ['its target was excluded since', { ...left, state: { ...left.state, excluded: [{ region: B, why: 'x' }] } }, 'alarm', 'target ill', `an act that moves traffic to ${B} was left unfinished, and ${B} is not known to be well`],
  ['it moved nothing, and its Region is well again', { ...left, says: {}, routes: seen([A]) }, 'call off', 'called off', `a failover by voter us-east-2 was left unfinished and moved nothing, and ${A} is well: called off`],
  ['its Region is well again, and the routes are not known', { ...left, says: {} }, 'hold', 'act under way', 'an act is under way: failover by voter us-east-2'],
  ['its Region is well again, and traffic has moved', { ...left, says: {}, routes: seen([B]) }, 'finish', 'left unfinished', `a failover by voter us-east-2 was left unfinished: done again, ${B} active`],
  ['a person has moved traffic elsewhere since', { ...left, routes: seen([C]) }, 'adopt', 'moved by a person', `live routes (active ${C}) are not as intended (${B}) and no submit of ours: a person's act, and it stands`],
  ['an older submit has moved it elsewhere', { ...left, state: { ...left.state, doubts: [{ epoch: 3, active: [C], leftMs: 1 }] }, routes: seen([C]) }, 'finish', 'left unfinished', `a failover by voter us-east-2 was left unfinished: done again, ${B} active`],
  ['it moved nothing for a whole cool-down', { ...left, coolDownLeft: 0, routes: seen([A]) }, 'call off', 'moved nothing', `a failover by voter us-east-2 was never ended and moved nothing: called off, ${A} active as before`],
  ['a person\'s act was never ended and moved nothing', { state: { intent: [B], act: act({ kind: 'human', by: 'ana', quarantines: [] }) }, routes: seen([A]) }, 'call off', 'moved nothing', `a human by ana was never ended and moved nothing: called off, ${A} active as before`],
  ['it did, over an older submit, and what it wanted is ill', { says: { [B]: all(dead(60)) }, state: { intent: [B], act: act({ kind: 'human', by: 'ana', quarantines: [] }), doubts: [{ epoch: 3, active: [A], leftMs: 1 }] }, routes: seen([A]) }, 'call off', 'moved nothing', `a human by ana was never ended and moved nothing: called off, ${A} active as before`],
  ['it did, and both are ill', { says: { [A]: all(dead(90)), [B]: all(dead(60)) }, state: { intent: [B], act: act({ kind: 'human', by: 'ana', quarantines: [] }), doubts: [{ epoch: 3, active: [A], leftMs: 1 }] }, routes: seen([A]) }, 'fail over', 'down for long enough', `${B} is down to 3 voters for 60 s; ${C} takes over`],
  ['a better Region is drained', { state: { intent: [B] }, policy: { failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } } }, 'fail back', 'drained', `${A} is preferred, well, and has been drained to for 60 s`],
  ['a better Region is well, and failback is manual', { state: { intent: [B] }, lag: { [A]: { drainedForMs: 60_000 } } }, 'hold', 'healthy', `${B} is active, and no majority of voters calls it down`],
  ['a better Region is not drained', { state: { intent: [B] }, policy: { failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 59_999 } } }, 'hold', 'healthy', `${B} is active, and no majority of voters calls it down`],
  ['a better Region is quarantined', { state: { intent: [B], quarantined: [A] }, policy: { failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } } }, 'hold', 'healthy', `${B} is active, and no majority of voters calls it down`],
  ['a better Region is drained, and ill', { state: { intent: [B] }, says: { [A]: [ok, dead(5), dead(5)] }, policy: { failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } } }, 'hold', 'healthy', `${B} is active, and no majority of voters calls it down`],
  ['a better Region is drained, for the second voter', { self: 'us-east-2', state: { intent: [B] }, policy: { failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } } }, 'hold', 'healthy', `${B} is active, and no majority of voters calls it down`],
  ['a better Region is drained, within the cool-down', { state: { intent: [B] }, coolDownLeft: 1, policy: { failback: { kind: 'when drained', forMs: 60_000 } }, lag: { [A]: { drainedForMs: 60_000 } } }, 'hold', 'healthy', `${B} is active, and no majority of voters calls it down`],
];

test.each(CASES)('%s', (_, scene, action, reason, sentence) => {
  expect(decided(scene)).toMatchObject({ action, reason, sentence });
});

test('each reason has a case here', () => {
  expect([...new Set(CASES.map(([, , , reason]) => reason)), 'crashed', 'act failed'].sort()).toEqual([...REASONS].sort());
});

test('slow answers count where the policy says so', () => {
  const slow = all({ result: 'slow', elsewhere: true });
  expect(decided({ policy: { actOnSlow: true }, says: { ...gone, [B]: slow } })).toMatchObject({ action: 'fail over', to: C });
  expect(decided({ says: { ...gone, [B]: slow } })).toMatchObject({ action: 'fail over', to: B });
});

const DRAINED: Scene['policy'] = { failback: { kind: 'when drained', forMs: 60_000 } };
const toA: Scene['lag'] = { [A]: { drainedForMs: 60_000 } };
const human = (changed: Partial<Act> = {}) => act({ kind: 'human', by: 'ana', quarantines: [], ...changed });
const late = (active: string[]) => [{ epoch: 3, active, leftMs: 1 }];

/** At the edges of what was decided above. */
const EDGES: readonly [string, Scene, Decision['action'], Reason][] = [
  ['an open act has no cool-down left: nobody is at work', { says: gone, state: { act: act({}) }, actAge: 29 }, 'fail over', 'down for long enough'],
  ['an act is under way, and no other voter is heard', { says: gone, state: { act: act({}) }, actAge: 29, coolDownLeft: 1_000, ages: [0, 99, undefined] }, 'hold', 'act under way'],
  ['an act is as old as its deadline', { ...left, actAge: 30 }, 'finish', 'left unfinished'],
  ['a person\'s act lost its last word', { ...left, state: { intent: [B], act: human({ state: 'unknown' }) } }, 'hold', 'healthy'],
  ['traffic was seen elsewhere once, beside an unfinished act', { ...left, routes: seen([C], false) }, 'finish', 'left unfinished'],
  ['an unfinished act began from nothing', { ...left, says: {}, state: { intent: [B], act: act({ from: [] }) } }, 'finish', 'left unfinished'],
  ['an unfinished act leaves traffic where it was', { ...left, says: {}, state: { intent: [B], act: act({ kind: 'repair', from: [B], quarantines: [] }) } }, 'finish', 'left unfinished'],
  ['one of two Regions that an unfinished act would leave is well again', { ...left, state: { intent: [B], act: act({ from: [A, C] }) } }, 'finish', 'left unfinished'],
  ['its Region is well again, and traffic was seen once to have moved', { ...left, says: {}, routes: seen([B], false) }, 'finish', 'left unfinished'],
  ['its Region is well again, and traffic was seen once not to have moved', { ...left, says: {}, routes: seen([A], false) }, 'hold', 'routes differ'],
  ['another Region than its target was excluded since', { ...left, state: { ...left.state, excluded: [{ region: C, why: 'x' }] } }, 'finish', 'left unfinished'],
  ['live routes differ as long after an act as they may take to settle', { routes: seen([B]), coolDownLeft: 1_770 }, 'adopt', 'moved by a person'],
  ['a late landing undid two Regions, of which one is ill', { says: gone, state: { intent: [A, B], doubts: late([C]) }, routes: seen([C]) }, 'alarm', 'several active'],
  ['a late landing undid a person\'s act, from elsewhere than it began', { says: { [B]: all(dead(60)) }, state: { intent: [B], act: human(), doubts: late([C]) }, routes: seen([C]) }, 'fail over', 'down for long enough'],
  ['a late landing went back to two Regions, of which one is ill', { says: { ...gone, [B]: all(dead(60)) }, state: { intent: [B], act: human({ from: [A, C] }), doubts: late([A, C]) }, routes: seen([A, C]) }, 'fail over', 'down for long enough'],
  ['the preferred Region is drained to, and a person made two others active', { state: { intent: [B, C] }, policy: DRAINED, lag: toA }, 'hold', 'healthy'],
  ['the preferred Region is active', { policy: DRAINED, lag: toA }, 'hold', 'healthy'],
  ['nothing is known of how far the preferred Region is behind', { state: { intent: [B] }, policy: DRAINED }, 'hold', 'healthy'],
  ['nothing is known of whether the preferred Region is drained to', { state: { intent: [B] }, policy: DRAINED, lag: { [A]: { lagMs: 5 } } }, 'hold', 'healthy'],
  ['a person chose a Region outside the order, and a better one is drained to', { says: { 'eu-north-1': all(ok) }, state: { intent: ['eu-north-1'] }, policy: DRAINED, lag: toA }, 'fail back', 'drained'],
];

test.each(EDGES)('%s', (_, scene, action, reason) => {
  expect(decided(scene)).toMatchObject({ action, reason });
});

test('a brake that is on before anything is intended tells of no drift', () => {
  expect(decided({ state: { epoch: 0, intent: [], brake: { by: 'ana', why: 'a freeze' } }, routes: seen([A]) }).sentence).toBe('paused by ana: a freeze');
});
