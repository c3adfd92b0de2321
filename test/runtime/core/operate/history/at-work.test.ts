import { atWork } from '../../../../../runtime/core/operate/history/at-work';
import { EPOCH, FakeEstate } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';
import { record } from './records';

const { wall } = new FakeEstate(new VirtualClock());
const begun = (secondsAgo: number, id = 'act0000000000001') => record({ phase: 'begun', id, at: wall.iso(EPOCH - secondsAgo * 1_000) });

test('an act that has begun and not ended is at work, with its age', () => {
  expect(atWork([begun(40)], wall)).toEqual([{ record: begun(40), ageMs: 40_000 }]);
});

test('an act that ended, that is too old, or that is the own one is not', () => {
  expect(atWork([begun(40), record({ at: begun(40).at })], wall)).toEqual([]);
  expect(atWork([begun(16 * 60)], wall)).toEqual([]);
  expect(atWork([begun(40)], wall, 'act0000000000001')).toEqual([]);
});

test('an act from a watch that is ahead counts as just begun', () => {
  expect(atWork([begun(-90)], wall)).toMatchObject([{ ageMs: 0 }]);
});

test('a reconciliation is at work for longer than a failover', () => {
  expect(atWork([{ ...begun(16 * 60), verb: 'reconcile' }], wall)).toHaveLength(1);
});
