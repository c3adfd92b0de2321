import { HISTORY_PREFIX, keyOf, parseKey } from '../../../../../runtime/core/operate/history/key';
import { EPOCH, FakeEstate } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';
import { record } from './records';

const { wall } = new FakeEstate(new VirtualClock());

test('the newest key comes first, whatever the ids are', () => {
  const keys = ['2026-11-24T03:00:00.000Z', '2026-11-24T03:00:00.001Z', '2027-01-01T00:00:00.000Z', '2200-01-01T00:00:00.000Z'].map((at, index) => keyOf(record({ at, id: `zzzzzzzz${9 - index}` }), wall));
  expect([...keys].sort()).toEqual([...keys].reverse());
});

test('a key tells time, act, phase and whether a quarantine is concerned', () => {
  const key = keyOf(record({ quarantines: ['us-east-1'] }), wall);
  expect(key).toMatch(/^\.s3-failover\/history\/\d{13}-20261124T030000Z-act0000000000001-ended-q\.json$/);
  expect(parseKey(key)).toEqual({ key, at: EPOCH, id: 'act0000000000001', phase: 'ended', quarantine: true });
  expect(parseKey(keyOf(record({ phase: 'begun' }), wall))).toMatchObject({ phase: 'begun', quarantine: false });
});

test.each(['notes.txt', '12-20261124T030000Z-act0000000000001-ended.json', '8236000000000-20261124T030000Z-ACT00000000001-ended.json', '8236000000000-20261124T030000Z-act0000000000001-done.json'])('does not know a key %s', (name) => {
  expect(parseKey(`${HISTORY_PREFIX}${name}`)).toBeUndefined();
});
