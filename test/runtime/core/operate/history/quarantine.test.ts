import { quarantined } from '../../../../../runtime/core/operate/history/quarantine';
import type { ActRecord } from '../../../../../runtime/core/operate/history/record';
import { record } from './records';

const at = (minute: number) => `2026-11-24T03:${String(minute).padStart(2, '0')}:00.000Z`;
const ended = (minute: number, changed: Partial<ActRecord>) => record({ id: `act00000000${minute}`, at: at(minute), endedAt: at(minute), ...changed });
const regions = (...records: ActRecord[]) => quarantined(records).map(({ region }) => region);

test('a Region that was left stays quarantined until a later record lifts it', () => {
  const left = ended(1, { quarantines: ['us-east-1'] });
  expect(quarantined([left])).toEqual([{ region: 'us-east-1', since: at(1), by: left }]);
  expect(regions(ended(2, { verb: 'reconcile', lifts: ['us-east-1'] }), left)).toEqual([]);
});

test('a lift that came before the quarantine, or at the same time, lifts nothing', () => {
  expect(regions(ended(1, { lifts: ['us-east-1'] }), ended(2, { quarantines: ['us-east-1'] }))).toEqual(['us-east-1']);
  expect(regions(ended(1, { id: 'lift0000001', lifts: ['us-east-1'] }), ended(1, { quarantines: ['us-east-1'] }))).toEqual(['us-east-1']);
});

test('what counts is when an act ended, not when it began', () => {
  const slowLift = record({ id: 'lift0000001', at: at(1), endedAt: at(5), lifts: ['us-east-1'] });
  expect(regions(slowLift, ended(3, { quarantines: ['us-east-1'] }))).toEqual([]);
});

test('an act that never said how it ended counts as done, and its lift as not done', () => {
  expect(regions(record({ phase: 'begun', quarantines: ['us-east-1'] }))).toEqual(['us-east-1']);
  expect(regions(ended(1, { quarantines: ['us-east-1'] }), record({ phase: 'begun', id: 'lift0000001', at: at(2), lifts: ['us-east-1'] }))).toEqual(['us-east-1']);
});

test('an act that ended without having done it quarantines nothing', () => {
  expect(regions(record({ phase: 'begun', quarantines: ['us-east-1'] }), record({ phase: 'ended', outcome: 'failed' }))).toEqual([]);
});

test('a lift ends the quarantine of the Regions it names only', () => {
  expect(regions(ended(1, { quarantines: ['us-west-2', 'us-east-1'] }), ended(2, { lifts: ['us-east-1'] }))).toEqual(['us-west-2']);
});
