import { Malformed } from '../../../../runtime/core/controller/parse';
import { formatRegister, MOST_DOUBTS, parseRegister, REGISTER, type Act, type RegisterState } from '../../../../runtime/core/controller/register-state';
import { A, B, C } from './estate';

const ACT: Act = { id: 'act-1', kind: 'failover', by: 'voter', why: 'down', from: [A], quarantines: [], state: 'open' };
const DOUBT = { epoch: 1, active: [A], leftMs: 60_000 };

function state(changed: Partial<RegisterState> = {}): RegisterState {
  return { epoch: 2, intent: [B], act: ACT, coolDownMs: 0, excluded: [], quarantined: [], doubts: [], ...changed };
}

/** What is read of an item in which this was written otherwise. */
const read = (changed: object) => parseRegister({ ...formatRegister(state()), ...changed });

test('is one item, under a key that voters of another version of the code know', () => {
  expect(REGISTER).toBe('register');
  expect(formatRegister(state()).version).toBe(1);
});

test.each<[string, RegisterState]>([
  ['with the least that it holds', state()],
  ['before anybody has looked where traffic is', state({ epoch: 0, intent: [] })],
  ['with two active Regions', state({ intent: [A, B] })],
  ['with a brake until somebody lifts it', state({ brake: { by: 'ana', why: 'maintenance' } })],
  ['with a brake for a time', state({ brake: { by: 'ana', why: 'maintenance', until: 5_000 } })],
  ['with all that an act tells', state({ act: { ...ACT, kind: 'human', state: 'failed', quarantines: [A], outcome: 'refused', undo: { lifted: [{ region: B, why: 'rebuilt' }], coolDownMs: 5 } } })],
  ['with what an act excluded', state({ act: { ...ACT, undo: { lifted: [], added: [B], coolDownMs: 5 } } })],
  ['with an outcome as long as any', state({ act: { ...ACT, state: 'done', outcome: 'x'.repeat(10_000) } })],
  ['with as many exclusions as it may have', state({ excluded: Array.from({ length: 50 }, () => ({ region: C, why: 'rebuilt', moved: true })) })],
  ['with as many doubts as it may have', state({ doubts: Array.from({ length: MOST_DOUBTS }, () => DOUBT) })],
])('is read as it was written, %s', (_, written) => {
  expect(parseRegister(formatRegister(written))).toStrictEqual(written);
});

test.each(['failover', 'failback', 'human', 'adopted', 'repair', 'called off'] as const)('knows acts of the kind %s', (kind) => {
  expect(read({ act: { ...ACT, kind } }).act.kind).toBe(kind);
});

test.each(['open', 'done', 'failed', 'unknown'] as const)('knows acts that are %s', (as) => {
  expect(read({ act: { ...ACT, state: as } }).act.state).toBe(as);
});

test.each<[string, object]>([
  ['its version is another', { version: 2 }],
  ['its epoch is a text', { epoch: '2' }],
  ['its epoch is no whole number', { epoch: 1.5 }],
  ['its intent is a text', { intent: A }],
  ['its intent is empty, and an act was claimed', { intent: [] }],
  ['its intent names what is no Region', { intent: [A, '../register'] }],
  ['its intent names a Region twice', { intent: [A, A] }],
  ['its cool-down is negative', { coolDownMs: -1 }],
  ['its quarantine names what is no Region', { quarantined: ['mars'] }],
  ['its quarantine is missing', { quarantined: undefined }],
])('fails when %s', (_, changed) => {
  expect(() => read(changed)).toThrow(Malformed);
});

test.each<[string, unknown]>([
  ['no list', { region: A, why: 'x' }],
  ['more than 50', Array.from({ length: 51 }, () => ({ region: A, why: 'x' }))],
  ['of nothing', [null]],
  ['of a Region that is a number', [{ region: 5, why: 'x' }]],
  ['of what is no Region', [{ region: 'mars', why: 'x' }]],
  ['without a reason', [{ region: A }]],
  ['that say no plain yes to a move', [{ region: A, why: 'x', moved: 'yes' }]],
])('fails when exclusions are %s', (_, excluded) => {
  expect(() => read({ excluded })).toThrow(/^'excluded' of the register must be Regions with reasons$/);
  expect(() => read({ act: { ...ACT, undo: { lifted: excluded, coolDownMs: 5 } } })).toThrow(/^'act' of the register must be an act$/);
});

test.each<[string, unknown]>([
  ['no list', DOUBT],
  ['more than 8', Array.from({ length: 9 }, () => DOUBT)],
  ['of nothing', [null]],
  ['of no epoch', [{ ...DOUBT, epoch: -1 }]],
  ['of no Region', [{ ...DOUBT, active: [] }]],
  ['of what is no Region', [{ ...DOUBT, active: ['mars'] }]],
  ['without an end', [{ ...DOUBT, leftMs: undefined }]],
])('fails when doubts are %s', (_, doubts) => {
  expect(() => read({ doubts })).toThrow(/^'doubts' of the register must be submits$/);
});

test.each<[string, unknown]>([
  ['nothing', null],
  ['nobody\'s', { why: 'maintenance' }],
  ['without a reason', { by: 'ana' }],
  ['until no time', { by: 'ana', why: 'maintenance', until: 'tomorrow' }],
])('fails when the brake is %s', (_, brake) => {
  expect(() => read({ brake })).toThrow(/^'brake' of the register must say who and why$/);
});

test.each<[string, object | null]>([
  ['nothing', null],
  ['without an id', { id: undefined }],
  ['with too long an id', { id: 'x'.repeat(201) }],
  ['of a kind that nobody knows', { kind: 'guess' }],
  ['of no kind', { kind: 5 }],
  ['nobody\'s', { by: undefined }],
  ['without a reason', { why: 5 }],
  ['from no Region', { from: A }],
  ['that puts no Region into quarantine', { quarantines: ['mars'] }],
  ['in a state that nobody knows', { state: 'perhaps' }],
  ['in no state', { state: 5 }],
  ['with an outcome that is no text', { outcome: 5 }],
  ['with an outcome longer than any', { outcome: 'x'.repeat(10_001) }],
  ['that gives back nothing', { undo: null }],
  ['that gives back no exclusions', { undo: { coolDownMs: 5 } }],
  ['that gives back what is no Region', { undo: { lifted: [], added: ['mars'], coolDownMs: 5 } }],
  ['that gives back no time', { undo: { lifted: [], coolDownMs: -1 } }],
])('fails when the act is %s', (_, changed) => {
  expect(() => read({ act: changed && { ...ACT, ...changed } })).toThrow(new Malformed(`'act' of the register must be an act`));
});
