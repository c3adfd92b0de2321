import { policyOf } from '../../../../runtime/core/controller/policy';
import { sameRegions } from '../../../../runtime/core/controller/regions';
import { candidates, choose } from '../../../../runtime/core/controller/target';
import { A, B, C, settings } from './estate';
import { all, dead, stateOf, viewOf } from './views';

const policy = policyOf(settings());
const view = viewOf({ says: { [A]: all(dead(90)) } }, policy);

test('only the Regions that are named are barred, each for its own reason', () => {
  expect(candidates(view, policy, stateOf({ excluded: [{ region: C, why: 'rebuilt' }] }))).toEqual([{ region: A, well: false }, { region: B, well: true }, { region: C, well: true, barred: 'excluded' }]);
  expect(candidates(view, policy, stateOf({ quarantined: [B] }))).toEqual([{ region: A, well: false }, { region: B, well: true, barred: 'quarantined' }, { region: C, well: true }]);
});

test('traffic never goes to where it leaves, nor to where it is', () => {
  expect(choose(view, policy, stateOf({ intent: [A] }), B)).toEqual({ kind: 'chosen', region: C });
  expect(choose(view, policy, stateOf({ intent: [A, B] }), A)).toEqual({ kind: 'chosen', region: C });
});

test.each<[readonly string[], readonly string[], boolean]>([[[A, B], [B, A], true], [[A, B], [A, C], false], [[A], [A, B], false], [[A, B], [A], false], [[], [], true]])('%j and %j name the same Regions: %s', (one, other, same) => {
  expect(sameRegions(one, other)).toBe(same);
});
